using System.Formats.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cms;

/// <summary>Changes EnvelopedData in ways no honest writer does.</summary>
internal static class CmsEdit
{
    private static readonly Asn1Tag Content = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag EncryptedContent = new(TagClass.ContextSpecific, 0);

    /// <summary>Drops the parameters of the first recipient's key transport.</summary>
    public static byte[] RemoveOaepParameters(byte[] enveloped) => Rewrite(enveloped, recipient =>
    {
        AsnReader fields = recipient.ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
            writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
            new AlgorithmIdentifier(AlgorithmIdentifier.Decode(fields).Oid).Encode(writer);
            writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
        }

        return writer.Encode();
    });

    /// <summary>Puts another RecipientInfo in the place of the first.</summary>
    public static byte[] ReplaceRecipient(byte[] enveloped, byte[] recipientInfo) => Rewrite(enveloped, _ => recipientInfo);

    /// <summary>Takes octets off the end of the encrypted content.</summary>
    public static byte[] CutContent(byte[] enveloped, int octets) => Rewrite(enveloped, null, content => content[..^octets]);

    /// <summary>Rewrites recipient and encrypted content.</summary>
    public static byte[] Rewrite(byte[] enveloped, Func<AsnReader, byte[]>? recipient, Func<byte[], byte[]>? content = null)
    {
        AsnReader info = new AsnReader(enveloped, AsnEncodingRules.BER).ReadSequence();
        string type = info.ReadObjectIdentifier();
        AsnReader fields = info.ReadSequence(Content).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(type);
            using (writer.PushSequence(Content))
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
                AsnReader set = fields.ReadSetOf(skipSortOrderValidation: true);
                using (writer.PushSetOf())
                {
                    writer.WriteEncodedValue(recipient?.Invoke(set) ?? set.ReadEncodedValue().ToArray());
                }

                AsnReader inner = fields.ReadSequence();
                using (writer.PushSequence())
                {
                    writer.WriteEncodedValue(inner.ReadEncodedValue().Span);
                    writer.WriteEncodedValue(inner.ReadEncodedValue().Span);
                    byte[] octets = inner.ReadOctetString(EncryptedContent);
                    writer.WriteOctetString(content?.Invoke(octets) ?? octets, EncryptedContent);
                }
            }
        }

        return writer.Encode();
    }
}
