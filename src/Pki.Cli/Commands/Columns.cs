using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary>Short ways to write columns.</summary>
internal static class Columns
{
    public static Column<T> Text<T>(string title, Func<T, string?> text) => new(title, text);

    public static Column<T> Whole<T>(string title, Func<T, string?> text) => new(title, text) { Whole = true };

    public static Column<T> Number<T>(string title, Func<T, long> number) => new(title, row => Texts.Number(number(row))) { Number = true };

    public static Column<T> Time<T>(string title, Func<T, DateTimeOffset?> time) => new(title, row => Texts.Time(time(row))) { Whole = true };

    public static Column<T> List<T>(string title, Func<T, IEnumerable<string>> texts) => new(title, row => string.Join(", ", texts(row)));

    public static Column<T> Lines<T>(string title, Func<T, IEnumerable<string>> texts) => new(title, row => string.Join('\n', texts(row)));
}
