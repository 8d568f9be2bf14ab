using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Crmf;

/// <summary>What a requester asks for. The octets as they came are kept, because the proof of possession is over them (CMP-E-1).</summary>
/// <remarks>RFC 4211 §5: SEQUENCE { certReqId INTEGER, certTemplate CertTemplate, controls SEQUENCE SIZE(1..MAX) OF AttributeTypeAndValue OPTIONAL }</remarks>
public sealed class CertRequest : IAsn1Value<CertRequest>
{
    private CertRequest(ReadOnlyMemory<byte> encoded, AsnReader fields)
    {
        Encoded = encoded;
        Id = fields.ReadBoundedInteger();
        Template = CertTemplate.Decode(fields);
        Controls = fields.HasData ? fields.ReadListOrEmpty<AttributeTypeAndValue>(CrmfLimits.MaxControls, "Controls") : [];
        fields.ThrowIfNotEmpty();
    }

    /// <summary>What stands for the request when it came as PKCS #10 (RFC 9810 §5.3.4).</summary>
    public static BigInteger IdOfPkcs10 => BigInteger.MinusOne;

    /// <summary>The whole structure as received or as made.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The number by which the reply names the request; any number (CMP-C-7).</summary>
    public BigInteger Id { get; }

    /// <summary>The certificate wanted.</summary>
    public CertTemplate Template { get; }

    /// <summary>How it is to be made; empty when absent.</summary>
    public IReadOnlyList<AttributeTypeAndValue> Controls { get; }

    /// <summary>Makes a request.</summary>
    public static CertRequest Create(BigInteger id, CertTemplate template, IReadOnlyList<AttributeTypeAndValue>? controls = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            template.Encode(writer);
            if (controls is { Count: > 0 })
            {
                writer.WriteList(controls);
            }
        }

        return Decode(new AsnReader(writer.Encode(), AsnEncodingRules.DER));
    }

    /// <inheritdoc />
    public static CertRequest Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadEncodedValue();
        return new(encoded, reader.Over(encoded).ReadSequence());
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>The first control of a kind; null when absent.</summary>
    public AttributeTypeAndValue? Control(string oid) => Controls.FirstOrDefault(control => control.Oid == oid);
}
