using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Cms;

namespace Pki.Protocols.X509;

/// <summary>
/// The RSA public operation and the paddings around it (RFC 8017 §5.2.2, §7.2.1, §8.1.2, §8.2.2), without ever
/// importing the key: strangers' keys are used once or twice and thrown away.
/// </summary>
/// <param name="modulus">Big-endian, without leading zeros.</param>
/// <param name="exponent">Big-endian, without leading zeros.</param>
internal readonly ref struct RsaPublicOperation(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
{
    private const int MaxModulusBytes = 16384 / 8;
    private const int MaxExponentBytes = 64 / 8;
    private const int MinModulusBytes = 512 / 8;
    private const int MinPaddingBytes = 8;

    private readonly ReadOnlySpan<byte> modulus = modulus;
    private readonly ReadOnlySpan<byte> exponent = exponent;

    /// <summary>
    /// True when the work stays bounded and the mathematics holds: 512 to 16384 bits, exponent odd, at least 3 and
    /// at most 64 bits, modulus odd.
    /// </summary>
    public bool IsUsable =>
        modulus.Length is >= MinModulusBytes and <= MaxModulusBytes && (modulus[^1] & 1) == 1
        && exponent.Length is >= 1 and <= MaxExponentBytes && (exponent[^1] & 1) == 1 && !(exponent.Length == 1 && exponent[0] < 3);

    /// <summary>
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): the block is built here and compared as a whole. Nothing a signer
    /// wrote is ever parsed, so there is no padding to be lenient about (Bleichenbacher 2006, BERserk 2014).
    /// DigestInfo carries NULL parameters: RFC 8017 appendix A.2.4 says SHALL, so the variant without is refused.
    /// </summary>
    public bool VerifyPkcs1(ReadOnlySpan<byte> digest, HashAlgorithmName hash, ReadOnlySpan<byte> signature)
    {
        Span<byte> info = stackalloc byte[128];
        info = info[..EncodeDigestInfo(digest, hash, info)];
        if (modulus.Length < info.Length + 3 + MinPaddingBytes || !TryApply(signature, out byte[] block))
        {
            return false;
        }

        byte[] expected = new byte[modulus.Length];
        expected.AsSpan().Fill(0xFF);
        expected[0] = 0x00;
        expected[1] = 0x01;
        expected[^(info.Length + 1)] = 0x00;
        info.CopyTo(expected.AsSpan(expected.Length - info.Length));
        return block.AsSpan().SequenceEqual(expected);
    }

    /// <summary>
    /// RSASSA-PSS (RFC 8017 §8.1.2, §9.1.2) with any salt length: the BCL takes only a salt as long as the digest,
    /// while OpenSSL's default is the longest that fits.
    /// </summary>
    public bool VerifyPss(ReadOnlySpan<byte> digest, HashAlgorithmName hash, int saltLength, ReadOnlySpan<byte> signature)
    {
        if (!TryApply(signature, out byte[] block))
        {
            return false;
        }

        // emBits is one less than the modulus has, so a modulus of 8n+1 bits leaves a whole leading octet of zero.
        int bits = BitLength(modulus) - 1;
        Span<byte> encoded = block;
        if (bits % 8 == 0)
        {
            if (encoded[0] != 0)
            {
                return false;
            }

            encoded = encoded[1..];
        }

        return PssEncoding.Verify(encoded, bits, digest, hash, saltLength);
    }

    /// <summary>RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1); null when the data is too long for the key.</summary>
    public byte[]? EncryptPkcs1(ReadOnlySpan<byte> data, RandomBytes random)
    {
        if (data.Length > modulus.Length - 3 - MinPaddingBytes)
        {
            return null;
        }

        byte[] block = new byte[modulus.Length];
        try
        {
            block[1] = 0x02;
            FillWithoutZeros(block.AsSpan(2, modulus.Length - data.Length - 3), random);
            data.CopyTo(block.AsSpan(modulus.Length - data.Length));
            return TryApply(block, out byte[] result) ? result : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(block);
        }
    }

    /// <summary>RSAES-OAEP's and everybody's last step: value^e mod n (RFC 8017 §5.1.1), as long as the modulus.</summary>
    /// <returns>False for a key out of bounds, a value of another length (§8.2.2 step 1) or not below the modulus (§5.2.2 step 1).</returns>
    public bool TryApply(ReadOnlySpan<byte> value, out byte[] result)
    {
        result = [];
        if (!IsUsable || value.Length != modulus.Length || value.SequenceCompareTo(modulus) >= 0)
        {
            return false;
        }

        result = new byte[modulus.Length];
        if (LibCrypto.IsAvailable)
        {
            return LibCrypto.ModExp(value, exponent, modulus, result);
        }

        Managed(value, result);
        return true;
    }

    /// <summary>The same without OpenSSL: eight times slower, no native code.</summary>
    internal void Managed(ReadOnlySpan<byte> value, Span<byte> result)
    {
        var power = BigInteger.ModPow(Positive(value), Positive(exponent), Positive(modulus));
        result.Clear();
        power.TryWriteBytes(result[^power.GetByteCount(isUnsigned: true)..], out _, isUnsigned: true, isBigEndian: true);
    }

    private static BigInteger Positive(ReadOnlySpan<byte> value) => new(value, isUnsigned: true, isBigEndian: true);

    private static int BitLength(ReadOnlySpan<byte> number) => (number.Length * 8) - byte.LeadingZeroCount(number[0]);

    private static int EncodeDigestInfo(ReadOnlySpan<byte> digest, HashAlgorithmName hash, Span<byte> to)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            AlgorithmIdentifier.WithNull(HashAlgorithms.ToOid(hash)).Encode(writer);
            writer.WriteOctetString(digest);
        }

        return writer.Encode(to);
    }

    private static void FillWithoutZeros(Span<byte> padding, RandomBytes random)
    {
        random(padding);
        for (int zero = padding.IndexOf((byte)0); zero >= 0; zero = padding.IndexOf((byte)0))
        {
            random(padding.Slice(zero, 1));
        }
    }
}
