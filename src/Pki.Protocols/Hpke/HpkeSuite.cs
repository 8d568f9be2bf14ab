using System.Buffers.Binary;
using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Pki.Protocols.Hpke;

/// <summary>
/// Hybrid public key encryption, RFC 9180, base mode, one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
/// Anybody seals with the public key; only the holder of the private key opens, and sees whether a bit was changed.
/// </summary>
public static class HpkeSuite
{
    /// <summary>Length of the encapsulated key: an uncompressed point of P-256 (§7.1.1).</summary>
    public const int EncapsulatedSize = 65;

    private const int SecretSize = 32;
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const byte ModeBase = 0;

    private static readonly byte[] KemSuite = [.. "KEM"u8, 0x00, 0x10];
    private static readonly byte[] Suite = [.. "HPKE"u8, 0x00, 0x10, 0x00, 0x01, 0x00, 0x02];

    /// <summary>Encrypts to a P-256 key (§6.1 SealBase).</summary>
    /// <param name="recipient">The public key.</param>
    /// <param name="info">What the message is for; the opener must say the same.</param>
    /// <param name="associated">What belongs to the message and is not secret; the opener must show the same.</param>
    /// <param name="plaintext">The secret.</param>
    public static (byte[] Encapsulated, byte[] Ciphertext) Seal(SubjectPublicKey recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext)
    {
        using KeyPair ephemeral = KeyPair.Generate("P-256");
        byte[] encapsulated = ephemeral.Public.KeyBits.ToArray();
        (byte[] key, byte[] nonce) = Schedule(ephemeral.AgreeEcdh(recipient), encapsulated, recipient, info);
        byte[] sealedBytes = new byte[plaintext.Length + TagSize];
        using (var aes = new AesGcm(key, TagSize))
        {
            aes.Encrypt(nonce, plaintext, sealedBytes.AsSpan(0, plaintext.Length), sealedBytes.AsSpan(plaintext.Length), associated);
        }

        CryptographicOperations.ZeroMemory(key);
        return (encapsulated, sealedBytes);
    }

    /// <summary>Decrypts (§6.1 OpenBase); the caller wipes the result.</summary>
    /// <exception cref="CryptographicException">It was not sealed to this key, for this purpose, with this beside it.</exception>
    public static byte[] Open(KeyPair recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associated, byte[] encapsulated, ReadOnlySpan<byte> ciphertext)
    {
        if (encapsulated.Length != EncapsulatedSize || ciphertext.Length < TagSize)
        {
            throw new CryptographicException("The sealed message is too short.");
        }

        (byte[] key, byte[] nonce) = Schedule(recipient.AgreeEcdh(PointOf(encapsulated)), encapsulated, recipient.Public, info);
        byte[] plaintext = new byte[ciphertext.Length - TagSize];
        using (var aes = new AesGcm(key, TagSize))
        {
            aes.Decrypt(nonce, ciphertext[..^TagSize], ciphertext[^TagSize..], plaintext, associated);
        }

        CryptographicOperations.ZeroMemory(key);
        return plaintext;
    }

    /// <summary>§4.1 Encap and Decap from the shared point on, then §5.1 KeySchedule with an empty PSK.</summary>
    private static (byte[] Key, byte[] Nonce) Schedule(byte[] dh, byte[] encapsulated, SubjectPublicKey recipient, ReadOnlySpan<byte> info)
    {
        byte[] prk = Extract(KemSuite, [], "eae_prk"u8, dh);
        byte[] shared = Expand(KemSuite, prk, "shared_secret"u8, [.. encapsulated, .. recipient.KeyBits.Span], SecretSize);
        byte[] context = [ModeBase, .. Extract(Suite, [], "psk_id_hash"u8, []), .. Extract(Suite, [], "info_hash"u8, info)];
        byte[] secret = Extract(Suite, shared, "secret"u8, []);
        byte[] key = Expand(Suite, secret, "key"u8, context, KeySize);
        byte[] nonce = Expand(Suite, secret, "base_nonce"u8, context, NonceSize);
        foreach (byte[] spent in new[] { dh, prk, shared, secret })
        {
            CryptographicOperations.ZeroMemory(spent);
        }

        return (key, nonce);
    }

    /// <summary>§4 LabeledExtract.</summary>
    private static byte[] Extract(byte[] suite, byte[] salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> keyMaterial) =>
        HKDF.Extract(HashAlgorithmName.SHA256, [.. "HPKE-v1"u8, .. suite, .. label, .. keyMaterial], salt);

    /// <summary>§4 LabeledExpand.</summary>
    private static byte[] Expand(byte[] suite, byte[] prk, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, int length)
    {
        Span<byte> octets = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)length);
        return HKDF.Expand(HashAlgorithmName.SHA256, prk, length, [.. octets, .. "HPKE-v1"u8, .. suite, .. label, .. info]);
    }

    private static SubjectPublicKey PointOf(byte[] encapsulated)
    {
        using var ecdh = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = encapsulated[1..33], Y = encapsulated[33..] },
        });
        return encapsulated[0] == 4 ? SubjectPublicKey.FromEc(ecdh) : throw new CryptographicException("The encapsulated key is no uncompressed point.");
    }
}
