using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>Writes EnvelopedData for one recipient.</summary>
internal static class EnvelopedDataWriter
{
    private static readonly Asn1Tag EncryptedContentTag = new(TagClass.ContextSpecific, 0);

    public static byte[] Write(ReadOnlySpan<byte> content, Certificate recipient, ContentEncryption encryption, KeyTransport transport, RandomBytes random) =>
        Write(Oids.Data, content, To(recipient, transport, random), encryption, random);

    /// <summary>Any content for anybody.</summary>
    public static byte[] Write(string contentType, ReadOnlySpan<byte> content, Addressee addressee, ContentEncryption encryption, RandomBytes random)
    {
        byte[] key = encryption.NewKey(random);
        byte[] iv = new byte[encryption.BlockBytes];
        random(iv);
        byte[] encrypted = encryption.Encrypt(key, iv, content);
        try
        {
            return ContentInfo.Write(Oids.EnvelopedData, writer =>
            {
                using (writer.PushSequence())
                {
                    writer.WriteInteger(addressee.Version);
                    using (writer.PushSetOf())
                    {
                        addressee.Write(writer, key);
                    }

                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(contentType);
                        encryption.Identifier(iv).Encode(writer);
                        writer.WriteOctetString(encrypted, EncryptedContentTag);
                    }
                }
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The holder of a certificate.</summary>
    public static Addressee To(Certificate recipient, KeyTransport transport, RandomBytes random) =>
        new(recipient.PublicKey.IsRsa ? 0 : 2, (writer, key) => WriteRecipient(writer, key, recipient, transport, random)); // RFC 5652 §6.1: 2 with a key agreement

    private static void WriteRecipient(AsnWriter writer, byte[] key, Certificate recipient, KeyTransport transport, RandomBytes random)
    {
        if (!recipient.PublicKey.IsRsa)
        {
            EcdhKeyAgreement.WriteRecipient(writer, key, recipient);
            return;
        }

        (AlgorithmIdentifier algorithm, byte[] encryptedKey) = RsaKeyTransport.Encrypt(key, recipient.PublicKey, transport, random);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0); // RFC 5652 §6.2.1: named by issuer and serial number
            IssuerAndSerialNumber.Of(recipient).Encode(writer);
            algorithm.Encode(writer);
            writer.WriteOctetString(encryptedKey);
        }
    }
}

/// <summary>Who gets the content key, and how it is written for him.</summary>
/// <param name="Version">Of the EnvelopedData (RFC 5652 §6.1).</param>
/// <param name="Write">Writes one RecipientInfo with the content key in it.</param>
internal sealed record Addressee(int Version, Action<AsnWriter, byte[]> Write);
