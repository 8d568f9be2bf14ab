using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>One way to the content key.</summary>
/// <remarks>
/// RFC 5652 §6.2: CHOICE { ktri SEQUENCE, kari [1], kekri [2], pwri [3], ori [4] }
/// </remarks>
public abstract record RecipientInfo
{
    private RecipientInfo()
    {
    }

    /// <summary>True when this way leads through the certificate's key.</summary>
    public abstract bool IsFor(Certificate certificate);

    internal static RecipientInfo Decode(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        if (tag.HasSameClassAndValue(Asn1Tag.Sequence))
        {
            return KeyTransported.Decode(reader);
        }

        if (tag.TagClass == TagClass.ContextSpecific && tag.TagValue == 1)
        {
            return KeyAgreed.Decode(reader);
        }

        reader.ReadEncodedValue();
        return new Unsupported(tag.TagClass != TagClass.ContextSpecific ? "unknown" : tag.TagValue switch
        {
            2 => "a shared key-encryption key",
            3 => "a password",
            _ => "unknown",
        });
    }

    /// <summary>The content key, encrypted to an RSA key.</summary>
    /// <param name="Recipient">To whose.</param>
    /// <param name="KeyEncryption">How.</param>
    /// <param name="EncryptedKey">The encrypted key.</param>
    /// <remarks>RFC 5652 §6.2.1: SEQUENCE { version, rid, keyEncryptionAlgorithm, encryptedKey OCTET STRING }</remarks>
    public sealed record KeyTransported(CertificateReference Recipient, AlgorithmIdentifier KeyEncryption, ReadOnlyMemory<byte> EncryptedKey) : RecipientInfo
    {
        /// <inheritdoc />
        public override bool IsFor(Certificate certificate) => Recipient.Names(certificate);

        internal static new KeyTransported Decode(AsnReader reader)
        {
            AsnReader fields = reader.ReadSequence();
            fields.ReadIntegerBytes(); // version 0 or 2, which rid tells as well
            var value = new KeyTransported(CertificateReference.Decode(fields), AlgorithmIdentifier.Decode(fields), fields.ReadOctets());
            fields.ThrowIfNotEmpty();
            return value;
        }
    }

    /// <summary>The content key, wrapped with a key that sender and recipient agree on.</summary>
    /// <param name="OriginatorPoint">The sender's ephemeral public key; null when the sender is named in another way, which nobody uses with ECDH.</param>
    /// <param name="UserKeyingMaterial">More input to the key derivation; mostly absent.</param>
    /// <param name="KeyEncryption">The key agreement, with the wrap algorithm as its parameter.</param>
    /// <param name="Keys">The wrapped key for each recipient.</param>
    /// <remarks>
    /// RFC 5652 §6.2.2: [1] SEQUENCE { version, originator [0] EXPLICIT CHOICE { …, originatorKey [1] SEQUENCE { algorithm,
    /// publicKey BIT STRING } }, ukm [1] EXPLICIT OCTET STRING OPTIONAL, keyEncryptionAlgorithm,
    /// SEQUENCE OF SEQUENCE { rid CHOICE { IssuerAndSerialNumber, [0] SEQUENCE { subjectKeyIdentifier, … } }, encryptedKey OCTET STRING } }
    /// </remarks>
    public sealed record KeyAgreed(
        ReadOnlyMemory<byte>? OriginatorPoint,
        ReadOnlyMemory<byte>? UserKeyingMaterial,
        AlgorithmIdentifier KeyEncryption,
        IReadOnlyList<WrappedKey> Keys) : RecipientInfo
    {
        private static readonly Asn1Tag Tag = new(TagClass.ContextSpecific, 1, isConstructed: true);

        /// <inheritdoc />
        public override bool IsFor(Certificate certificate) => Keys.Any(key => key.Recipient.Names(certificate));

        internal static new KeyAgreed Decode(AsnReader reader)
        {
            AsnReader fields = reader.ReadSequence(Tag);
            fields.ReadIntegerBytes(); // version 3
            ReadOnlyMemory<byte>? point = ReadOriginator(fields.ReadExplicit(0));
            ReadOnlyMemory<byte>? material = fields.NextIsContext(1) ? fields.ReadExplicit(1).ReadOctets() : default(ReadOnlyMemory<byte>?); // a bare null would become empty memory
            AlgorithmIdentifier algorithm = AlgorithmIdentifier.Decode(fields);
            AsnReader list = fields.ReadSequence();
            fields.ThrowIfNotEmpty();
            List<WrappedKey> keys = [];
            while (list.HasData)
            {
                keys.Add(WrappedKey.Decode(list));
                LimitExceededException.ThrowIfMore(keys.Count, EnvelopedData.MaxRecipients, "Recipients");
            }

            return new(point, material, algorithm, keys);
        }

        private static ReadOnlyMemory<byte>? ReadOriginator(AsnReader reader)
        {
            if (!reader.NextIsContext(1))
            {
                return null;
            }

            AsnReader key = reader.ReadSequence(Tag);
            AlgorithmIdentifier.Decode(key); // id-ecPublicKey; the curve is the recipient's (RFC 5753 §3.1.1)
            ReadOnlyMemory<byte> point = key.ReadWholeBitString();
            key.ThrowIfNotEmpty();
            return point;
        }
    }

    /// <summary>A wrapped key and for whom it is.</summary>
    /// <param name="Recipient">For whom.</param>
    /// <param name="EncryptedKey">The wrapped key.</param>
    public sealed record WrappedKey(CertificateReference Recipient, ReadOnlyMemory<byte> EncryptedKey)
    {
        private static readonly Asn1Tag KeyIdentifierTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

        internal static WrappedKey Decode(AsnReader reader)
        {
            AsnReader fields = reader.ReadSequence();
            CertificateReference recipient = fields.NextIs(KeyIdentifierTag)
                ? new(null, fields.ReadSequence(KeyIdentifierTag).ReadOctets())
                : new(IssuerAndSerialNumber.Decode(fields), null);
            var value = new WrappedKey(recipient, fields.ReadOctets());
            fields.ThrowIfNotEmpty();
            return value;
        }
    }

    /// <summary>A way this product does not go: a password, a shared key, something newer (SCEP.md E-10, E-11).</summary>
    /// <param name="Kind">Which, for the log.</param>
    public sealed record Unsupported(string Kind) : RecipientInfo
    {
        /// <inheritdoc />
        public override bool IsFor(Certificate certificate) => false;
    }
}
