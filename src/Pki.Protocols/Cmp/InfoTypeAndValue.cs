using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>
/// A piece of information in a header, genm or genp. Its value is decoded when somebody asks: what nobody knows is
/// ignored (CMP-E-4).
/// </summary>
/// <param name="Oid">What it is: see the id-it constants in <see cref="Oids"/>, which name the value's type.</param>
/// <param name="Value">The value's encoding; null when absent.</param>
/// <remarks>RFC 9810 §5.3.19: SEQUENCE { infoType OBJECT IDENTIFIER, infoValue ANY DEFINED BY infoType OPTIONAL }</remarks>
public sealed record InfoTypeAndValue(string Oid, ReadOnlyMemory<byte>? Value = null) : IAsn1Value<InfoTypeAndValue>
{
    /// <summary>True when there is no value, or NULL in its place, which some clients write (CMP_ENGINE.md §1).</summary>
    public bool IsAbsent => Value is null || IsNull;

    /// <summary>True when the value is NULL.</summary>
    public bool IsNull => Value is { } value && value.Span.SequenceEqual(AlgorithmIdentifier.Null.Span);

    /// <summary>Makes one with a value.</summary>
    public static InfoTypeAndValue Of<T>(string oid, T value)
        where T : class, IAsn1Value<T> => new(oid, Der.Encode(value));

    /// <summary>Makes one whose value is NULL: implicitConfirm (RFC 9810 §5.1.1.1).</summary>
    public static InfoTypeAndValue WithNull(string oid) => new(oid, AlgorithmIdentifier.Null);

    /// <inheritdoc />
    public static InfoTypeAndValue Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new InfoTypeAndValue(fields.ReadObjectIdentifier(), fields.HasData ? fields.ReadEncodedValue() : default(ReadOnlyMemory<byte>?)); // a bare null would become empty memory
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            writer.WriteEncodedValueIfAny(Value);
        }
    }

    /// <summary>The value, if it is of that type.</summary>
    public Outcome<T> Read<T>()
        where T : class, IAsn1Value<T> =>
        Value is { } value ? Der.DecodeBer<T>(value) : new Refusal(RefusalCode.Malformed, $"The information {Oid} has no value.");
}
