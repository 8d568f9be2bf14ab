using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Pki.Protocols.X509;

/// <summary>
/// An EC public key the platform has taken in. Taking it in proves that the point is on its curve, which costs more than
/// verifying with it, and nearly every message names the same few keys: so the keys met last are kept.
/// </summary>
/// <remarks>A memory of a pure function: a key that is forgotten is taken in again. It holds public keys only.</remarks>
internal sealed class ImportedEcKey
{
    /// <summary>Keys kept. Strangers who bring a fresh key each push the others out once in so many, no more.</summary>
    private const int Capacity = 512;

    private static readonly ConcurrentDictionary<byte[], ImportedEcKey> Kept = new(new PointComparer());

    private readonly ECDsa verifier;
    private readonly Lazy<ECDiffieHellmanPublicKey> agreement;

    private ImportedEcKey(ECParameters key)
    {
        verifier = ECDsa.Create(key);
        agreement = new(() => ForAgreement(key));
    }

    /// <summary>For a key agreement with the key's owner.</summary>
    public ECDiffieHellmanPublicKey Agreement => agreement.Value;

    /// <summary>The key of an uncompressed point on a named curve.</summary>
    /// <returns>Null for another curve, a point in another form, and a point that is not on its curve.</returns>
    public static ImportedEcKey? Of(string? curveOid, ReadOnlySpan<byte> point)
    {
        // The curves that are known have points of different lengths, so the point alone tells the key.
        if (EcPoint.Parameters(curveOid, point) is not { } parameters)
        {
            return null;
        }

        if (Kept.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(point, out ImportedEcKey? kept))
        {
            return kept;
        }

        try
        {
            var imported = new ImportedEcKey(parameters);
            Keep(point.ToArray(), imported);
            return imported;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Verifies an ECDSA signature (RFC 3279 §2.2.3) over a digest.</summary>
    public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        try
        {
            return verifier.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // Not a SEQUENCE of two numbers.
            return false;
        }
    }

    private static ECDiffieHellmanPublicKey ForAgreement(ECParameters key)
    {
        using var imported = ECDiffieHellman.Create(key);
        return imported.PublicKey;
    }

    private static void Keep(byte[] point, ImportedEcKey key)
    {
        if (Kept.Count >= Capacity)
        {
            Kept.Clear(); // Not disposed: another thread may be verifying with one.
        }

        Kept[point] = key;
    }

    private sealed class PointComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        // Seeded for each process: nobody can choose points that collide.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
