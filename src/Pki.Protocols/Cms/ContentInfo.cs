using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cms;

/// <summary>The outermost shape of every CMS message.</summary>
/// <remarks>RFC 5652 §3: SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }</remarks>
internal static class ContentInfo
{
    /// <summary>Reads the type and returns a reader that stands before the content.</summary>
    public static AsnReader Read(AsnReader reader, out string contentType)
    {
        Nesting.ThrowIfTooDeep(reader.PeekEncodedValue().Span);
        AsnReader fields = reader.ReadSequence();
        contentType = fields.ReadObjectIdentifier();
        AsnReader content = fields.ReadExplicit(0);
        fields.ThrowIfNotEmpty();
        return content;
    }

    /// <summary>Writes the type and whatever the content writes.</summary>
    public static byte[] Write(string contentType, Action<AsnWriter> content)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(contentType);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                content(writer);
            }
        }

        return writer.Encode();
    }
}
