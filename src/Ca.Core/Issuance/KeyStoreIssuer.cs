using System.Security.Cryptography;
using Ca.Core.Ledger;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>Asks for a key pair made here and its certificate.</summary>
public sealed record KeyStoreRequest
{
    /// <summary>Who asks.</summary>
    public required Roles.Actor Actor { get; init; }

    /// <summary>Whose.</summary>
    public required string Username { get; init; }

    /// <summary>Subject DN text.</summary>
    public required string SubjectDn { get; init; }

    /// <summary>SAN text.</summary>
    public string? SubjectAltName { get; init; }

    /// <summary>Name of the CA.</summary>
    public required string CaName { get; init; }

    /// <summary>Name of the certificate profile; null: the end entity profile's default.</summary>
    public string? CertificateProfile { get; init; }

    /// <summary>Name of the end entity profile.</summary>
    public string EndEntityProfile { get; init; } = "EMPTY";

    /// <summary>RSA2048 …, P-256 ….</summary>
    public string KeySpec { get; init; } = "RSA2048";
}

/// <summary>Makes a key pair and its certificate in one call, for servers, RAs and workers of this very installation.</summary>
public sealed class KeyStoreIssuer(Issuer issuer, ICaLedger ledger)
{
    /// <summary>Issues and commits. The key is nowhere but in the result.</summary>
    public async Task<Outcome<KeyStore>> IssueAsync(KeyStoreRequest request, CancellationToken cancel)
    {
        if (!KeyPair.IsKeySpec(request.KeySpec))
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"'{request.KeySpec}' is no key: RSA2048 to RSA8192, P-256, P-384 or P-521.");
        }

        if (!DistinguishedName.Parse(request.SubjectDn).Succeeded(out DistinguishedName? subject, out Refusal? refusal))
        {
            return refusal;
        }

        KeyPair key = KeyPair.Generate(request.KeySpec);
        byte[] id = RandomNumberGenerator.GetBytes(32);
        var work = new CaWork();
        Outcome<Issued> outcome = await issuer.IssueAsync(new()
        {
            Actor = request.Actor,
            PlanKey = new("keystore-" + Convert.ToHexStringLower(id), id, 0),
            Username = request.Username,
            SubjectDn = request.SubjectDn,
            SubjectAltName = request.SubjectAltName,
            CaName = request.CaName,
            CertificateProfile = request.CertificateProfile,
            EndEntityProfile = request.EndEntityProfile,
            Request = RequestedKey.Of(CertificationRequest.Create(subject, key, HashAlgorithmName.SHA256)) with { MadeAs = request.KeySpec },
            CreateOrEditUser = true,
        }, work, cancel);
        await ledger.CommitAsync(work, cancel);
        if (outcome.Succeeded(out Issued? issued, out refusal))
        {
            return new KeyStore(key, issued.Certificate, issued.Chain);
        }

        key.Dispose();
        return refusal;
    }
}
