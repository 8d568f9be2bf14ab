using System.Buffers;
using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>One attribute of a name: AttributeTypeAndValue (RFC 5280 §4.1.2.4).</summary>
/// <param name="Oid">What it is.</param>
/// <param name="Value">The text; for a value that is no string, # and the hexadecimal of its encoding.</param>
/// <param name="StringType">The string type it has on the wire; null for a value that is no string.</param>
public sealed record AttributeValue(string Oid, string Value, UniversalTagNumber? StringType) : IAsn1Value<AttributeValue>
{
    private static readonly SearchValues<char> Printable =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?");

    /// <summary>True when every character may stand in a PrintableString (X.680 §41.4).</summary>
    public static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExcept(Printable);

    /// <inheritdoc />
    public static AttributeValue Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        string oid = fields.ReadObjectIdentifier();
        Asn1Tag tag = fields.PeekTag();
        (string value, UniversalTagNumber? type) = Asn1Text.IsText(tag)
            ? (Asn1Text.Read(fields), (UniversalTagNumber?)tag.TagValue)
            : ("#" + Convert.ToHexString(fields.ReadEncodedValue().Span), null);
        fields.ThrowIfNotEmpty();
        return new(oid, value, type);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            if (StringType is { } type)
            {
                writer.WriteCharacterString(type, Value);
            }
            else
            {
                writer.WriteEncodedValue(Convert.FromHexString(Value.AsSpan(1)));
            }
        }
    }

    /// <summary>The text of the attribute: keyword, equals sign, value escaped (RFC 4514 §2.4).</summary>
    public override string ToString() => $"{NameAttributes.KeywordOf(Oid)}={(StringType is null ? Value : Escape(Value))}";

    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            bool atEdge = i == 0 ? c is ' ' or '#' : i == value.Length - 1 && c == ' ';
            if (atEdge || c is ',' or '"' or '\\' or '+' or '=' or '<' or '>' or ';')
            {
                text.Append('\\').Append(c);
            }
            else if (char.IsControl(c))
            {
                // RFC 4514 §2.4: as hexadecimal pairs, so that a name from a stranger stays on one line of a log.
                foreach (byte octet in Encoding.UTF8.GetBytes([c]))
                {
                    text.Append('\\').Append(Convert.ToHexString([octet]));
                }
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }
}
