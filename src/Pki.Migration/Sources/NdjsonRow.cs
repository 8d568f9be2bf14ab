using System.Text;
using System.Text.Json;

namespace Pki.Migration.Sources;

/// <summary>A row as a JSON object of texts and numbers. Read token by token: what is nested is refused where it begins.</summary>
internal static class NdjsonRow
{
    /// <exception cref="LegacyFormatException">It is something else.</exception>
    public static LegacyRow Read(string table, ReadOnlySpan<byte> line, long number)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            List<string?> values = [];
            Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "it is no object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                Require(reader.ValueSpan.Length <= RowLimits.Name && values.Count < RowLimits.Columns, $"more than {RowLimits.Columns} columns, or a longer name than {RowLimits.Name}");
                string column = reader.GetString()!;
                Require(columns.TryAdd(column, values.Count), $"the column {column} twice");
                reader.Read();
                values.Add(Value(ref reader, column));
            }

            Require(!reader.Read(), "something behind the object");
            return new(columns, [.. values], number);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new LegacyFormatException($"Row {number} of '{table}.ndjson' is not a JSON object of texts and numbers: {e.Message}");
        }
    }

    private static string? Value(ref Utf8JsonReader reader, string column)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False when reader.ValueSpan.Length > RowLimits.Value:
                return LegacyRow.TooLong;
            case JsonTokenType.String:
                return Text(ref reader);
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            default:
                throw new JsonException($"{column} is neither text nor number.");
        }
    }

    /// <summary>Half of a character sets one row aside; it does not end the import.</summary>
    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return LegacyRow.NotUtf8;
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new JsonException(what);
        }
    }
}
