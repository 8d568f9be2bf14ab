using System.Formats.Asn1;
using System.Text;

namespace Pki.Protocols.Asn1;

/// <summary>A UTF8String that stands alone: a profile's name, a language tag.</summary>
/// <param name="Text">The text; may be empty.</param>
public sealed record Utf8Text(string Text) : IAsn1Value<Utf8Text>
{
    /// <summary>Octets of the longest text accepted.</summary>
    public const int MaxLength = 4096;

    /// <inheritdoc />
    public static Utf8Text Decode(AsnReader reader)
    {
        string text = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        LimitExceededException.ThrowIfMore(Encoding.UTF8.GetByteCount(text), MaxLength, "Octets of a text");
        return new(text);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteCharacterString(UniversalTagNumber.UTF8String, Text);

    /// <inheritdoc />
    public override string ToString() => Text;
}
