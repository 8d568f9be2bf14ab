using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.Crmf;

/// <summary>
/// A control or an item of regInfo. Its value is decoded when somebody asks, so that a bad one is the request's
/// mistake and not the whole message's, and an unknown one can be ignored (CMP-E-4).
/// </summary>
/// <param name="Oid">What it is: see the constants of RFC 4211 §6 and §7 in <see cref="Oids"/>, which name the value's type.</param>
/// <param name="Value">The value's encoding.</param>
/// <remarks>RFC 4211 §5: SEQUENCE { type OBJECT IDENTIFIER, value ANY DEFINED BY type }</remarks>
public sealed record AttributeTypeAndValue(string Oid, ReadOnlyMemory<byte> Value) : IAsn1Value<AttributeTypeAndValue>
{
    /// <summary>Makes one.</summary>
    public static AttributeTypeAndValue Of<T>(string oid, T value)
        where T : class, IAsn1Value<T> => new(oid, Der.Encode(value));

    /// <inheritdoc />
    public static AttributeTypeAndValue Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new AttributeTypeAndValue(fields.ReadObjectIdentifier(), fields.ReadEncodedValue());
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            writer.WriteEncodedValue(Value.Span);
        }
    }

    /// <summary>The value, if it is of that type.</summary>
    public Outcome<T> Read<T>()
        where T : class, IAsn1Value<T> => Der.DecodeBer<T>(Value);
}
