using System.Security.Cryptography;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Samples.Requests;

/// <summary>One method for each request. Each makes what it needs first, so each can be run alone.</summary>
internal sealed class Asks(Ra ra, string name)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Secret password = Secret.FromText(RandomNumberGenerator.GetHexString(20, lowercase: true));

    /// <summary>EditUserRequest: registers an end entity with a secret to enrol with.</summary>
    public async Task<Outcome<string>> EditAsync() => Said(
        await ra.Client.AskAsync(Registration(), Patience, CancellationToken.None),
        _ => $"'{name}' may enrol with {password.LendText(text => text)}");

    /// <summary>CertificateRequestRequest: the end entity itself asks, with its secret.</summary>
    public async Task<Outcome<string>> CertificateAsync()
    {
        using KeyPair key = KeyPair.Generate("P-256");
        var request = new CertificateRequestRequest { Username = name, Password = password, RequestData = Pkcs10(key) };
        return (await EditAsync()).Succeeded(out _, out Refusal? refusal)
            ? Said(await ra.Client.AskAsync(request, Patience, CancellationToken.None), answer => Pem(answer.ResponseData))
            : refusal;
    }

    /// <summary>KeyStoreRetrievalRequest: the same, with a key that the CA makes.</summary>
    public async Task<Outcome<string>> KeyStoreAsync()
    {
        var request = new KeyStoreRetrievalRequest { Username = name, Password = password };
        return (await EditAsync()).Succeeded(out _, out Refusal? refusal)
            ? Said(await ra.Client.AskAsync(request, Patience, CancellationToken.None), answer => Written(answer.KeyStore))
            : refusal;
    }

    /// <summary>PKCS12Request: the RA asks for a key made at the CA.</summary>
    public async Task<Outcome<string>> Pkcs12Async() =>
        Said(await ra.Client.AskAsync(MadeAtTheCa(), Patience, CancellationToken.None), answer => Written(answer.KeyStore));

    /// <summary>KeyRecoveryRequest: and for the key that it kept.</summary>
    public async Task<Outcome<string>> RecoverAsync()
    {
        Outcome<ExtRaReply<PKCS12Response>> made = await ra.Client.AskAsync(MadeAtTheCa() with { StoreKeys = true }, Patience, CancellationToken.None);
        if (!made.Succeeded(out ExtRaReply<PKCS12Response>? reply, out Refusal? refusal))
        {
            return refusal;
        }

        using KeyStore lost = Pkcs12.Load(reply.Response?.KeyStore, password).OrThrow();
        var request = new KeyRecoveryRequest
        {
            Username = name,
            Password = password,
            ReuseCertificate = true,
            IssuerDn = lost.Certificate.Issuer.ToString(),
            CertificateSn = lost.Certificate.Serial.ToString(),
        };
        return Said(await ra.Client.AskAsync(request, Patience, CancellationToken.None), answer => Written(answer.KeyStore));
    }

    /// <summary>RevocationRequest: one certificate, for the reason superseded (4).</summary>
    public async Task<Outcome<string>> RevokeAsync()
    {
        using KeyPair key = KeyPair.Generate("P-256");
        if (!(await IssueAsync(key)).Succeeded(out Certificate? issued, out Refusal? refusal))
        {
            return refusal;
        }

        var request = new RevocationRequest { IssuerDn = issued.Issuer.ToString(), CertificateSn = issued.Serial.ToString(), RevocationReason = 4 };
        return Said(await ra.Client.AskAsync(request, Patience, CancellationToken.None), _ => $"{issued.Serial} is revoked");
    }

    /// <summary>CardRenewalRequest: the old keys sign the requests for the new certificates.</summary>
    public async Task<Outcome<string>> CardAsync()
    {
        using KeyPair authentication = KeyPair.Generate("P-256");
        using KeyPair signature = KeyPair.Generate("P-256");
        if (!(await IssueAsync(authentication)).Succeeded(out Certificate? authCert, out Refusal? refusal)
            || !(await IssueAsync(signature)).Succeeded(out Certificate? signCert, out refusal)
            || !(await EditAsync()).Succeeded(out _, out refusal))
        {
            return refusal;
        }

        var request = new CardRenewalRequest
        {
            AuthCert = authCert.Encoded.ToArray(),
            SignCert = signCert.Encoded.ToArray(),
            AuthPkcs10 = Pkcs10(authentication),
            SignPkcs10 = Pkcs10(signature),
        };
        return Said(await ra.Client.AskAsync(request, Patience, CancellationToken.None), answer => Pem(answer.AuthCert) + Pem(answer.SignCert));
    }

    /// <summary>CertificateRequestRequest in one shot: the RA's rights count, not a secret.</summary>
    private async Task<Outcome<Certificate>> IssueAsync(KeyPair key)
    {
        var request = new CertificateRequestRequest
        {
            Username = name,
            RequestData = Pkcs10(key),
            CreateOrEditUser = true,
            SubjectDn = Subject.ToString(),
            CaName = ra.CaName,
            EndEntityProfileName = ra.EndEntityProfile,
            CertificateProfileName = ra.CertificateProfile,
        };
        return (await ra.Client.AskAsync(request, Patience, CancellationToken.None)).Succeeded(out ExtRaReply<CertificateRequestResponse>? reply, out Refusal? refusal)
            ? Der.Decode<Certificate>(reply.Response?.ResponseData)
            : refusal;
    }

    private DistinguishedName Subject => DistinguishedName.Parse($"CN={name},O=Sample").OrThrow();

    private EditUserRequest Registration() => new()
    {
        Username = name,
        SubjectDn = Subject.ToString(),
        CaName = ra.CaName,
        EndEntityProfileName = ra.EndEntityProfile,
        CertificateProfileName = ra.CertificateProfile,
        Password = password,
        TokenName = "P12",
    };

    private PKCS12Request MadeAtTheCa() => new()
    {
        Username = name,
        SubjectDn = Subject.ToString(),
        CaName = ra.CaName,
        EndEntityProfileName = ra.EndEntityProfile,
        CertificateProfileName = ra.CertificateProfile,
        Password = password,
    };

    private byte[] Pkcs10(KeyPair key) => CertificationRequest.Create(Subject, key, HashAlgorithmName.SHA256).Encoded.ToArray();

    private static string Pem(byte[]? certificate) => Der.Decode<Certificate>(certificate).OrThrow().ToPem() + "\n";

    private string Written(byte[]? keyStore)
    {
        string file = Path.Combine(Path.GetTempPath(), name + ".p12");
        File.WriteAllBytes(file, keyStore!);
        return $"{file}, password {password.LendText(text => text)}";
    }

    private static Outcome<string> Said<TResponse>(Outcome<ExtRaReply<TResponse>> asked, Func<TResponse, string> say)
        where TResponse : Response =>
        asked.Succeeded(out ExtRaReply<TResponse>? reply, out Refusal? refusal)
            ? reply.Response is { } response ? say(response) : "The CA has not answered yet; the request stays in the database."
            : refusal;
}
