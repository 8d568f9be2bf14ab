using System.Text;
using Pki.Protocols.X509;

namespace Ca.Core.EndEntities;

/// <summary>One entry of a subject alternative name in its text form.</summary>
/// <param name="Type">dNSName, rfc822Name, iPAddress …</param>
/// <param name="Value">Its value, unescaped.</param>
internal sealed record AltName(string Type, string Value);

/// <summary>The text form <c>dNSName=a.example,rfc822Name=x@y</c> (CA_CORE §7.1), entry by entry.</summary>
internal static class AltNames
{
    /// <summary>Splits at commas that no backslash precedes.</summary>
    public static IReadOnlyList<AltName> Split(string? text)
    {
        var names = new List<AltName>();
        var entry = new StringBuilder();
        for (int i = 0; i < (text?.Length ?? 0); i++)
        {
            char c = text![i];
            if (c == '\\' && i + 1 < text.Length)
            {
                entry.Append(text[++i]);
            }
            else if (c == ',')
            {
                Take(entry, names);
            }
            else
            {
                entry.Append(c);
            }
        }

        Take(entry, names);
        return names;
    }

    /// <summary>Values of one type in a certificate's SAN.</summary>
    public static IEnumerable<string> Of(GeneralNames? names, string type) =>
        Split(names?.ToString()).Where(n => n.Type.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(n => n.Value);

    /// <summary>The text of the entries.</summary>
    public static string Join(IEnumerable<AltName> names) =>
        string.Join(',', names.Select(n => $"{n.Type}={n.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)}"));

    private static void Take(StringBuilder entry, List<AltName> names)
    {
        string text = entry.ToString().Trim();
        entry.Clear();
        if (text.Length > 0)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            names.Add(equals < 0 ? new(text, "") : new(text[..equals].Trim(), text[(equals + 1)..]));
        }
    }
}
