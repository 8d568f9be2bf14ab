using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>Who signs, and what besides the content.</summary>
/// <param name="Key">The signer's key.</param>
/// <param name="Certificate">Its certificate, which goes into the message (SCEP.md B-05).</param>
/// <param name="Digest">The digest of content and attributes.</param>
public sealed record CmsSigner(KeyPair Key, Certificate Certificate, HashAlgorithmName Digest)
{
    /// <summary>How the signer is named; null: by issuer and serial number.</summary>
    public CertificateReference? Name { get; init; }

    /// <summary>More certificates for the message, in this order after the signer's.</summary>
    public IReadOnlyList<Certificate> ExtraCertificates { get; init; } = [];

    /// <summary>Attributes to sign beside contentType, messageDigest and signingTime.</summary>
    public IReadOnlyList<CmsAttribute> SignedAttributes { get; init; } = [];

    /// <summary>The time to state; null: none.</summary>
    public DateTimeOffset? SigningTime { get; init; }
}
