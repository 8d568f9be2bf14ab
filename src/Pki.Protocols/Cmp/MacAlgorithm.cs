using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>A way to make a MAC of a shared secret, its parameters within the limits.</summary>
public abstract class MacAlgorithm
{
    private protected MacAlgorithm(AlgorithmIdentifier identifier) => Identifier = identifier;

    /// <summary>protectionAlg as read or as made.</summary>
    public AlgorithmIdentifier Identifier { get; }

    /// <summary>How often a hash or HMAC is computed to derive the key: what the MAC costs whoever verifies it. This is what the limits limit.</summary>
    public abstract int Iterations { get; }

    /// <summary>True for the protectionAlg of a MAC, understood here or not.</summary>
    public static bool IsMac(string oid) => oid is Oids.PasswordBasedMac or Oids.Pbmac1 or Oids.DhBasedMac or Oids.KemBasedMac;

    /// <summary>Understands a protectionAlg and checks its parameters; nothing is computed yet.</summary>
    /// <returns>UnsupportedAlgorithm, Malformed for parameters that cannot be read, PolicyViolation beyond the limits.</returns>
    public static Outcome<MacAlgorithm> From(AlgorithmIdentifier identifier, MacLimits limits) => identifier.Oid switch
    {
        Oids.PasswordBasedMac => PasswordBasedMac.Read(identifier, limits),
        Oids.Pbmac1 => Cmp.Pbmac1.Read(identifier, limits),
        Oids.DhBasedMac => Unsupported("DHBasedMac"),
        Oids.KemBasedMac => Unsupported("KemBasedMac"),
        _ => Unsupported(identifier.Oid),
    };

    /// <summary>Derives the key; this is the expensive part.</summary>
    public abstract MacKey DeriveKey(Secret secret);

    private protected static Refusal Unsupported(string what) => new(RefusalCode.UnsupportedAlgorithm, $"The MAC {what} is not supported.");

    /// <summary>Null when the salt and the count are acceptable. The count is any INTEGER a stranger can write.</summary>
    private protected static Refusal? ObjectionTo(int saltLength, BigInteger iterations, (int Min, int Max) allowed, MacLimits limits) =>
        saltLength < limits.MinSaltLength || saltLength > limits.MaxSaltLength
            ? new(RefusalCode.PolicyViolation, $"The salt of a MAC has {saltLength} octets, accepted are {limits.MinSaltLength} to {limits.MaxSaltLength}.")
        : iterations < allowed.Min || iterations > allowed.Max
            ? new(RefusalCode.PolicyViolation, $"The iteration count of a MAC is not within {allowed.Min} to {allowed.Max}.")
        : null;
}
