using System.Diagnostics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>The content key to and from an RSA recipient (RFC 3370 §4.2.1, RFC 3560).</summary>
internal static class RsaKeyTransport
{
    /// <summary>The padding to take off; null when the algorithm is not known here.</summary>
    public static RSAEncryptionPadding? PaddingOf(AlgorithmIdentifier algorithm) => algorithm.Oid switch
    {
        Oids.RsaEncryption => RSAEncryptionPadding.Pkcs1,
        Oids.RsaOaep => OaepParameters.ReadHash(algorithm) is { } hash ? RSAEncryptionPadding.CreateOaep(hash) : null,
        _ => null,
    };

    /// <summary>Encrypts the content key, without an import of the recipient's key.</summary>
    /// <exception cref="CryptographicException">The recipient's key is too weak or too large to encrypt to.</exception>
    public static (AlgorithmIdentifier Algorithm, byte[] EncryptedKey) Encrypt(byte[] contentKey, SubjectPublicKey recipient, KeyTransport transport, RandomBytes random)
    {
        if (transport == KeyTransport.Pkcs1)
        {
            return recipient.EncryptPkcs1(contentKey, random).Succeeded(out byte[]? encrypted, out Refusal? refusal)
                ? (AlgorithmIdentifier.WithNull(Oids.RsaEncryption), encrypted)
                : throw new CryptographicException(refusal.Detail);
        }

        HashAlgorithmName hash = transport switch
        {
            KeyTransport.OaepSha1 => HashAlgorithmName.SHA1,
            KeyTransport.OaepSha256 or KeyTransport.Strongest => HashAlgorithmName.SHA256,
            KeyTransport.Ecdh => throw new ArgumentException("An RSA recipient is not reached by ECDH.", nameof(transport)),
            _ => throw new UnreachableException(),
        };
        return (OaepParameters.Identifier(hash), EncryptOaep(contentKey, recipient, hash, random));
    }

    /// <summary>RSAES-OAEP-ENCRYPT with an empty label (RFC 8017 §7.1.1), its steps by letter.</summary>
    private static byte[] EncryptOaep(byte[] message, SubjectPublicKey recipient, HashAlgorithmName hash, RandomBytes random)
    {
        int size = HashAlgorithms.SizeInBytes(hash);
        int modulusBytes = recipient.RsaModulus.Length;
        if (message.Length > modulusBytes - (2 * size) - 2)
        {
            throw new CryptographicException($"A content key does not fit an RSA key of {recipient.KeySizeBits} bits.");
        }

        byte[] block = new byte[modulusBytes];
        Span<byte> seed = block.AsSpan(1, size);
        Span<byte> data = block.AsSpan(1 + size);
        HashAlgorithms.Compute(hash, []).CopyTo(data); // a
        data[^(message.Length + 1)] = 0x01; // b, c
        message.CopyTo(data[^message.Length..]);
        random(seed); // d
        Xor(data, PssEncoding.Mgf1(seed, data.Length, hash)); // e, f
        Xor(seed, PssEncoding.Mgf1(data, size, hash)); // g, h
        try
        {
            return new RsaPublicOperation(recipient.RsaModulus.Span, recipient.RsaExponent.Span).TryApply(block, out byte[] encrypted)
                ? encrypted
                : throw new CryptographicException($"Nothing can be encrypted to this RSA key of {recipient.KeySizeBits} bits.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(block);
        }
    }

    private static void Xor(Span<byte> target, ReadOnlySpan<byte> mask)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] ^= mask[i];
        }
    }
}
