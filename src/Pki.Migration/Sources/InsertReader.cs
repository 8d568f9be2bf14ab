using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Pki.Migration.Sources;

/// <summary>The INSERT statements of a dump, value by value: texts in quotes, numbers, hex blobs, NULL.</summary>
internal sealed class InsertReader(Stream stream, long start)
{
    private const int BufferSize = 256 * 1024;
    private const int MaxName = 128;
    private const int MaxColumns = 200;
    private const int MaxValue = 32 * 1024 * 1024; // a CRL of half a million entries in Base64

    private static readonly byte[] Insert = Encoding.ASCII.GetBytes("INSERT INTO `");

    private readonly byte[] buffer = new byte[BufferSize];
    private readonly ArrayBufferWriter<byte> value = new(4096);
    private readonly Dictionary<string, IReadOnlyDictionary<string, int>> known = new(StringComparer.Ordinal);
    private int at;
    private int filled;
    private long bufferStart = start;
    private bool isInLine;
    private bool isAfterFirstRow;

    /// <summary>The columns of the current statement.</summary>
    public IReadOnlyDictionary<string, int> Columns { get; private set; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where in the file it is.</summary>
    public long Position => bufferStart + at;

    /// <summary>Goes to the next line that begins with INSERT INTO; false at the end of the file.</summary>
    public async ValueTask<bool> NextStatementAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (isInLine && !await SkipLineAsync(cancel))
            {
                return false;
            }

            isInLine = true;
            if (await PeekAsync(cancel) < 0)
            {
                return false;
            }

            if (await MatchesAsync(Insert, cancel))
            {
                return true;
            }
        }
    }

    /// <summary>Reads table name and columns; false for another table, whose line is then passed over.</summary>
    public async ValueTask<bool> ReadHeaderAsync(string table, CancellationToken cancel)
    {
        if (!string.Equals(await ReadNameAsync(cancel), table, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        await ExpectAsync(" (", "the column names: make the dump with --complete-insert", cancel);
        var names = new StringBuilder();
        List<string> columns = [];
        do
        {
            await ExpectAsync("`", "a column name", cancel);
            columns.Add(await ReadNameAsync(cancel));
            names.Append(columns[^1]).Append(',');
            if (columns.Count > MaxColumns)
            {
                throw Wrong($"more than {MaxColumns} columns");
            }
        }
        while (await TakeAsync(',', cancel) && await TakeBlankAsync(cancel));
        await ExpectAsync(") VALUES", "VALUES", cancel);
        if (!known.TryGetValue(names.ToString(), out IReadOnlyDictionary<string, int>? positions))
        {
            var found = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            foreach ((int index, string name) in columns.Index())
            {
                if (!found.TryAdd(name, index))
                {
                    throw Wrong($"the column {name} twice");
                }
            }

            known.Add(names.ToString(), positions = found);
        }

        Columns = positions;
        isAfterFirstRow = false;
        return true;
    }

    /// <summary>The next row of the statement; null at its end.</summary>
    /// <param name="keep">Without it the values are only passed over.</param>
    /// <param name="cancel">Cancels.</param>
    public async ValueTask<string?[]?> ReadRowAsync(bool keep, CancellationToken cancel)
    {
        if (isAfterFirstRow && await TakeAsync(';', cancel))
        {
            return null;
        }

        if (isAfterFirstRow)
        {
            await ExpectAsync(",", "',' or ';' after a row", cancel);
        }

        await SkipBlanksAsync(cancel);
        await ExpectAsync("(", "'(' before a row", cancel);
        isAfterFirstRow = true;
        string?[] values = new string?[Columns.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (i > 0)
            {
                await ExpectAsync(",", $"{values.Length} values in a row", cancel);
            }

            values[i] = await ReadValueAsync(keep, cancel);
        }

        await ExpectAsync(")", $"{values.Length} values in a row", cancel);
        return values;
    }

    private async ValueTask<string?> ReadValueAsync(bool keep, CancellationToken cancel)
    {
        if (await PeekAsync(cancel) == '_' && await MatchesAsync("_binary "u8.ToArray(), cancel))
        {
            // The charset introducer of newer dumps says nothing that we need.
        }

        value.ResetWrittenCount();
        return await TakeAsync('\'', cancel) ? await ReadQuotedAsync(keep, cancel) : await ReadBareAsync(cancel);
    }

    /// <summary>A text in quotes; its runs without escapes are copied whole.</summary>
    private async ValueTask<string?> ReadQuotedAsync(bool keep, CancellationToken cancel)
    {
        long length = 0;
        while (true)
        {
            if (await PeekAsync(cancel) < 0)
            {
                throw Wrong("the end of the file inside a text");
            }

            ReadOnlyMemory<byte> rest = buffer.AsMemory(at, filled - at);
            int end = rest.Span.IndexOfAny((byte)'\'', (byte)'\\');
            int run = end < 0 ? rest.Length : end;
            Keep(rest.Span[..run], keep, ref length);
            at += run;
            if (end < 0)
            {
                continue;
            }

            byte special = buffer[at++];
            int next = await PeekAsync(cancel);
            if (special == '\\' && next >= 0)
            {
                at++;
                Keep([Unescaped((byte)next)], keep, ref length);
            }
            else if (special == '\'' && next == '\'')
            {
                at++;
                Keep("'"u8, keep, ref length);
            }
            else
            {
                return length > MaxValue ? LegacyRow.TooLong : !keep ? "" : Utf8.IsValid(value.WrittenSpan) ? Encoding.UTF8.GetString(value.WrittenSpan) : LegacyRow.NotUtf8;
            }
        }
    }

    private async ValueTask<string?> ReadBareAsync(CancellationToken cancel)
    {
        long length = 0;
        while (true)
        {
            int next = await PeekAsync(cancel);
            if (next is < 0 or '\n')
            {
                throw Wrong("the end of a line inside a row");
            }

            if (next is ',' or ')')
            {
                string text = Encoding.ASCII.GetString(value.WrittenSpan);
                return length > MaxValue ? LegacyRow.TooLong
                    : text == "NULL" ? null
                    : text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '+') ? text
                    : throw Wrong("a value that is neither text, number, hex nor NULL");
            }

            Keep([(byte)next], keep: true, ref length);
            at++;
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes, bool keep, ref long length)
    {
        length += bytes.Length;
        if (keep && length <= MaxValue)
        {
            value.Write(bytes);
        }
    }

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

    private async ValueTask<string> ReadNameAsync(CancellationToken cancel)
    {
        var name = new StringBuilder();
        for (int c; (c = await PeekAsync(cancel)) != '`'; at++)
        {
            if (c is < ' ' or > '~' || name.Length == MaxName)
            {
                throw Wrong("a name that does not end");
            }

            name.Append((char)c);
        }

        at++;
        return name.ToString();
    }

    private async ValueTask<bool> SkipLineAsync(CancellationToken cancel)
    {
        while (await PeekAsync(cancel) >= 0)
        {
            int end = buffer.AsSpan(at, filled - at).IndexOf((byte)'\n');
            at = end < 0 ? filled : at + end + 1;
            if (end >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask<bool> MatchesAsync(byte[] expected, CancellationToken cancel)
    {
        foreach (byte b in expected)
        {
            if (await PeekAsync(cancel) != b)
            {
                return false;
            }

            at++;
        }

        return true;
    }

    private async ValueTask ExpectAsync(string expected, string what, CancellationToken cancel)
    {
        foreach (char c in expected)
        {
            if (await PeekAsync(cancel) != c)
            {
                throw Wrong($"no {what}");
            }

            at++;
        }
    }

    private async ValueTask SkipBlanksAsync(CancellationToken cancel)
    {
        while (await PeekAsync(cancel) is ' ' or '\n' or '\r')
        {
            at++;
        }
    }

    private async ValueTask<bool> TakeBlankAsync(CancellationToken cancel)
    {
        await SkipBlanksAsync(cancel);
        return true;
    }

    private async ValueTask<bool> TakeAsync(char expected, CancellationToken cancel)
    {
        bool there = await PeekAsync(cancel) == expected;
        at += there ? 1 : 0;
        return there;
    }

    /// <summary>The next octet, left where it is; −1 at the end of the file.</summary>
    private ValueTask<int> PeekAsync(CancellationToken cancel) => at < filled ? new(buffer[at]) : FillAsync(cancel);

    private async ValueTask<int> FillAsync(CancellationToken cancel)
    {
        bufferStart += filled;
        at = 0;
        filled = await stream.ReadAsync(buffer, cancel);
        return filled == 0 ? -1 : buffer[0];
    }

    private LegacyFormatException Wrong(string what) => new($"At octet {bufferStart + at} of the dump there is {what}.");
}
