using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Pki.Cli.Commands;

/// <summary>Moments on the command line, in UTC whatever the machine thinks: <c>2026-05-01T12:00:00Z</c>, <c>2026-05-01</c>.</summary>
internal static class Moments
{
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd"];

    public static Option<DateTimeOffset?> Option(string name, string about) => new(name) { Description = about, HelpName = "TIME", CustomParser = Parse };

    private static DateTimeOffset? Parse(ArgumentResult result)
    {
        string text = string.Join(' ', result.Tokens.Select(token => token.Value));
        if (DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset moment))
        {
            return moment;
        }

        result.AddError($"'{text}' is no moment; write 2026-05-01T12:00:00Z or 2026-05-01, in UTC.");
        return null;
    }
}
