using System.Globalization;

namespace Pki.Cli.Output;

/// <summary>How values look in tables.</summary>
internal static class Texts
{
    /// <summary>UTC, to the second.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>UTC, to the second; nothing for null.</summary>
    public static string? Time(DateTimeOffset? time) => time is { } value ? Time(value) : null;

    /// <summary>The two largest units: <c>3d 4h</c>, <c>12 s</c>.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            return "-" + Span(span.Negate());
        }

        FormattableString text = span switch
        {
            { TotalDays: >= 1 } => $"{span.Days} d {span.Hours} h",
            { TotalHours: >= 1 } => $"{span.Hours} h {span.Minutes} min",
            { TotalMinutes: >= 1 } => $"{span.Minutes} min {span.Seconds} s",
            { TotalSeconds: >= 1 } => $"{(int)span.TotalSeconds} s",
            _ => $"{(int)span.TotalMilliseconds} ms",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Milliseconds with one decimal.</summary>
    public static string Milliseconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:F1} ms");

    /// <summary>A number.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Pairs of hex digits with colons, as devices print fingerprints.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> digest) => Convert.ToHexString(digest) is var hex
        ? string.Join(':', Enumerable.Range(0, hex.Length / 2).Select(i => hex.Substring(i * 2, 2)))
        : "";

    /// <summary>yes or no.</summary>
    public static string YesNo(bool value) => value ? "yes" : "no";

    /// <summary>True for what is not seen, or turns the direction of a text: a terminal obeys it, and it makes a name look like another.</summary>
    public static bool IsUnseen(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>At most this many characters of a text that a stranger wrote, with U+FFFD for what is not seen.</summary>
    public static string? Short(string? text, int most) => text is null
        ? null
        : string.Concat((text.Length <= most ? text : text[..(most - 1)] + "…").Select(c => IsUnseen(c) ? '\uFFFD' : c));
}
