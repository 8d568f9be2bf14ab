using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>
/// PasswordBasedMac: the one-way function is applied to secret and salt, then to its own result, until the count is
/// reached, the first time included; the result is the key of the MAC. The secret is the text as typed, in UTF-8,
/// without a terminator. HMAC takes keys of any length, so the expansion of RFC 9810 §5.1.3.1 never happens.
/// </summary>
/// <remarks>RFC 4211 §4.4, RFC 9810 §5.1.3.1</remarks>
public sealed class PasswordBasedMac : MacAlgorithm
{
    private readonly ReadOnlyMemory<byte> salt;
    private readonly HashAlgorithmName oneWayFunction;
    private readonly HashAlgorithmName mac;

    private PasswordBasedMac(AlgorithmIdentifier identifier, ReadOnlyMemory<byte> salt, HashAlgorithmName oneWayFunction, int iterations, HashAlgorithmName mac)
        : base(identifier)
    {
        this.salt = salt;
        this.oneWayFunction = oneWayFunction;
        Iterations = iterations;
        this.mac = mac;
    }

    /// <inheritdoc />
    public override int Iterations { get; }

    /// <summary>Parameters of one's own: SHA-256 and HMAC-SHA256, or what an old client needs (CMP_PEERS.md §2.1).</summary>
    /// <param name="salt">16 random octets (CMP-S-5).</param>
    /// <param name="iterations">The iteration count.</param>
    /// <param name="oneWayFunction">OID of the hash.</param>
    /// <param name="mac">OID of the HMAC.</param>
    /// <exception cref="ArgumentException">The limits forbid it, widest choice of hashes granted.</exception>
    public static PasswordBasedMac Create(ReadOnlyMemory<byte> salt, int iterations, string oneWayFunction = Oids.Sha256, string mac = Oids.HmacWithSha256)
    {
        var parameter = new PbmParameter(salt, new(oneWayFunction), iterations, new(mac));
        return Read(new(Oids.PasswordBasedMac, Der.Encode(parameter)), MacLimits.Default with { AllowSha1OneWayFunction = true }).Succeeded(out MacAlgorithm? made, out Refusal? refusal)
            ? (PasswordBasedMac)made
            : throw new ArgumentException(refusal.Detail, nameof(iterations));
    }

    /// <inheritdoc />
    public override MacKey DeriveKey(Secret secret)
    {
        using var hash = IncrementalHash.CreateHash(oneWayFunction);
        byte[] key = new byte[hash.HashLengthInBytes];
        secret.Lend(octets =>
        {
            hash.AppendData(octets);
            return octets.Length;
        });
        hash.AppendData(salt.Span);
        hash.GetHashAndReset(key);
        for (int i = 1; i < Iterations; i++)
        {
            hash.AppendData(key);
            hash.GetHashAndReset(key);
        }

        return new(Identifier, mac, key);
    }

    internal static Outcome<MacAlgorithm> Read(AlgorithmIdentifier identifier, MacLimits limits)
    {
        if (!Der.DecodeBer<PbmParameter>(identifier.Parameters ?? default).Succeeded(out PbmParameter? parameter, out Refusal? refusal))
        {
            return refusal;
        }

        if (MacDigests.OfHash(parameter.OneWayFunction) is not { } oneWayFunction || (oneWayFunction == HashAlgorithmName.SHA1 && !limits.AllowSha1OneWayFunction))
        {
            return Unsupported($"PasswordBasedMac with the one-way function {parameter.OneWayFunction.Oid}");
        }

        if (MacDigests.OfHmac(parameter.Mac) is not { } mac)
        {
            return Unsupported($"PasswordBasedMac with the MAC {parameter.Mac.Oid}");
        }

        return ObjectionTo(parameter.Salt.Length, parameter.IterationCount, (limits.MinPbmIterations, limits.MaxPbmIterations), limits) is { } objection
            ? objection
            : new PasswordBasedMac(identifier, parameter.Salt, oneWayFunction, (int)parameter.IterationCount, mac);
    }
}
