using System.Numerics;
using System.Security.Cryptography;
using Ca.Core.Keys;
using Ca.Core.Profiles;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>Which public keys are certified (CA_CORE §8 step 5).</summary>
public sealed class KeyPolicy
{
    private const int LeastExponent = 65537;
    private static readonly int[] SmallPrimes = [.. Enumerable.Range(3, 749).Where(n => n % 2 == 1 && Enumerable.Range(2, (int)Math.Sqrt(n) - 1).All(d => n % d != 0))];

    /// <summary>
    /// ROCA (CVE-2017-15361): moduli of the broken generator are, modulo each of the first primes, powers of 65537.
    /// For a sound key all of these hold with a chance below 2^-27.
    /// </summary>
    private static readonly (int Prime, bool[] IsPower)[] RocaMarks = [.. SmallPrimes.Where(p => p <= 167).Select(p => (p, Powers(p)))];

    private readonly string[] weakPrefixes;

    /// <summary>Reads the list of weak keys, if there is one.</summary>
    public KeyPolicy(IOptions<CaOptions> options)
    {
        weakPrefixes = options.Value.WeakKeysFile is { } file
            ? [.. File.ReadLines(file).Select(l => l.Trim().ToLowerInvariant()).Where(l => l.Length >= 8 && l[0] != '#').Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Why the key is not certified; null when it is.</summary>
    public Refusal? Check(SubjectPublicKey key, CertificateProfile profile)
    {
        string kind = KeySpecs.Of(key);
        if (!profile.AllowedKeys.Contains(kind, StringComparer.Ordinal))
        {
            return new(key.IsRsa ? RefusalCode.WeakKey : RefusalCode.UnsupportedAlgorithm, $"Key {kind} is not allowed by certificate profile '{profile.Name}'; allowed are {string.Join(", ", profile.AllowedKeys)}.");
        }

        return key.IsRsa ? CheckRsa(key) : null;
    }

    private Refusal? CheckRsa(SubjectPublicKey key)
    {
        var modulus = new BigInteger(key.RsaModulus.Span, isUnsigned: true, isBigEndian: true);
        var exponent = new BigInteger(key.RsaExponent.Span, isUnsigned: true, isBigEndian: true);
        if (exponent.IsEven || exponent < LeastExponent || exponent.GetBitLength() > 256)
        {
            return Weak("the public exponent is even, smaller than 65537 or absurdly large");
        }

        if (modulus.IsEven || SmallPrimes.Any(p => modulus % p == 0))
        {
            return Weak("the modulus has a small factor");
        }

        if (RocaMarks.All(m => m.IsPower[(int)(modulus % m.Prime)]))
        {
            return Weak("the key carries the mark of the ROCA generator (CVE-2017-15361)");
        }

        return IsListed(key) ? Weak("the key is in the list of known weak keys") : null;
    }

    private bool IsListed(SubjectPublicKey key)
    {
        if (weakPrefixes.Length == 0)
        {
            return false;
        }

        string digest = Convert.ToHexStringLower(SHA256.HashData(key.RsaModulus.Span.TrimStart((byte)0)));
        int found = Array.BinarySearch(weakPrefixes, digest, StringComparer.Ordinal);
        return found >= 0 || (~found > 0 && digest.StartsWith(weakPrefixes[~found - 1], StringComparison.Ordinal));
    }

    private static bool[] Powers(int prime)
    {
        var powers = new bool[prime];
        for (int power = 1; !powers[power]; power = power * (LeastExponent % prime) % prime)
        {
            powers[power] = true;
        }

        return powers;
    }

    private static Refusal Weak(string why) => new(RefusalCode.WeakKey, $"RSA key refused: {why}.");
}
