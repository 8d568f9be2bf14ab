using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Pki.Protocols.Cms;

/// <summary>Which digests a verifier believes.</summary>
public sealed class DigestPolicy(IEnumerable<HashAlgorithmName> allowed)
{
    private readonly FrozenSet<HashAlgorithmName> allowed = allowed.ToFrozenSet();

    /// <summary>SHA-256, SHA-384, SHA-512.</summary>
    public static DigestPolicy Strict { get; } = new([HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512]);

    /// <summary>The same and SHA-1, which SCEP clients in the field still use (SCEP.md S-07).</summary>
    public static DigestPolicy WithSha1 { get; } = new([.. Strict.Allowed, HashAlgorithmName.SHA1]);

    /// <summary>The same and MD5, for aliases of very old devices (SCEP.md X-01).</summary>
    public static DigestPolicy Legacy { get; } = new([.. WithSha1.Allowed, HashAlgorithmName.MD5]);

    /// <summary>The digests.</summary>
    public IReadOnlySet<HashAlgorithmName> Allowed => allowed;

    /// <summary>True for one of them.</summary>
    public bool Allows(HashAlgorithmName digest) => allowed.Contains(digest);
}
