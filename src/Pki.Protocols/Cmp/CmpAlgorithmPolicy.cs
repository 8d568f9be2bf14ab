using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>Which algorithms of a requester are believed (CMP-S-1, S-4, S-8).</summary>
public sealed record CmpAlgorithmPolicy
{
    /// <summary>Nothing older than SHA-256, HMAC-SHA1 as a MAC apart.</summary>
    public static CmpAlgorithmPolicy Default { get; } = new();

    /// <summary>Digests of signatures, those of proofs of possession included. SHA-1 is a switch of its own, off.</summary>
    public DigestPolicy Digests { get; init; } = DigestPolicy.Strict;

    /// <summary>What the parameters of a MAC may be.</summary>
    public MacLimits Macs { get; init; } = MacLimits.Default;

    internal Refusal? ObjectionTo(SignatureAlgorithm algorithm) =>
        !algorithm.IsKnown ? new(RefusalCode.UnsupportedAlgorithm, $"The signature algorithm {algorithm.Oid} is not known.")
        : !Digests.Allows(algorithm.Hash) ? new(RefusalCode.UnsupportedAlgorithm, $"The signature algorithm {algorithm} is not allowed.")
        : null;
}
