using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cms;

/// <summary>An attribute of a signer.</summary>
/// <param name="Oid">Which one.</param>
/// <param name="Values">The encodings of its values, as they came.</param>
/// <remarks>RFC 5652 §5.3: SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF ANY }</remarks>
public sealed record CmsAttribute(string Oid, IReadOnlyList<ReadOnlyMemory<byte>> Values) : IAsn1Value<CmsAttribute>
{
    private const int MaxAttributes = 64;

    /// <summary>An attribute with one value.</summary>
    public CmsAttribute(string oid, ReadOnlyMemory<byte> value)
        : this(oid, [value])
    {
    }

    /// <inheritdoc />
    public static CmsAttribute Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        string oid = fields.ReadObjectIdentifier();
        AsnReader set = fields.ReadUnsortedSet();
        fields.ThrowIfNotEmpty();
        List<ReadOnlyMemory<byte>> values = [];
        while (set.HasData)
        {
            values.Add(set.ReadEncodedValue());
            LimitExceededException.ThrowIfMore(values.Count, MaxAttributes, "Values of an attribute");
        }

        return new(oid, values);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            using (writer.PushSetOf())
            {
                foreach (ReadOnlyMemory<byte> value in Values)
                {
                    writer.WriteEncodedValue(value.Span);
                }
            }
        }
    }

    internal static IReadOnlyList<CmsAttribute> DecodeSet(AsnReader reader)
    {
        AsnReader set = reader.ReadUnsortedSet();
        List<CmsAttribute> attributes = [];
        while (set.HasData)
        {
            attributes.Add(Decode(set));
            LimitExceededException.ThrowIfMore(attributes.Count, MaxAttributes, "Attributes");
        }

        return attributes;
    }

    /// <summary>SET OF Attribute in DER order, whatever the order given (SCEP.md B-03).</summary>
    internal static byte[] EncodeSet(IEnumerable<CmsAttribute> attributes)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            foreach (CmsAttribute attribute in attributes)
            {
                attribute.Encode(writer);
            }
        }

        return writer.Encode();
    }
}
