using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>Whose signature it is: it fits this certificate's key. Whether that certificate deserves belief is the caller's question.</summary>
/// <param name="Certificate">The signer's certificate.</param>
/// <param name="SignedAttributes">What was signed beside the content.</param>
/// <param name="Digest">The digest of content and attributes.</param>
/// <param name="SigningTime">When the signer says it signed; null when it does not say.</param>
public sealed record VerifiedSigner(Certificate Certificate, IReadOnlyList<CmsAttribute> SignedAttributes, HashAlgorithmName Digest, DateTimeOffset? SigningTime)
{
    /// <summary>The octets under the signature: the signed attributes, which hold the content's digest, as a SET OF in DER.</summary>
    public required ReadOnlyMemory<byte> SignedOctets { get; init; }
}
