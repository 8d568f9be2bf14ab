using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>One step of a name: usually one attribute, sometimes several (RFC 5280 §4.1.2.4).</summary>
/// <param name="Attributes">In the order of the encoding.</param>
/// <remarks>SET SIZE (1..MAX) OF AttributeTypeAndValue</remarks>
public sealed record RelativeDistinguishedName(IReadOnlyList<AttributeValue> Attributes) : IAsn1Value<RelativeDistinguishedName>
{
    /// <summary>The attribute that decides the place in the canonical order.</summary>
    internal string LeadingOid => Attributes[0].Oid;

    /// <inheritdoc />
    public static RelativeDistinguishedName Decode(AsnReader reader)
    {
        AsnReader members = reader.ReadUnsortedSet();
        List<AttributeValue> attributes = [];
        while (members.HasData)
        {
            attributes.Add(AttributeValue.Decode(members));
        }

        return attributes.Count > 0 ? new(attributes) : throw new AsnContentException("A relative distinguished name is empty.");
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSetOf())
        {
            foreach (AttributeValue attribute in Attributes)
            {
                attribute.Encode(writer);
            }
        }
    }

    /// <inheritdoc />
    public override string ToString() => string.Join('+', Attributes);
}
