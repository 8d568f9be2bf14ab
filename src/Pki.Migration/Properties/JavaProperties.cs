using System.Text;
using Pki.Protocols.Trust;

namespace Pki.Migration.Properties;

/// <summary>One property as it stands in a file.</summary>
/// <param name="Key">The key, escapes resolved.</param>
/// <param name="Value">The value, escapes resolved, blanks at its end kept.</param>
/// <param name="Line">The line it begins on, from 1.</param>
public sealed record JavaProperty(string Key, string Value, int Line);

/// <summary>
/// A file of Java properties as Java reads it (java.util.Properties.load): Latin-1, <c>#</c> and <c>!</c> comments,
/// <c>=</c>, <c>:</c> or blanks between key and value, lines continued by a backslash, <c>\uXXXX</c>; of several
/// with one key the last counts (MIGRATION §6.2).
/// </summary>
public sealed class JavaProperties
{
    private const int MaxLength = 1024 * 1024;

    private readonly Dictionary<string, JavaProperty> byKey = new(StringComparer.Ordinal);
    private readonly List<JavaProperty> overridden = [];

    private JavaProperties()
    {
    }

    /// <summary>All that count, in the order of the file.</summary>
    public IEnumerable<JavaProperty> All => byKey.Values.OrderBy(property => property.Line);

    /// <summary>Those that a later line with the same key replaces.</summary>
    public IReadOnlyList<JavaProperty> Overridden => overridden;

    /// <summary>The property of a key; null when there is none.</summary>
    public JavaProperty? Find(string key) => byKey.GetValueOrDefault(key);

    /// <summary>Reads a file's octets.</summary>
    public static Outcome<JavaProperties> Parse(ReadOnlySpan<byte> latin1)
    {
        if (latin1.Length > MaxLength)
        {
            return new Refusal(RefusalCode.TooLarge, $"A properties file has more than {MaxLength} octets.");
        }

        var properties = new JavaProperties();
        foreach ((string line, int number) in LogicalLines(Encoding.Latin1.GetString(latin1)))
        {
            int keyEnd = EndOfKey(line);
            int valueStart = StartOfValue(line, keyEnd);
            if (Unescape(line.AsSpan(0, keyEnd)) is not { } key || Unescape(line.AsSpan(valueStart)) is not { } value)
            {
                return new Refusal(RefusalCode.Malformed, $"Line {number}: \\u is not followed by four hexadecimal digits.");
            }

            if (properties.byKey.Remove(key, out JavaProperty? earlier))
            {
                properties.overridden.Add(earlier);
            }

            properties.byKey.Add(key, new(key, value, number));
        }

        return properties;
    }

    /// <summary>Lines with their continuations, without comments, empty lines and leading blanks.</summary>
    private static IEnumerable<(string Text, int Number)> LogicalLines(string text)
    {
        StringBuilder? unfinished = null;
        int first = 0;
        foreach ((string natural, int number) in text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r').Select((line, index) => (line.TrimStart(' ', '\t', '\f'), index + 1)))
        {
            if (unfinished is null && (natural.Length == 0 || natural[0] is '#' or '!'))
            {
                continue;
            }

            bool continues = (natural.Length - natural.TrimEnd('\\').Length) % 2 == 1;
            first = unfinished is null ? number : first;
            (unfinished ??= new()).Append(continues ? natural.AsSpan(0, natural.Length - 1) : natural);
            if (!continues)
            {
                yield return (unfinished.ToString(), first);
                unfinished = null;
            }
        }

        if (unfinished is not null)
        {
            yield return (unfinished.ToString(), first);
        }
    }

    private static int EndOfKey(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\')
            {
                i++;
            }
            else if (line[i] is '=' or ':' || IsBlank(line[i]))
            {
                return i;
            }
        }

        return line.Length;
    }

    private static int StartOfValue(string line, int keyEnd)
    {
        int i = keyEnd;
        bool separated = false;
        while (i < line.Length && (IsBlank(line[i]) || (!separated && line[i] is '=' or ':')))
        {
            separated |= !IsBlank(line[i]);
            i++;
        }

        return i;
    }

    /// <summary>Null for a broken \uXXXX.</summary>
    private static string? Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            if (text[i] != 'u')
            {
                plain.Append(text[i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
                continue;
            }

            if (i + 4 >= text.Length || !ushort.TryParse(text.Slice(i + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out ushort unit))
            {
                return null;
            }

            plain.Append((char)unit);
            i += 4;
        }

        return plain.ToString();
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\f';
}
