using System.Globalization;
using System.Text;

namespace Pki.Hosting;

/// <summary>Makes a stranger's text safe for a log line: one line, bounded, nothing that a terminal obeys (SCEP.md L-04).</summary>
public static class LogText
{
    private const int MaxLength = 300;

    /// <summary>The text with control, format and private-use characters escaped, cut at a fixed length.</summary>
    public static string Of(string? text)
    {
        if (text is null)
        {
            return "-";
        }

        string bounded = text.Length > MaxLength ? text[..MaxLength] + "..." : text;
        if (bounded.All(IsHarmless))
        {
            return bounded;
        }

        var safe = new StringBuilder(bounded.Length * 2);
        foreach (char c in bounded)
        {
            _ = IsHarmless(c) ? safe.Append(c) : safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return safe.ToString();
    }

    private static bool IsHarmless(char c) =>
        char.IsAscii(c) ? !char.IsControl(c) && c != '\\' : char.IsLetterOrDigit(c);
}
