using System.Globalization;
using System.Text.RegularExpressions;
using Pki.Protocols.Trust;

namespace Ca.Core.Profiles;

/// <summary>
/// How long something is valid: <c>730</c> or <c>730d</c> days, relative text <c>10y 9mo 8d</c>, or an absolute UTC
/// date <c>2040-01-31</c> or <c>2040-01-31 12:00</c>.
/// </summary>
/// <remarks>A year is 365 days and a month 30, as legacy profiles count; that is why the fixed CA profiles say "25y 7d".</remarks>
public sealed partial record Validity
{
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss'Z'"];
    private readonly TimeSpan? duration;
    private readonly DateTimeOffset? until;

    private Validity(TimeSpan? duration, DateTimeOffset? until)
    {
        this.duration = duration;
        this.until = until;
    }

    /// <summary>Reads the text.</summary>
    public static Outcome<Validity> Parse(string text)
    {
        string trimmed = text.Trim();
        if (DateTimeOffset.TryParseExact(trimmed, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset date))
        {
            return new Validity(null, date);
        }

        if (int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days is > 0 and <= 3_000_000)
        {
            return new Validity(TimeSpan.FromDays(days), null);
        }

        return ParseRelative(trimmed) is { } span && span > TimeSpan.Zero
            ? new Validity(span, null)
            : new Refusal(RefusalCode.PolicyViolation, $"'{text}' is no validity: write days, '10y 9mo 8d' or a date '2040-01-31'.");
    }

    /// <summary>A text such as <c>1d 2h 30m</c> as a length of time; null when it is none.</summary>
    public static TimeSpan? ParseRelative(string text)
    {
        Match match = Relative().Match(text.Trim());
        if (!match.Success || match.Length == 0)
        {
            return null;
        }

        long Part(string unit) => match.Groups[unit].Success ? long.Parse(match.Groups[unit].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        long days = (Part("y") * 365) + (Part("mo") * 30) + Part("d");
        return days > 3_000_000 ? null : TimeSpan.FromDays(days) + TimeSpan.FromHours(Part("h")) + TimeSpan.FromMinutes(Part("m")) + TimeSpan.FromSeconds(Part("s"));
    }

    /// <summary>When it ends if it begins at this moment.</summary>
    public DateTimeOffset EndFrom(DateTimeOffset start)
    {
        if (until is { } date)
        {
            return date;
        }

        TimeSpan length = duration!.Value;
        return length > DateTimeOffset.MaxValue - start ? DateTimeOffset.MaxValue : start + length;
    }

    [GeneratedRegex(@"\A(?:(?<y>\d{1,4})y\s*)?(?:(?<mo>\d{1,5})mo\s*)?(?:(?<d>\d{1,7})d\s*)?(?:(?<h>\d{1,7})h\s*)?(?:(?<m>\d{1,7})m\s*)?(?:(?<s>\d{1,7})s)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Relative();
}
