using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>A CMP client with one transaction, built with the codec. What it sends may be bent before it is protected.</summary>
public sealed class TestClient
{
    private readonly CmpCa ca;
    private readonly Secret? secret;
    private readonly KeyPair? key;
    private readonly Certificate? certificate;

    private TestClient(CmpCa ca, string keyId, Secret? secret, KeyPair? key, Certificate? certificate)
    {
        this.ca = ca;
        this.secret = secret;
        this.key = key;
        this.certificate = certificate;
        KeyId = keyId;
    }

    public string KeyId { get; }

    public Certificate? Certificate => certificate;

    public byte[] TransactionId { get; set; } = RandomNumberGenerator.GetBytes(16);

    /// <summary>The senderNonce of the last answer.</summary>
    public ReadOnlyMemory<byte>? LastNonce { get; set; }

    public KeyPair NewKey { get; set; } = KeyPair.Generate("P-256");

    internal static TestClient WithSecret(CmpCa ca, string keyId = "device-1", string secret = CmpCa.Secret) => new(ca, keyId, Secret.FromText(secret), null, null);

    internal static TestClient WithCertificate(CmpCa ca, KeyPair key, Certificate certificate, params Certificate[] chain) => new(ca, "", null, key, certificate) { Chain = chain };

    private IReadOnlyList<Certificate> Chain { get; init; } = [];

    public PkiHeader Header() => new()
    {
        Sender = GeneralName.Directory(certificate?.Subject ?? DistinguishedName.Parse($"CN={KeyId}").OrThrow()),
        MessageTime = ca.Clock.GetUtcNow(),
        SenderKeyId = certificate is null ? Encoding.UTF8.GetBytes(KeyId) : certificate.SubjectKeyIdentifier,
        TransactionId = TransactionId,
        SenderNonce = RandomNumberGenerator.GetBytes(16),
        RecipientNonce = LastNonce,
    };

    public CertReqMsg Request(string subject, Func<CertTemplate, CertTemplate>? change = null, BigInteger id = default, KeyPair? prover = null, IReadOnlyList<AttributeTypeAndValue>? controls = null)
    {
        var template = new CertTemplate { Subject = DistinguishedName.Parse(subject).OrThrow(), PublicKey = NewKey.Public };
        CertRequest request = CertRequest.Create(id, change?.Invoke(template) ?? template, controls);
        SignatureAlgorithm algorithm = SignatureAlgorithm.For((prover ?? NewKey).Public, HashAlgorithmName.SHA256);
        byte[] proof = (prover ?? NewKey).Sign(request.Encoded.Span, algorithm);
        return new(request, new ProofOfPossession.Signature(new(null, algorithm, proof)), []);
    }

    public static PkiBody Body(CertReqMsg request, PkiBodyKind kind = PkiBodyKind.InitializationRequest) => new PkiBody.CertificateRequests(kind, [request]);

    public PkiMessage Message(PkiBody body, Func<PkiHeader, PkiHeader>? change = null, MacAlgorithm? algorithm = null)
    {
        PkiHeader header = change?.Invoke(Header()) ?? Header();
        if (certificate is not null)
        {
            return MessageProtection.Sign(header, body, key!, SignatureAlgorithm.For(key!.Public, HashAlgorithmName.SHA256), [CmpCertificate.Of(certificate), .. Chain.Select(CmpCertificate.Of)]);
        }

        using MacKey mac = (algorithm ?? PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(16), 500)).DeriveKey(secret!);
        return MessageProtection.Mac(header, body, mac);
    }

    public async Task<PkiMessage> SendAsync(PkiBody body, CancellationToken cancel, Func<PkiHeader, PkiHeader>? change = null)
    {
        PkiMessage sent = Message(body, change);
        PkiMessage answer = await ca.SendAsync(sent, cancel);
        LastNonce = answer.Header.SenderNonce;
        CollectionAssert.AreEqual(sent.Header.TransactionId?.ToArray(), answer.Header.TransactionId?.ToArray(), "transactionID");
        CollectionAssert.AreEqual(sent.Header.SenderNonce?.ToArray(), answer.Header.RecipientNonce?.ToArray(), "recipNonce");
        return answer;
    }

    public Task<PkiMessage> IrAsync(string subject, CancellationToken cancel, Func<PkiHeader, PkiHeader>? change = null) => SendAsync(Body(Request(subject)), cancel, change);

    public async Task<PkiMessage> ConfirmAsync(Certificate issued, CancellationToken cancel, Func<CertStatus, CertStatus>? change = null, Func<PkiHeader, PkiHeader>? header = null)
    {
        var status = new CertStatus(CertHash.Compute(issued).OrThrow(), 0, PkiStatusInfo.Accepted);
        return await SendAsync(new PkiBody.CertificateConfirmation([change?.Invoke(status) ?? status]), cancel, header);
    }

    /// <summary>True when the answer is MACed with this client's secret.</summary>
    public bool Believes(PkiMessage answer) => MessageProtection.VerifyMac(answer, secret!, CmpAlgorithmPolicy.Default).Succeeded(out _, out _);

    /// <summary>Begins another transaction, with another new key.</summary>
    public void BeginAgain()
    {
        TransactionId = RandomNumberGenerator.GetBytes(16);
        LastNonce = null;
        NewKey = KeyPair.Generate("P-256");
    }

    public static PkiHeader Implicitly(PkiHeader header) => header with { GeneralInfo = [InfoTypeAndValue.WithNull(Oids.ImplicitConfirm)] };
}
