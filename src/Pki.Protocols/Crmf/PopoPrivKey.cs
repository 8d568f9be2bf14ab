using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Crmf;

/// <summary>How possession of a key is shown that does not sign.</summary>
/// <remarks>
/// RFC 4211 §4.2: CHOICE { thisMessage [0] BIT STRING, subsequentMessage [1] INTEGER, dhMAC [2] BIT STRING,
/// agreeMAC [3] PKMACValue, encryptedKey [4] EnvelopedData }
/// </remarks>
public abstract record PopoPrivKey : IAsn1Value<PopoPrivKey>
{
    private PopoPrivKey()
    {
    }

    /// <summary>The private key itself, encrypted. Deprecated by <see cref="EncryptedKey"/>.</summary>
    /// <param name="Octets">The contents of the BIT STRING.</param>
    public sealed record ThisMessage(ReadOnlyMemory<byte> Octets) : PopoPrivKey
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteBitString(Octets.Span, tag: Context(0));
    }

    /// <summary>A later message of the transaction will show it.</summary>
    /// <param name="Kind">Which.</param>
    public sealed record Subsequent(SubsequentMessage Kind) : PopoPrivKey
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteInteger((int)Kind, Context(1));
    }

    /// <summary>A MAC with a Diffie-Hellman secret. Deprecated by <see cref="AgreeMac"/>.</summary>
    /// <param name="Mac">The MAC.</param>
    public sealed record DhMac(ReadOnlyMemory<byte> Mac) : PopoPrivKey
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteBitString(Mac.Span, tag: Context(2));
    }

    /// <summary>A MAC with an agreed key, and which algorithm.</summary>
    /// <param name="Mac">The MAC.</param>
    public sealed record AgreeMac(PkMacValue Mac) : PopoPrivKey
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalImplicit(3, Mac);
    }

    /// <summary>The private key itself, encrypted to the CA.</summary>
    /// <param name="Enveloped">EnvelopedData with the tag of a SEQUENCE.</param>
    public sealed record EncryptedPrivateKey(ReadOnlyMemory<byte> Enveloped) : PopoPrivKey
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteRetagged(4, Enveloped.Span);
    }

    /// <inheritdoc />
    public static PopoPrivKey Decode(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        return (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1) switch
        {
            0 => new ThisMessage(reader.ReadWholeBitString(Context(0))),
            1 => new Subsequent((SubsequentMessage)reader.ReadChoice((int)SubsequentMessage.ChallengeResponse, "subsequentMessage", Context(1))),
            2 => new DhMac(reader.ReadWholeBitString(Context(2))),
            3 => new AgreeMac(reader.ReadOptionalImplicit<PkMacValue>(3)!),
            4 => new EncryptedPrivateKey(reader.ReadRetagged(4)),
            _ => throw new AsnContentException("A POPOPrivKey has a tag that does not exist."),
        };
    }

    /// <inheritdoc />
    public abstract void Encode(AsnWriter writer);

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);
}

/// <summary>How a later message shows possession (RFC 4211 §4.2: SubsequentMessage).</summary>
public enum SubsequentMessage
{
    /// <summary>The certificate comes encrypted; only the key's owner can confirm it.</summary>
    EncryptedCertificate = 0,

    /// <summary>The CA sends a challenge, popdecc.</summary>
    ChallengeResponse = 1,
}
