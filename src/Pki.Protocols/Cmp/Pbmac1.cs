using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>PBMAC1: PBKDF2 derives the key of an HMAC.</summary>
/// <remarks>RFC 8018 §7.1, RFC 9481 §6.1.2, RFC 9579</remarks>
public sealed class Pbmac1 : MacAlgorithm
{
    private readonly Pbkdf2Params derivation;
    private readonly HashAlgorithmName pseudoRandomFunction;
    private readonly int keyLength;
    private readonly HashAlgorithmName mac;

    private Pbmac1(AlgorithmIdentifier identifier, Pbkdf2Params derivation, HashAlgorithmName pseudoRandomFunction, int keyLength, HashAlgorithmName mac)
        : base(identifier)
    {
        this.derivation = derivation;
        this.pseudoRandomFunction = pseudoRandomFunction;
        this.keyLength = keyLength;
        this.mac = mac;
    }

    /// <inheritdoc />
    /// <remarks>RFC 8018 §5.2: each block of the key, as long as a digest of the pseudo-random function, takes the whole count.</remarks>
    public override int Iterations => (int)derivation.IterationCount * BlocksOf(pseudoRandomFunction, keyLength);

    /// <summary>Parameters of one's own: HMAC-SHA256 throughout.</summary>
    /// <param name="salt">16 random octets (CMP-S-5).</param>
    /// <param name="iterations">The iteration count.</param>
    /// <param name="hmac">OID of the HMAC for derivation and MAC.</param>
    /// <exception cref="ArgumentException">The limits forbid it.</exception>
    public static Pbmac1 Create(ReadOnlyMemory<byte> salt, int iterations, string hmac = Oids.HmacWithSha256)
    {
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.WithNull(hmac);
        int length = MacDigests.OfHmac(algorithm) is { } hash ? LengthOf(hash) : throw new ArgumentException($"The HMAC {hmac} is not known here.", nameof(hmac));
        var parameters = new Pbmac1Params(new(Oids.Pbkdf2, Der.Encode(new Pbkdf2Params(salt, iterations, length, algorithm))), algorithm);
        return Read(new(Oids.Pbmac1, Der.Encode(parameters)), MacLimits.Default).Succeeded(out MacAlgorithm? made, out Refusal? refusal)
            ? (Pbmac1)made
            : throw new ArgumentException(refusal.Detail, nameof(iterations));
    }

    /// <inheritdoc />
    public override MacKey DeriveKey(Secret secret) => new(
        Identifier,
        mac,
        secret.Lend(octets => Rfc2898DeriveBytes.Pbkdf2(octets, derivation.Salt.Span, (int)derivation.IterationCount, pseudoRandomFunction, keyLength)));

    internal static Outcome<MacAlgorithm> Read(AlgorithmIdentifier identifier, MacLimits limits)
    {
        if (!Der.DecodeBer<Pbmac1Params>(identifier.Parameters ?? default).Succeeded(out Pbmac1Params? parameters, out Refusal? refusal))
        {
            return refusal;
        }

        if (parameters.KeyDerivation.Oid != Oids.Pbkdf2)
        {
            return Unsupported($"PBMAC1 with the key derivation {parameters.KeyDerivation.Oid}");
        }

        if (!Der.DecodeBer<Pbkdf2Params>(parameters.KeyDerivation.Parameters ?? default).Succeeded(out Pbkdf2Params? derivation, out refusal))
        {
            return refusal;
        }

        if (MacDigests.OfHmac(parameters.Mac) is not { } mac || MacDigests.OfHmac(derivation.PseudoRandomFunction) is not { } prf)
        {
            return Unsupported($"PBMAC1 with {parameters.Mac.Oid} and {derivation.PseudoRandomFunction.Oid}");
        }

        // RFC 9579 §5 wants keyLength present; without it the key is as long as the digest of the MAC.
        BigInteger length = derivation.KeyLength ?? LengthOf(mac);
        if (length < limits.MinKeyLength || length > limits.MaxKeyLength)
        {
            return new Refusal(RefusalCode.PolicyViolation, $"The key length of PBMAC1 is not within {limits.MinKeyLength} to {limits.MaxKeyLength} octets.");
        }

        // A long key of a short digest must not cost a multiple of the limit.
        (int Min, int Max) allowed = (limits.MinPbkdf2Iterations, limits.MaxPbkdf2Iterations / BlocksOf(prf, (int)length));
        return ObjectionTo(derivation.Salt.Length, derivation.IterationCount, allowed, limits) is { } objection ? objection : new Pbmac1(identifier, derivation, prf, (int)length, mac);
    }

    private static int BlocksOf(HashAlgorithmName hash, int length) => (length + LengthOf(hash) - 1) / LengthOf(hash);

    private static int LengthOf(HashAlgorithmName hash) => CryptographicOperations.HashData(hash, []).Length;
}
