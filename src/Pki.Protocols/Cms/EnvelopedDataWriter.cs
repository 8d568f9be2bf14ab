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
        Write(Oids.Data, content, To(recipient, CertificateReference.ByIssuer(recipient), transport, random), encryption, random);

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
    /// <param name="recipient">The certificate.</param>
    /// <param name="name">How it is named.</param>
    /// <param name="transport">How the content key gets there.</param>
    /// <param name="random">Randomness.</param>
    public static Addressee To(Certificate recipient, CertificateReference name, KeyTransport transport, RandomBytes random) => recipient.PublicKey.IsRsa
        ? new(VersionOf(name), (writer, key) => WriteTransport(writer, RsaKeyTransport.Encrypt(key, recipient.PublicKey, transport, random), name))
        : new(2, (writer, key) => EcdhKeyAgreement.WriteRecipient(writer, key, recipient.PublicKey, name)); // RFC 5652 §6.1: 2 with a key agreement

    /// <summary>RFC 5652 §6.1, §6.2.1: 0 by issuer and serial number, 2 by key identifier, for the recipient and for the whole.</summary>
    private static int VersionOf(CertificateReference name) => name.KeyIdentifier is null ? 0 : 2;

    private static void WriteTransport(AsnWriter writer, (AlgorithmIdentifier, byte[]) encrypted, CertificateReference name)
    {
        (AlgorithmIdentifier algorithm, byte[] encryptedKey) = encrypted;
        using (writer.PushSequence())
        {
            writer.WriteInteger(VersionOf(name));
            name.Encode(writer);
            algorithm.Encode(writer);
            writer.WriteOctetString(encryptedKey);
        }
    }
}

/// <summary>Who gets the content key, and how it is written for him.</summary>
/// <param name="Version">Of the EnvelopedData (RFC 5652 §6.1).</param>
/// <param name="Write">Writes one RecipientInfo with the content key in it.</param>
internal sealed record Addressee(int Version, Action<AsnWriter, byte[]> Write);
