using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Sealing;

/// <summary>
/// The outermost layer of a message: a ContentInfo (RFC 5652 §3) tells by its type which one it is, no flag beside it
/// does (FLAWS.md B5).
/// </summary>
internal static class ContentLayer
{
    /// <summary>The content type OID of a ContentInfo that fills its input.</summary>
    public static Outcome<string> TypeOf(ReadOnlyMemory<byte> contentInfo)
    {
        try
        {
            var reader = new AsnReader(contentInfo, AsnEncodingRules.BER);
            AsnReader fields = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            return fields.ReadObjectIdentifier();
        }
        catch (AsnContentException e)
        {
            return new Refusal(RefusalCode.Malformed, $"The message is not a CMS ContentInfo: {e.Message}");
        }
    }

    /// <summary>A ContentInfo of type id-data: neither signed nor encrypted.</summary>
    public static byte[] WrapPlain(ReadOnlySpan<byte> content)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.Data);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteOctetString(content);
            }
        }

        return writer.Encode();
    }

    /// <summary>The content of a ContentInfo of type id-data.</summary>
    public static Outcome<byte[]> UnwrapPlain(ReadOnlyMemory<byte> contentInfo)
    {
        try
        {
            AsnReader fields = new AsnReader(contentInfo, AsnEncodingRules.BER).ReadSequence();
            fields.ReadObjectIdentifier();
            return fields.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadOctetString();
        }
        catch (AsnContentException e)
        {
            return new Refusal(RefusalCode.Malformed, $"The message's plain content does not decode: {e.Message}");
        }
    }
}
