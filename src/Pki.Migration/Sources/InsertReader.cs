using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Pki.Migration.Sources;

/// <summary>The INSERT statements of a dump, value by value: texts in quotes, numbers, hex blobs, NULL.</summary>
internal sealed class InsertReader(Stream stream, long start)
{
    private static readonly byte[] Insert = Encoding.ASCII.GetBytes("INSERT INTO `");
    private static readonly byte[] Binary = Encoding.ASCII.GetBytes("_binary ");

    private readonly DumpText text = new(stream, start);
    private readonly ArrayBufferWriter<byte> value = new(4096);
    private string columnNames = "";
    private bool isInLine;
    private bool isAfterFirstRow;
    private long length; // octets of the value that is being read
    private long room; // octets that the row may still have

    /// <summary>The columns of the current statement.</summary>
    public IReadOnlyDictionary<string, int> Columns { get; private set; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where in the file it is.</summary>
    public long Position => text.Position;

    /// <summary>Goes to the next line that begins with INSERT INTO; false at the end of the file.</summary>
    public async ValueTask<bool> NextStatementAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (isInLine && !await text.SkipLineAsync(cancel))
            {
                return false;
            }

            isInLine = true;
            if (await text.PeekAsync(cancel) < 0)
            {
                return false;
            }

            if (await text.MatchesAsync(Insert, cancel))
            {
                return true;
            }
        }
    }

    /// <summary>Reads table name and columns; false for another table, whose line is then passed over.</summary>
    public async ValueTask<bool> ReadHeaderAsync(string table, CancellationToken cancel)
    {
        if (!string.Equals(await text.ReadNameAsync(cancel), table, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        await text.ExpectAsync(" (", "the column names: make the dump with --complete-insert", cancel);
        List<string> columns = [];
        do
        {
            await text.SkipBlanksAsync(cancel);
            await text.ExpectAsync("`", "a column name", cancel);
            columns.Add(await text.ReadNameAsync(cancel));
            if (columns.Count > RowLimits.Columns)
            {
                throw text.Wrong($"more than {RowLimits.Columns} columns");
            }
        }
        while (await text.TakeAsync(',', cancel));
        await text.ExpectAsync(") VALUES", "VALUES", cancel);
        Columns = Positions(columns);
        isAfterFirstRow = false;
        return true;
    }

    /// <summary>The next row of the statement; null at its end.</summary>
    /// <param name="keep">Without it the values are only passed over.</param>
    /// <param name="cancel">Cancels.</param>
    public async ValueTask<string?[]?> ReadRowAsync(bool keep, CancellationToken cancel)
    {
        if (isAfterFirstRow && await text.TakeAsync(';', cancel))
        {
            return null;
        }

        if (isAfterFirstRow)
        {
            await text.ExpectAsync(",", "',' or ';' after a row", cancel);
        }

        await text.SkipBlanksAsync(cancel);
        await text.ExpectAsync("(", "'(' before a row", cancel);
        isAfterFirstRow = true;
        string?[] values = new string?[Columns.Count];
        room = RowLimits.Row;
        for (int i = 0; i < values.Length; i++)
        {
            if (i > 0 && !await text.TakeAsync(',', cancel))
            {
                throw OtherCount(values);
            }

            values[i] = await ReadValueAsync(keep, cancel);
        }

        return await text.TakeAsync(')', cancel) ? values : throw OtherCount(values);
    }

    private LegacyFormatException OtherCount(string?[] values) => text.Wrong($"no {values.Length} values in a row");

    private async ValueTask<string?> ReadValueAsync(bool keep, CancellationToken cancel)
    {
        if (await text.PeekAsync(cancel) == '_')
        {
            await text.MatchesAsync(Binary, cancel); // the charset introducer of newer dumps says nothing that we need
        }

        value.ResetWrittenCount();
        length = 0;
        string? read = await text.TakeAsync('\'', cancel) ? await ReadQuotedAsync(keep, cancel) : await ReadBareAsync(keep, cancel);
        room -= length > RowLimits.Value ? 0 : Math.Min(length, room);
        return read;
    }

    /// <summary>A text in quotes; its runs without escapes are copied whole.</summary>
    private async ValueTask<string?> ReadQuotedAsync(bool keep, CancellationToken cancel)
    {
        while (true)
        {
            if (await text.PeekAsync(cancel) < 0)
            {
                throw text.Wrong("the end of the file inside a text");
            }

            int end = text.Ahead.IndexOfAny((byte)'\'', (byte)'\\');
            int run = end < 0 ? text.Ahead.Length : end;
            Keep(text.Ahead[..run], keep);
            text.Pass(run);
            if (end < 0)
            {
                continue;
            }

            byte special = text.Ahead[0];
            text.Pass(1);
            int next = await text.PeekAsync(cancel);
            if (special == '\\' && next >= 0)
            {
                text.Pass(1);
                Keep([Unescaped((byte)next)], keep);
            }
            else if (special == '\'' && next == '\'')
            {
                text.Pass(1);
                Keep("'"u8, keep);
            }
            else
            {
                return !keep ? "" : Unkept() ?? (Utf8.IsValid(value.WrittenSpan) ? Encoding.UTF8.GetString(value.WrittenSpan) : LegacyRow.NotUtf8);
            }
        }
    }

    private async ValueTask<string?> ReadBareAsync(bool keep, CancellationToken cancel)
    {
        while (true)
        {
            int next = await text.PeekAsync(cancel);
            if (next is < 0 or '\n')
            {
                throw text.Wrong("the end of a line inside a row");
            }

            if (next is ',' or ')' && length > 0)
            {
                return !keep ? "" : Unkept() ?? (value.WrittenSpan.SequenceEqual("NULL"u8) ? null : Encoding.ASCII.GetString(value.WrittenSpan));
            }

            if (!char.IsAsciiLetterOrDigit((char)next) && next is not ('-' or '.' or '+'))
            {
                throw text.Wrong("a value that is neither text, number, hex nor NULL");
            }

            Keep([(byte)next], keep);
            text.Pass(1);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes, bool keep)
    {
        length += bytes.Length;
        if (keep && length <= Math.Min(RowLimits.Value, room))
        {
            value.Write(bytes);
        }
    }

    /// <summary>What stands for a value that was too long to be kept; null: it was not.</summary>
    private string? Unkept() => length > RowLimits.Value ? LegacyRow.TooLong : length > room ? LegacyRow.RowTooLong : null;

    private static byte Unescaped(byte c) => c switch
    {
        (byte)'0' => 0,
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'Z' => 26,
        _ => c,
    };

    // The same for a whole table, in every dump that a program writes.
    private IReadOnlyDictionary<string, int> Positions(List<string> columns)
    {
        string names = string.Join(',', columns);
        if (names == columnNames)
        {
            return Columns;
        }

        var found = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach ((int index, string name) in columns.Index())
        {
            if (!found.TryAdd(name, index))
            {
                throw text.Wrong($"the column {name} twice");
            }
        }

        columnNames = names;
        return found;
    }
}
