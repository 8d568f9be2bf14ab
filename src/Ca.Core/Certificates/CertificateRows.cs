using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>From a certificate to its row.</summary>
internal static class CertificateRows
{
    public static CertificateRow Of(Certificate certificate, int issuerCaId, CertificateType type, DateTimeOffset now) => new()
    {
        Fingerprint = Convert.ToHexStringLower(certificate.Sha1Fingerprint()),
        CaId = issuerCaId,
        Serial = certificate.Serial.ToString(),
        SubjectDn = certificate.Subject.ToString(),
        Type = type,
        Status = CertificateStatus.Active,
        NotBefore = certificate.NotBefore,
        ExpireAt = certificate.NotAfter,
        IssuedAt = now,
        StatusChangedAt = now,
        PublicKeyDigest = certificate.PublicKey.Sha256(),
        Encoded = certificate.Encoded.ToArray(),
    };
}
