using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>Texts for people, one after the other or in several languages.</summary>
/// <param name="Texts">At least one.</param>
/// <remarks>RFC 9810 §5.1.1: PKIFreeText ::= SEQUENCE SIZE (1..MAX) OF UTF8String</remarks>
public sealed record PkiFreeText(IReadOnlyList<string> Texts) : IAsn1Value<PkiFreeText>
{
    /// <summary>One text.</summary>
    public static PkiFreeText Of(string text) => new([text]);

    /// <inheritdoc />
    public static PkiFreeText Decode(AsnReader reader)
    {
        string[] texts = [.. reader.ReadList<Utf8Text>(CmpLimits.MaxTexts, "Texts of a PKIFreeText").Select(item => item.Text)];
        LimitExceededException.ThrowIfMore(texts.Sum(Encoding.UTF8.GetByteCount), CmpLimits.MaxFreeTextLength, "Octets of a PKIFreeText");
        return new(texts);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteList(Texts.Select(text => new Utf8Text(text)));

    /// <summary>The texts, separated by line ends. Strangers write them: escape before showing (CMP-L-3).</summary>
    public override string ToString() => string.Join('\n', Texts);
}
