using System.Globalization;

namespace Pki.Migration.Sources;

/// <summary>One row of a legacy table: texts by column name, names in any case (MIGRATION §2, §3.2).</summary>
/// <param name="columns">Column name → position.</param>
/// <param name="values">The values as text; blobs as 0x and hex; null for NULL.</param>
/// <param name="number">The row's position in its table, from 1.</param>
public sealed class LegacyRow(IReadOnlyDictionary<string, int> columns, string?[] values, long number)
{
    /// <summary>What stands for a value of more than <see cref="RowLimits.Value"/> octets.</summary>
    public const string TooLong = "\u0000too long";

    /// <summary>What stands for a value with which its row has more than <see cref="RowLimits.Row"/> octets, and for those behind it.</summary>
    public const string RowTooLong = "\u0000row too long";

    /// <summary>What stands for a text that is not UTF-8: two different ones must not become the same.</summary>
    public const string NotUtf8 = "\u0000not UTF-8";

    private const int Overhead = 32; // characters that a value costs beside its own

    /// <summary>The row's position in its table, from 1.</summary>
    public long Number => number;

    /// <summary>About how many characters of memory it takes.</summary>
    public long Size => values.Sum(value => (long)Overhead + (value?.Length ?? 0));

    /// <summary>Why the row cannot be used: the first column that could not be read; null: all could.</summary>
    public string? Problem => Array.FindIndex(values, value => value is TooLong or RowTooLong or NotUtf8) is var at and >= 0 ? ProblemOf(at) : null;

    /// <summary>A row of which nothing was read: it is too long.</summary>
    internal static LegacyRow Oversized(long number) => new(new Dictionary<string, int>(StringComparer.Ordinal), [RowTooLong], number);

    /// <summary>The column's text; null for NULL, for an empty text and for a column that the table lacks.</summary>
    public string? Text(string column) => columns.TryGetValue(column, out int at) && values[at] is { Length: > 0 } text ? text : null;

    /// <summary>The column's number; null when there is none.</summary>
    public long? Number64(string column) =>
        long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>The column's number, or another one.</summary>
    public int Number32(string column, int otherwise) =>
        Number64(column) is { } value and >= int.MinValue and <= int.MaxValue ? (int)value : otherwise;

    private string ProblemOf(int at)
    {
        string? column = columns.FirstOrDefault(pair => pair.Value == at).Key;
        return values[at] switch
        {
            TooLong => string.Create(CultureInfo.InvariantCulture, $"column {column} has more than {RowLimits.Value} octets"),
            RowTooLong => string.Create(CultureInfo.InvariantCulture, $"the row has more than {RowLimits.Row} octets{(column is null ? "" : ", counted up to column " + column)}"),
            _ => $"column {column} is not UTF-8 (mysqldump --default-character-set=utf8mb4)",
        };
    }
}

/// <summary>A source that cannot be read: says what is wrong, and where.</summary>
public sealed class LegacyFormatException(string message) : Exception(message);
