using System.Formats.Asn1;

namespace Pki.Protocols.Asn1;

/// <summary>An OBJECT IDENTIFIER that stands alone, as an element of a list or the value of an attribute.</summary>
/// <param name="Oid">In dotted decimal.</param>
public sealed record ObjectIdentifier(string Oid) : IAsn1Value<ObjectIdentifier>
{
    /// <inheritdoc />
    public static ObjectIdentifier Decode(AsnReader reader) => new(reader.ReadObjectIdentifier());

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteObjectIdentifier(Oid);

    /// <inheritdoc />
    public override string ToString() => Oid;
}
