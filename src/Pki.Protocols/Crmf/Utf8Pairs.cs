using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Crmf;

/// <summary>Names and values in one text: name?value%name?value%, with % before the hexadecimal of what would confuse.</summary>
/// <param name="Pairs">In order; a name may occur more than once.</param>
/// <remarks>RFC 4211 §7.1: UTF8String</remarks>
public sealed record Utf8Pairs(IReadOnlyList<(string Name, string Value)> Pairs) : IAsn1Value<Utf8Pairs>
{
    private const char EndOfPair = '%';
    private const char EndOfName = '?';

    /// <inheritdoc />
    public static Utf8Pairs Decode(AsnReader reader)
    {
        List<(string Name, string Value)> pairs = [];
        string text = Utf8Text.Decode(reader).Text;
        for (int at = 0; at < text.Length;)
        {
            LimitExceededException.ThrowIfMore(pairs.Count + 1, CrmfLimits.MaxPairs, "Pairs of utf8Pairs");
            pairs.Add((ReadUntil(text, EndOfName, ref at), ReadUntil(text, EndOfPair, ref at)));
        }

        return new(pairs);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in Pairs)
        {
            text.Append(Escape(name)).Append(EndOfName).Append(Escape(value)).Append(EndOfPair);
        }

        writer.WriteCharacterString(UniversalTagNumber.UTF8String, text.ToString());
    }

    private static string Escape(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal);

    private static string ReadUntil(string text, char end, ref int at)
    {
        var part = new StringBuilder();
        while (at < text.Length)
        {
            if (TryReadEscape(text.AsSpan(at), out char escaped))
            {
                part.Append(escaped);
                at += 3;
            }
            else if (text[at++] is var c && c != end)
            {
                part.Append(c);
            }
            else
            {
                return part.ToString();
            }
        }

        // The last % is left out by some; a name without a value is not a pair.
        return end == EndOfPair ? part.ToString() : throw new AsnContentException("utf8Pairs ends inside a name.");
    }

    private static bool TryReadEscape(ReadOnlySpan<char> text, out char escaped)
    {
        escaped = text switch
        {
            ['%', '2', '5', ..] => '%',
            ['%', '3', 'F' or 'f', ..] => '?',
            _ => '\0',
        };
        return escaped != '\0';
    }
}
