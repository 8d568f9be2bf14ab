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
        (string oid, IReadOnlyList<ReadOnlyMemory<byte>> values) = TypeAndValues.Decode(reader);
        return new(oid, values);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => TypeAndValues.Encode(writer, Oid, Values);

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
