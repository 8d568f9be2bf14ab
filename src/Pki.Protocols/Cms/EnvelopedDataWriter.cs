using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>Writes EnvelopedData for one recipient.</summary>
internal static class EnvelopedDataWriter
{
    private static readonly Asn1Tag EncryptedContentTag = new(TagClass.ContextSpecific, 0);

    public static byte[] Write(ReadOnlySpan<byte> content, Certificate recipient, ContentEncryption encryption, KeyTransport transport, RandomBytes random)
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
                    writer.WriteInteger(recipient.PublicKey.IsRsa ? 0 : 2); // RFC 5652 §6.1: 2 with a key agreement
                    using (writer.PushSetOf())
                    {
                        WriteRecipient(writer, key, recipient, transport, random);
                    }

                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(Oids.Data);
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
