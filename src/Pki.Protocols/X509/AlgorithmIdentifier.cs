using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>Which algorithm, with which parameters (RFC 5280 §4.1.1.2).</summary>
/// <param name="Oid">The algorithm.</param>
/// <param name="Parameters">The parameters' encoding; null when the field is absent, which is not the same as NULL.</param>
public sealed record AlgorithmIdentifier(string Oid, ReadOnlyMemory<byte>? Parameters = null) : IAsn1Value<AlgorithmIdentifier>
{
    private static readonly byte[] NullValue = [0x05, 0x00];

    /// <summary>The encoding of NULL, which RSA algorithms carry as parameters.</summary>
    public static ReadOnlyMemory<byte> Null => NullValue;

    /// <summary>True when the parameters are absent or NULL: many algorithms have both spellings in the wild.</summary>
    public bool HasNoParameters => Parameters is null || IsNull;

    /// <summary>True when the parameters are NULL.</summary>
    public bool IsNull => Parameters is { } value && value.Span.SequenceEqual(NullValue);

    /// <summary>An algorithm whose parameters are NULL.</summary>
    public static AlgorithmIdentifier WithNull(string oid) => new(oid, Null);

    /// <inheritdoc />
    public static AlgorithmIdentifier Decode(AsnReader reader) => DecodeFields(reader.ReadSequence());

    /// <summary>Reads the two fields, for values that carry the identifier under another tag.</summary>
    public static AlgorithmIdentifier DecodeFields(AsnReader fields)
    {
        var value = new AlgorithmIdentifier(fields.ReadObjectIdentifier(), fields.HasData ? fields.ReadValueAsDer() : default(ReadOnlyMemory<byte>?)); // a bare null would become empty memory
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            if (Parameters is { } parameters)
            {
                writer.WriteEncodedValue(parameters.Span);
            }
        }
    }

    /// <summary>Same algorithm, same parameters octet by octet.</summary>
    public bool Equals(AlgorithmIdentifier? other) =>
        other is not null && Oid == other.Oid && Parameters.HasValue == other.Parameters.HasValue
        && Parameters.GetValueOrDefault().Span.SequenceEqual(other.Parameters.GetValueOrDefault().Span);

    /// <inheritdoc />
    public override int GetHashCode() => Oid.GetHashCode(StringComparison.Ordinal);
}
