using System.Numerics;
using System.Security.Cryptography;

namespace Pki.Bench;

/// <summary>
/// Many distinct RSA-2048 keys for little work: every pair out of a pool of primes makes a modulus. Such keys are
/// worthless as secrets, and cost the servers exactly what real ones cost.
/// </summary>
internal static class SharedPrimeKeys
{
    private static readonly BigInteger Exponent = 65537;

    public static IReadOnlyList<RSAParameters> Make(int count)
    {
        int primes = (int)Math.Ceiling((1 + Math.Sqrt(1 + (8.0 * count))) / 2) + 1;
        var pool = new BigInteger[primes + (primes % 2)];
        Parallel.For(0, pool.Length / 2, i =>
        {
            using RSA rsa = RSA.Create(2048);
            RSAParameters key = rsa.ExportParameters(includePrivateParameters: true);
            pool[2 * i] = Unsigned(key.P!);
            pool[(2 * i) + 1] = Unsigned(key.Q!);
        });

        return [.. Pairs(pool).Select(pair => Combine(pair.P, pair.Q)).Where(key => key.Modulus!.Length == 256).Take(count)];
    }

    private static IEnumerable<(BigInteger P, BigInteger Q)> Pairs(BigInteger[] pool)
    {
        for (int i = 0; i < pool.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                yield return pool[i] > pool[j] ? (pool[i], pool[j]) : (pool[j], pool[i]);
            }
        }
    }

    private static RSAParameters Combine(BigInteger p, BigInteger q)
    {
        BigInteger d = Inverse(Exponent, (p - 1) * (q - 1));
        return new RSAParameters
        {
            Modulus = Bytes(p * q, (p * q).GetByteCount(isUnsigned: true)),
            Exponent = Exponent.ToByteArray(isUnsigned: true, isBigEndian: true),
            P = Bytes(p, 128),
            Q = Bytes(q, 128),
            D = Bytes(d, 256),
            DP = Bytes(d % (p - 1), 128),
            DQ = Bytes(d % (q - 1), 128),
            InverseQ = Bytes(Inverse(q, p), 128),
        };
    }

    private static BigInteger Inverse(BigInteger value, BigInteger modulus)
    {
        (BigInteger r, BigInteger next, BigInteger t, BigInteger nextT) = (modulus, value % modulus, 0, 1);
        while (next != 0)
        {
            BigInteger quotient = r / next;
            (r, next) = (next, r - (quotient * next));
            (t, nextT) = (nextT, t - (quotient * nextT));
        }

        return t < 0 ? t + modulus : t;
    }

    private static BigInteger Unsigned(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger value, int length)
    {
        byte[] bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = new byte[length];
        bytes.CopyTo(padded, length - bytes.Length);
        return padded;
    }
}
