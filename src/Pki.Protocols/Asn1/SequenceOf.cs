using System.Formats.Asn1;

namespace Pki.Protocols.Asn1;

/// <summary>A list that stands alone, as the value of an attribute.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Items">In encoded order; at least one.</param>
/// <remarks>SEQUENCE SIZE (1..MAX) OF T</remarks>
public sealed record SequenceOf<T>(IReadOnlyList<T> Items) : IAsn1Value<SequenceOf<T>>
    where T : class, IAsn1Value<T>
{
    /// <summary>How many values are accepted.</summary>
    public const int MaxItems = 64;

    /// <inheritdoc />
    public static SequenceOf<T> Decode(AsnReader reader) => new(reader.ReadList<T>(MaxItems, $"Values of a list of {typeof(T).Name}"));

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteList(Items);
}
