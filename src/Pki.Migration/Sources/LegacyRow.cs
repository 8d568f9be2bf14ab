using System.Globalization;

namespace Pki.Migration.Sources;

/// <summary>One row of a legacy table: texts by column name, names in any case (MIGRATION §2, §3.2).</summary>
/// <param name="columns">Column name → position.</param>
/// <param name="values">The values as text; blobs as 0x and hex; null for NULL.</param>
/// <param name="number">The row's position in its table, from 1.</param>
public sealed class LegacyRow(IReadOnlyDictionary<string, int> columns, string?[] values, long number)
{
    /// <summary>What stands for a value that was too long to be read.</summary>
    public const string TooLong = "\u0000too long";

    /// <summary>What stands for a text that is not UTF-8: two different ones must not become the same.</summary>
    public const string NotUtf8 = "\u0000not UTF-8";

    /// <summary>What is said of a row that <see cref="IsUnreadable"/>.</summary>
    internal const string UnreadableProblem = "a value is too long, or not UTF-8 (mysqldump --default-character-set=utf8mb4)";

    /// <summary>The row's position in its table, from 1.</summary>
    public long Number => number;

    /// <summary>The column's text; null for NULL, for an empty text and for a column that the table lacks.</summary>
    public string? Text(string column) => columns.TryGetValue(column, out int at) && values[at] is { Length: > 0 } text ? text : null;

    /// <summary>The column's number; null when there is none.</summary>
    public long? Number64(string column) =>
        long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>The column's number, or another one.</summary>
    public int Number32(string column, int otherwise) =>
        Number64(column) is { } value and >= int.MinValue and <= int.MaxValue ? (int)value : otherwise;

    /// <summary>Some value of the row was too long to be read.</summary>
    public bool IsTooLong => Array.IndexOf(values, TooLong) >= 0;

    /// <summary>Some value of the row was too long, or no text of the charset that it should be.</summary>
    public bool IsUnreadable => IsTooLong || Array.IndexOf(values, NotUtf8) >= 0;
}

/// <summary>Where legacy rows come from.</summary>
public interface ILegacySource : IAsyncDisposable
{
    /// <summary>The same for the same content: its digest, or null where each opening is a new snapshot.</summary>
    string? ContentDigest { get; }

    /// <summary>What it is, for people: no password.</summary>
    string Description { get; }

    /// <summary>How much of the table that is being read lies behind, 0 to 1; null: nothing is being read, or nobody knows.</summary>
    double? Share { get; }

    /// <summary>SHA-256 of each of its files by name, lower-case hex; none for a database.</summary>
    IReadOnlyDictionary<string, string> Digests { get; }

    /// <summary>Something at its end says that it is whole; without it, a file that was cut off behind a row looks whole, too.</summary>
    bool HasEndMark { get; }

    /// <summary>Whether it has rows of this table at all.</summary>
    bool Has(string table);

    /// <summary>The rows of a table in an order that is the same for the same content; none where the table is missing.</summary>
    /// <param name="table">Its name in any case.</param>
    /// <param name="skip">Rows at the beginning to be passed over.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="LegacyFormatException">The source is not what it should be.</exception>
    IAsyncEnumerable<LegacyRow> ReadAsync(string table, long skip, CancellationToken cancel);
}

/// <summary>A source that cannot be read: says what is wrong, and where.</summary>
public sealed class LegacyFormatException(string message) : Exception(message);
