using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Html;

namespace AdminWeb.Showing;

/// <summary>How values look on a page.</summary>
internal static class Show
{
    /// <summary>UTC, to the second.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>UTC, to the second; a dash for null.</summary>
    public static string Time(DateTimeOffset? time) => time is { } value ? Time(value) : "–";

    /// <summary>UTC, the day only.</summary>
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The same for programs (the attribute datetime).</summary>
    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The two largest units.</summary>
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
            _ => $"{(int)span.TotalSeconds} s",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Pairs of hex digits with colons, as devices print fingerprints.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> digest) => string.Join(':', Convert.ToHexString(digest).Chunk(2).Select(pair => new string(pair)));

    /// <summary>
    /// A text that a stranger wrote. What is not ASCII is marked with its code, and what would not be seen (control and
    /// direction characters) is replaced by it: a name must not look like another name.
    /// </summary>
    public static IHtmlContent Stranger(string? text, int most = 1000)
    {
        var html = new HtmlContentBuilder();
        int written = 0;
        foreach (Rune rune in (text ?? "").EnumerateRunes().Take(most))
        {
            written++;
            _ = rune.IsAscii && !Rune.IsControl(rune) ? html.Append(rune.ToString())
                : IsSeen(rune) ? html.AppendHtml("<mark title=\"").Append(Code(rune)).AppendHtml("\">").Append(rune.ToString()).AppendHtml("</mark>")
                : html.AppendHtml("<mark>").Append(Code(rune)).AppendHtml("</mark>");
        }

        return written < most ? html : html.Append("…");
    }

    private static bool IsSeen(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);

    private static string Code(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");
}
