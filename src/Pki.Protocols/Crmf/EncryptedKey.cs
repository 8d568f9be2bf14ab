using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Crmf;

/// <summary>Something encrypted: a private key, a certificate, a passphrase.</summary>
/// <remarks>RFC 4211 §6.4: CHOICE { encryptedValue EncryptedValue, envelopedData [0] IMPLICIT EnvelopedData }</remarks>
public abstract record EncryptedKey : IAsn1Value<EncryptedKey>
{
    private EncryptedKey()
    {
    }

    /// <summary>In the old form, the only one of pvno 2.</summary>
    /// <param name="Contents">The encrypted value.</param>
    public sealed record Value(EncryptedValue Contents) : EncryptedKey
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => Contents.Encode(writer);
    }

    /// <summary>As CMS; needs pvno 3 (RFC 9810 §7).</summary>
    /// <param name="Contents">EnvelopedData with the tag of a SEQUENCE.</param>
    public sealed record Enveloped(ReadOnlyMemory<byte> Contents) : EncryptedKey
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteRetagged(0, Contents.Span);

        /// <summary>The ContentInfo that <see cref="Cms.EnvelopedData.Decode(ReadOnlyMemory{byte})"/> reads.</summary>
        public byte[] ToContentInfo() => Cms.ContentInfo.Write(Oids.EnvelopedData, writer => writer.WriteEncodedValue(Contents.Span));
    }

    /// <inheritdoc />
    public static EncryptedKey Decode(AsnReader reader) =>
        reader.NextIsContext(0) ? new Enveloped(reader.ReadRetagged(0)) : new Value(EncryptedValue.Decode(reader));

    /// <inheritdoc />
    public abstract void Encode(AsnWriter writer);
}
