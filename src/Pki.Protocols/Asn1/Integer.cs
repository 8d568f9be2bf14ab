using System.Formats.Asn1;
using System.Numerics;

namespace Pki.Protocols.Asn1;

/// <summary>An INTEGER that stands alone, as an element of a list or the value of an attribute.</summary>
/// <param name="Value">Of any sign, at most 64 octets.</param>
public sealed record Integer(BigInteger Value) : IAsn1Value<Integer>
{
    /// <inheritdoc />
    public static Integer Decode(AsnReader reader) => new(reader.ReadBoundedInteger());

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteInteger(Value);
}
