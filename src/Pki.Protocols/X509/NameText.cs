using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>
/// Reads the text of a name (CA_CORE.md §2.1, RFC 4514 §3 with the differences listed there). Nothing is
/// rewritten silently: what an old CA turned into a slash is refused here, with the character's name.
/// </summary>
internal ref struct NameText
{
    private const int MaxLength = 8192;
    private const string Escapable = ",\"\\+<>;=# ";

    private readonly string text;
    private readonly NameOptions options;
    private int position;

    private NameText(string text, NameOptions options)
    {
        this.text = text;
        this.options = options;
    }

    public static bool TryRead(string text, NameOptions options, out List<RelativeDistinguishedName> rdns, [NotNullWhen(false)] out Refusal? refusal)
    {
        rdns = [];
        try
        {
            new NameText(text, options).ReadAll(rdns);
            refusal = null;
            return true;
        }
        catch (NameRefusedException refused)
        {
            refusal = refused.Refusal;
            return false;
        }
    }

    private void ReadAll(List<RelativeDistinguishedName> rdns)
    {
        if (text.Length > MaxLength)
        {
            throw new NameRefusedException(RefusalCode.TooLarge, $"A name has more than {MaxLength} characters.");
        }

        if (!Asn1Text.IsWellFormed(text))
        {
            throw new NameRefusedException(RefusalCode.Malformed, "A name contains half a surrogate pair.");
        }

        List<AttributeValue> step = [];
        bool more = !string.IsNullOrWhiteSpace(text);
        while (more)
        {
            AttributeValue? attribute = ReadAttribute(out char separator);
            if (attribute is not null)
            {
                step.Add(attribute);
            }

            if (separator != '+' && step.Count > 0)
            {
                rdns.Add(new(step));
                step = [];
            }

            more = separator != '\0';
        }
    }

    /// <summary>Null for an attribute with an empty value: it is dropped.</summary>
    private AttributeValue? ReadAttribute(out char separator)
    {
        int equals = text.IndexOf('=', position);
        string keyword = equals < 0 ? text[position..] : text[position..equals];
        if (equals < 0 || NameAttributes.FindOid(keyword.Trim()) is not { } oid)
        {
            RefuseForbidden(keyword);
            throw new NameRefusedException(RefusalCode.Malformed, $"'{Bounded(keyword.Trim())}' in a name is neither a known attribute nor an OID followed by '='.");
        }

        position = equals + 1;
        string value = ReadValue(out separator, out bool plain);
        if (value.Length == 0)
        {
            return null;
        }

        if (plain && value[0] == '#')
        {
            return ReadHex(oid, value);
        }

        return NameStringTypes.Choose(oid, value, options) is { } type
            ? new(oid, value, type)
            : throw new NameRefusedException(RefusalCode.Malformed, $"The attribute {NameAttributes.KeywordOf(oid)} of a name has a character its string type does not have.");
    }

    private string ReadValue(out char separator, out bool plain)
    {
        var value = new StringBuilder();
        int keep = 0; // trailing spaces after here are padding
        bool quoted = false;
        plain = true;
        separator = '\0';
        for (; position < text.Length; position++)
        {
            char c = text[position];
            if (c == '\\')
            {
                value.Append(ReadEscaped());
                keep = value.Length;
                plain = false;
            }
            else if (c == '"')
            {
                quoted = !quoted;
                keep = value.Length;
                plain = false;
            }
            else if (!quoted && (c == ',' || (c == '+' && options.MultiValuedRdns)))
            {
                separator = c;
                position++;
                break;
            }
            else
            {
                RefuseForbidden(c);
                if (c != ' ' || quoted || value.Length > 0)
                {
                    value.Append(c);
                }

                keep = c != ' ' || quoted ? value.Length : keep;
            }
        }

        return quoted ? throw new NameRefusedException(RefusalCode.Malformed, "A quotation mark in a name is not closed.") : value.ToString(0, keep);
    }

    private char ReadEscaped()
    {
        position++;
        char? escaped = position < text.Length ? text[position] : null;
        return escaped is { } c && Escapable.Contains(c, StringComparison.Ordinal)
            ? c
            : throw new NameRefusedException(RefusalCode.Malformed, $"A backslash in a name escapes {(escaped is { } other ? Describe(other) : "nothing")}; it may escape only {Escapable}and space.");
    }

    private static AttributeValue ReadHex(string oid, string value)
    {
        try
        {
            byte[] encoded = Convert.FromHexString(value.AsSpan(1));
            var reader = new AsnReader(encoded, AsnEncodingRules.DER);
            reader.ReadEncodedValue();
            reader.ThrowIfNotEmpty();
            return new(oid, "#" + Convert.ToHexString(encoded), null);
        }
        catch (Exception e) when (e is FormatException or AsnContentException)
        {
            throw new NameRefusedException(RefusalCode.Malformed, "A value that begins with '#' is not the hexadecimal of a DER value; escape the '#' if it is text.");
        }
    }

    private readonly void RefuseForbidden(string part)
    {
        foreach (char c in part)
        {
            RefuseForbidden(c);
        }
    }

    private readonly void RefuseForbidden(char c)
    {
        if (options.ForbiddenCharacters.Contains(c, StringComparison.Ordinal))
        {
            throw new NameRefusedException(RefusalCode.PolicyViolation, $"The character {Describe(c)} is not allowed in a name.");
        }
    }

    private static string Describe(char c) => char.IsControl(c) ? $"U+{(int)c:X4}" : $"'{c}' (U+{(int)c:X4})";

    private static string Bounded(string text) => text.Length <= 40 ? text : text[..40] + "…";

    /// <summary>Carries a refusal out of the nested reading; never leaves this file.</summary>
#pragma warning disable CA1064 // Not public on purpose: it never leaves this file.
    private sealed class NameRefusedException(RefusalCode code, string detail) : Exception(detail)
    {
        public Refusal Refusal { get; } = new(code, detail);
    }
#pragma warning restore CA1064
}
