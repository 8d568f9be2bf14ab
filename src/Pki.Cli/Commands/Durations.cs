using System.CommandLine;
using System.CommandLine.Parsing;
using Ca.Core.Profiles;

namespace Pki.Cli.Commands;

/// <summary>Lengths of time on the command line: <c>30d</c>, <c>12h</c>, <c>1d 6h</c>, <c>90s</c>.</summary>
internal static class Durations
{
    public static Option<TimeSpan> Option(string name, string about, TimeSpan? normally = null)
    {
        var option = new Option<TimeSpan>(name) { Description = about, HelpName = "TIME", CustomParser = Parse };
        if (normally is { } value)
        {
            option.DefaultValueFactory = _ => value;
        }
        else
        {
            option.Required = true;
        }

        return option;
    }

    private static TimeSpan Parse(ArgumentResult result)
    {
        string text = string.Join(' ', result.Tokens.Select(token => token.Value));
        if (Validity.ParseRelative(text) is { } span)
        {
            return span;
        }

        result.AddError($"'{text}' is no length of time; write 30d, 12h or '1d 6h'.");
        return TimeSpan.Zero;
    }
}
