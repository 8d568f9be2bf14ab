using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.Cmp;

/// <summary>
/// A message of CMP. Header and body keep the octets they came in: the protection is over those and never over a
/// re-encoding (CMP-E-1), and a message that is passed on is passed on unchanged (CMP-T-14). Reading says nothing about
/// who sent it: that is <see cref="MessageProtection"/>.
/// </summary>
/// <remarks>
/// RFC 9810 §5.1: SEQUENCE { header PKIHeader, body PKIBody, protection [0] BIT STRING OPTIONAL, extraCerts [1] SEQUENCE
/// SIZE (1..MAX) OF CMPCertificate OPTIONAL }
/// </remarks>
public sealed class PkiMessage : IAsn1Value<PkiMessage>
{
    private PkiMessage(
        ReadOnlyMemory<byte> encoded,
        (PkiHeader Value, ReadOnlyMemory<byte> Encoded) header,
        (PkiBody Value, ReadOnlyMemory<byte> Encoded) body,
        ReadOnlyMemory<byte>? protection,
        IReadOnlyList<CmpCertificate> extraCerts)
    {
        Encoded = encoded;
        (Header, HeaderEncoded) = header;
        (Body, BodyEncoded) = body;
        Protection = protection;
        ExtraCerts = extraCerts;
    }

    /// <summary>The whole message as received or as made.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>Who speaks to whom in which transaction.</summary>
    public PkiHeader Header { get; }

    /// <summary>The header's octets.</summary>
    public ReadOnlyMemory<byte> HeaderEncoded { get; }

    /// <summary>What is said.</summary>
    public PkiBody Body { get; }

    /// <summary>The body's octets, its tag included.</summary>
    public ReadOnlyMemory<byte> BodyEncoded { get; }

    /// <summary>The signature or MAC; null when the message is not protected.</summary>
    public ReadOnlyMemory<byte>? Protection { get; }

    /// <summary>Certificates that may help to verify; empty when absent. Nothing says that they are good for anything.</summary>
    public IReadOnlyList<CmpCertificate> ExtraCerts { get; }

    /// <summary>The one door for strangers' messages: a value or a refusal, never an exception.</summary>
    /// <param name="message">Exactly one message; kept, not copied.</param>
    /// <param name="maxLength">How many octets are accepted.</param>
    public static Outcome<PkiMessage> Read(ReadOnlyMemory<byte> message, int maxLength = CmpLimits.MaxMessageLength) =>
        ObjectionToShape(message, maxLength) is { } refusal ? refusal : Der.DecodeBer<PkiMessage>(message);

    /// <summary>
    /// The header alone, for the answer to a message whose body cannot be read (CMP-X-2). Nothing of it is believed.
    /// </summary>
    public static Outcome<PkiHeader> ReadHeader(ReadOnlyMemory<byte> message, int maxLength = CmpLimits.MaxMessageLength) =>
        ObjectionToShape(message, maxLength) is { } refusal ? refusal
        : Der.DecodeBer<HeaderOnly>(message).Succeeded(out HeaderOnly? found, out Refusal? objection) ? found.Header
        : objection;

    /// <summary>
    /// One look at the outside, before anything is decoded (CMP-T-13): null for one value of definite lengths that fills the
    /// octets, within the limits of depth and count. Malformed is not ASN.1; TooLarge is beyond a limit.
    /// </summary>
    /// <param name="message">A stranger's octets.</param>
    /// <param name="maxLength">How many are accepted.</param>
    public static Refusal? ObjectionToShape(ReadOnlyMemory<byte> message, int maxLength = CmpLimits.MaxMessageLength)
    {
        if (message.Length > maxLength)
        {
            return new(RefusalCode.TooLarge, $"A message has {message.Length} octets, at most {maxLength} are accepted.");
        }

        try
        {
            MessageShape.Check(message.Span, maxLength);
            return null;
        }
        catch (AsnContentException e)
        {
            return new(e is LimitExceededException ? RefusalCode.TooLarge : RefusalCode.Malformed, $"PkiMessage: {e.Message}");
        }
    }

    /// <summary>Makes a message without protection; <see cref="WithProtection"/> adds it.</summary>
    public static PkiMessage Create(PkiHeader header, PkiBody body, IReadOnlyList<CmpCertificate>? extraCerts = null) =>
        Assemble((header, Der.Encode(header)), (body, body.Encode()), null, extraCerts ?? []);

    /// <inheritdoc />
    public static PkiMessage Decode(AsnReader reader) => Decode(reader, depth: 0);

    /// <summary>The same message with its protection: what was signed or MACed is <see cref="ProtectedPart"/>.</summary>
    public PkiMessage WithProtection(ReadOnlyMemory<byte> protection) => Assemble((Header, HeaderEncoded), (Body, BodyEncoded), protection, ExtraCerts);

    /// <summary>What the protection is over: header and body as received, side by side (RFC 9810 §5.1.3).</summary>
    /// <remarks>ProtectedPart ::= SEQUENCE { header PKIHeader, body PKIBody }</remarks>
    public byte[] ProtectedPart()
    {
        var writer = new AsnWriter(AsnEncodingRules.BER, HeaderEncoded.Length + BodyEncoded.Length + 16); // the length is DER in either mode; the parts may be BER
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(HeaderEncoded.Span);
            writer.WriteEncodedValue(BodyEncoded.Span);
        }

        return writer.Encode();
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    internal static PkiMessage Decode(AsnReader reader, int depth)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadEncodedValue();
        AsnReader fields = reader.Over(encoded).ReadSequence();
        ReadOnlyMemory<byte> header = fields.PeekEncodedValue();
        var headerValue = PkiHeader.Decode(fields);
        ReadOnlyMemory<byte> body = fields.PeekEncodedValue();
        var message = new PkiMessage(
            encoded,
            (headerValue, header),
            (PkiBody.Decode(fields, depth), body),
            fields.NextIsContext(0) ? ReadProtection(fields.ReadExplicit(0)) : default(ReadOnlyMemory<byte>?), // a bare null would become empty memory
            fields.ReadOptionalExplicitList<CmpCertificate>(1, CmpLimits.MaxExtraCerts, "Certificates of extraCerts"));
        fields.ThrowIfNotEmpty();
        return message;
    }

    private static PkiMessage Assemble(
        (PkiHeader Value, ReadOnlyMemory<byte> Encoded) header,
        (PkiBody Value, ReadOnlyMemory<byte> Encoded) body,
        ReadOnlyMemory<byte>? protection,
        IReadOnlyList<CmpCertificate> extraCerts)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER); // parts that were received may be BER
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(header.Encoded.Span);
            writer.WriteEncodedValue(body.Encoded.Span);
            if (protection is { } bits)
            {
                using (writer.PushExplicit(0))
                {
                    writer.WriteBitString(bits.Span);
                }
            }

            writer.WriteOptionalExplicitList(1, extraCerts);
        }

        return new(writer.Encode(), header, body, protection, extraCerts);
    }

    private static ReadOnlyMemory<byte> ReadProtection(AsnReader wrapper)
    {
        ReadOnlyMemory<byte> bits = wrapper.ReadWholeBitString();
        wrapper.ThrowIfNotEmpty();
        return bits;
    }

    private sealed record HeaderOnly(PkiHeader Header) : IAsn1Value<HeaderOnly>
    {
        public static HeaderOnly Decode(AsnReader reader) => new(PkiHeader.Decode(reader.ReadSequence()));

        public void Encode(AsnWriter writer) => Header.Encode(writer);
    }
}
