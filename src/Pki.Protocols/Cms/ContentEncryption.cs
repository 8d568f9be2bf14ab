using System.Diagnostics;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>A content cipher with its sizes: the row of a table.</summary>
/// <param name="Cipher">Which one.</param>
/// <param name="Oid">Its OID.</param>
/// <param name="KeyBytes">Octets of the content key.</param>
/// <param name="BlockBytes">Octets of a block and of the IV.</param>
internal sealed record ContentEncryption(ContentCipher Cipher, string Oid, int KeyBytes, int BlockBytes)
{
    private static readonly ContentEncryption[] Known =
    [
        new(ContentCipher.Aes128Cbc, Oids.Aes128Cbc, 16, 16),
        new(ContentCipher.Aes192Cbc, Oids.Aes192Cbc, 24, 16),
        new(ContentCipher.Aes256Cbc, Oids.Aes256Cbc, 32, 16),
        new(ContentCipher.TripleDesCbc, Oids.TripleDesCbc, 24, 8),
        new(ContentCipher.DesCbc, Oids.DesCbc, 8, 8),
    ];

    public static ContentEncryption? Find(string oid) => Array.Find(Known, known => known.Oid == oid);

    public static ContentEncryption Of(ContentCipher cipher) => Array.Find(Known, known => known.Cipher == cipher) ?? throw new UnreachableException();

    /// <summary>The IV in the parameters of the algorithm (RFC 3370 §5.1, RFC 3565 §2.3).</summary>
    public byte[] ReadIv(AlgorithmIdentifier algorithm)
    {
        byte[] iv = new AsnReader(algorithm.Parameters ?? ReadOnlyMemory<byte>.Empty, AsnEncodingRules.BER).ReadOctetString();
        return iv.Length == BlockBytes ? iv : throw new AsnContentException("The initialisation vector does not have the size of a block.");
    }

    /// <summary>The algorithm with this IV.</summary>
    public AlgorithmIdentifier Identifier(byte[] iv)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(iv);
        return new(Oid, writer.Encode());
    }

    /// <summary>A fresh content key.</summary>
    public byte[] NewKey(RandomBytes random)
    {
        byte[] key = new byte[KeyBytes];
        random(key);
        if (Cipher is ContentCipher.DesCbc or ContentCipher.TripleDesCbc)
        {
            SetOddParity(key);
        }

        return key;
    }

    /// <summary>Encrypts and pads.</summary>
    public byte[] Encrypt(byte[] key, byte[] iv, ReadOnlySpan<byte> content)
    {
        using SymmetricAlgorithm cipher = Create();
        cipher.Key = key;
        return cipher.EncryptCbc(content, iv, PaddingMode.PKCS7);
    }

    /// <summary>Decrypts and takes the padding off, in the same way whether it is right or wrong.</summary>
    public BlindContent Decrypt(byte[] key, byte[] iv, ReadOnlySpan<byte> encrypted)
    {
        if (encrypted.Length == 0 || encrypted.Length % BlockBytes != 0)
        {
            return new(new byte[BlockBytes], false); // a length is no secret
        }

        using SymmetricAlgorithm cipher = Create();
        byte[] padded;
        try
        {
            cipher.Key = key;
            padded = cipher.DecryptCbc(encrypted, iv, PaddingMode.None);
        }
        catch (CryptographicException)
        {
            return new(new byte[BlockBytes], false); // DES has keys the platform refuses; nobody meets one by chance
        }

        return WithoutPadding(padded);
    }

    /// <summary>RFC 5652 §6.3, without a branch on what is found before the whole block is looked at.</summary>
    private BlindContent WithoutPadding(byte[] padded)
    {
        int count = padded[^1];
        int wrong = (count - 1) | (BlockBytes - count); // negative when outside 1..BlockBytes
        int difference = 0;
        for (int i = 1; i <= BlockBytes; i++)
        {
            int counts = (i - 1 - count) >> 31; // all ones for the last `count` octets
            difference |= counts & (padded[^i] ^ count);
        }

        bool intact = wrong >= 0 && difference == 0;
        return new(intact ? padded[..^count] : padded, intact);
    }

    private SymmetricAlgorithm Create() => Cipher switch
    {
        ContentCipher.TripleDesCbc => TripleDES.Create(),
        ContentCipher.DesCbc => DES.Create(),
        _ => Aes.Create(),
    };

    private static void SetOddParity(byte[] key)
    {
        for (int i = 0; i < key.Length; i++)
        {
            int bits = key[i] & 0xFE;
            key[i] = (byte)(bits | ((BitOperations.PopCount((uint)bits) & 1) ^ 1));
        }
    }
}
