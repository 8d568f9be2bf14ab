using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>Ephemeral-static ECDH: the content key to and from an EC recipient (RFC 5753 §3.1). The platform's CMS does not have it.</summary>
internal static class EcdhKeyAgreement
{
    private static readonly AlgorithmIdentifier Wrap = new(Oids.Aes256Wrap);

    /// <summary>True when the key derivation and the wrap are known here.</summary>
    public static bool IsKnown(AlgorithmIdentifier algorithm) =>
        DerivationHash(algorithm.Oid) is not null && algorithm.Parameters is { } wrap && WrapKeyBytes(ReadWrap(wrap).Oid) is not null;

    /// <summary>The content key; null for every reason it may not come out.</summary>
    public static byte[]? Unwrap(RecipientInfo.KeyAgreed agreed, KeyPair key, Certificate certificate)
    {
        if (agreed.OriginatorPoint is not { } point
            || DerivationHash(agreed.KeyEncryption.Oid) is not { } hash
            || agreed.KeyEncryption.Parameters is not { } parameters
            || agreed.Keys.FirstOrDefault(each => each.Recipient.Names(certificate)) is not { } wrapped)
        {
            return null;
        }

        AlgorithmIdentifier wrap = ReadWrap(parameters);
        try
        {
            byte[] shared = key.AgreeEcdh(OnCurveOf(key.Public, point));
            byte[] wrappingKey = Derive(shared, wrap, agreed.UserKeyingMaterial, hash);
            return AesKeyWrap.Unwrap(wrappingKey, wrapped.EncryptedKey.Span);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Writes a KeyAgreeRecipientInfo with a fresh ephemeral key, SHA-256 and AES-256 wrap.</summary>
    public static void WriteRecipient(AsnWriter writer, byte[] contentKey, SubjectPublicKey key, CertificateReference name)
    {
        ECDiffieHellmanPublicKey theirs = key.ForAgreement ?? throw new CryptographicException($"Nothing can be encrypted to a key of {key.Description}.");
        using var ephemeral = ECDiffieHellman.Create(ECCurve.CreateFromValue(key.CurveOid!));
        byte[] shared = ephemeral.DeriveRawSecretAgreement(theirs);
        byte[] wrapped = AesKeyWrap.Wrap(Derive(shared, Wrap, null, HashAlgorithmName.SHA256), contentKey);
        CryptographicOperations.ZeroMemory(shared);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
        {
            writer.WriteInteger(3); // RFC 5652 §6.2.2
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            {
                new AlgorithmIdentifier(Oids.EcPublicKey).Encode(writer); // RFC 5753 §3.1.1: parameters absent
                writer.WriteBitString(SubjectPublicKey.FromEc(ephemeral).KeyBits.Span);
            }

            new AlgorithmIdentifier(Oids.EcdhStdSha256Kdf, Der.Encode(Wrap)).Encode(writer);
            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                name.EncodeForAgreement(writer);
                writer.WriteOctetString(wrapped);
            }
        }
    }

    /// <summary>ANSI X9.63 KDF over ECC-CMS-SharedInfo (SEC 1 §3.6.1, RFC 5753 §7.2).</summary>
    private static byte[] Derive(byte[] shared, AlgorithmIdentifier wrap, ReadOnlyMemory<byte>? userKeyingMaterial, HashAlgorithmName hash)
    {
        int length = WrapKeyBytes(wrap.Oid) ?? throw new CryptographicException($"The key wrap {wrap.Oid} is not known.");
        byte[] info = SharedInfo(wrap, userKeyingMaterial, length);
        byte[] key = new byte[length];
        Span<byte> counter = stackalloc byte[sizeof(int)];
        for (int i = 1, written = 0; written < length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(counter, i);
            byte[] part = HashAlgorithms.Compute(hash, [.. shared, .. counter, .. info]);
            int take = Math.Min(part.Length, length - written);
            part.AsSpan(0, take).CopyTo(key.AsSpan(written));
            written += take;
        }

        return key;
    }

    /// <summary>RFC 5753 §7.2: SEQUENCE { keyInfo AlgorithmIdentifier, entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL, suppPubInfo [2] EXPLICIT OCTET STRING }.</summary>
    private static byte[] SharedInfo(AlgorithmIdentifier wrap, ReadOnlyMemory<byte>? userKeyingMaterial, int keyBytes)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            wrap.Encode(writer);
            if (userKeyingMaterial is { } material)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteOctetString(material.Span);
                }
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            {
                byte[] bits = new byte[sizeof(int)];
                BinaryPrimitives.WriteInt32BigEndian(bits, 8 * keyBytes);
                writer.WriteOctetString(bits);
            }
        }

        return writer.Encode();
    }

    private static SubjectPublicKey OnCurveOf(SubjectPublicKey own, ReadOnlyMemory<byte> point)
    {
        if (own.CurveOid is not { } curve)
        {
            throw new CryptographicException("The recipient has no EC key.");
        }

        var parameters = new AsnWriter(AsnEncodingRules.DER);
        parameters.WriteObjectIdentifier(curve);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            new AlgorithmIdentifier(Oids.EcPublicKey, parameters.Encode()).Encode(writer);
            writer.WriteBitString(point.Span);
        }

        return Der.Decode<SubjectPublicKey>(writer.Encode()).OrThrow();
    }

    private static AlgorithmIdentifier ReadWrap(ReadOnlyMemory<byte> parameters) => AlgorithmIdentifier.Decode(new AsnReader(parameters, AsnEncodingRules.BER));

    /// <summary>SHA-1 is what OpenSSL takes by default; in a key derivation it is not broken.</summary>
    private static HashAlgorithmName? DerivationHash(string oid) => oid switch
    {
        Oids.EcdhStdSha1Kdf => HashAlgorithmName.SHA1,
        Oids.EcdhStdSha256Kdf => HashAlgorithmName.SHA256,
        Oids.EcdhStdSha384Kdf => HashAlgorithmName.SHA384,
        Oids.EcdhStdSha512Kdf => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static int? WrapKeyBytes(string oid) => oid switch
    {
        Oids.Aes128Wrap => 16,
        Oids.Aes192Wrap => 24,
        Oids.Aes256Wrap => 32,
        _ => null,
    };
}
