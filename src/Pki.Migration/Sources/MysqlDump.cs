using System.Runtime.CompilerServices;
using System.Text;

namespace Pki.Migration.Sources;

/// <summary>
/// A file of mysqldump or mariadb-dump with --complete-insert (MIGRATION §3.2): its INSERT statements, one to a line,
/// one row or many. Read as a stream; no value longer than a limit is kept, however long the line.
/// </summary>
public sealed class MysqlDump : ILegacySource
{
    private static readonly byte[] Insert = Encoding.ASCII.GetBytes("INSERT INTO ");
    private static readonly byte[] EndMark = Encoding.ASCII.GetBytes("-- Dump completed");

    private readonly HeldFile file;
    private readonly Dictionary<string, (long Start, long End)> tables;

    private MysqlDump(HeldFile file, string path, string digest, LineStarts lines)
    {
        (this.file, ContentDigest, tables, HasEndMark) = (file, digest, lines.Tables, lines.EndsWithMark);
        Digests = new Dictionary<string, string>(StringComparer.Ordinal) { [Path.GetFileName(path)] = digest };
        Description = $"mysqldump file {path}, SHA-256 {ContentDigest}";
    }

    /// <inheritdoc />
    public string? ContentDigest { get; }

    /// <inheritdoc />
    public double? Share { get; private set; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Digests { get; }

    /// <summary>Its last line is the one that mysqldump and mariadb-dump write when all is written.</summary>
    public bool HasEndMark { get; }

    /// <inheritdoc />
    public string Description { get; }

    /// <summary>Opens the file and reads it once: its digest, where each table begins, and its end.</summary>
    public static async Task<MysqlDump> OpenAsync(string path, CancellationToken cancel)
    {
        var opened = new HeldFile(path);
        try
        {
            var lines = new LineStarts();
            return new(opened, path, await opened.DigestAsync(lines.Add, cancel), lines);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public bool Has(string table) => tables.ContainsKey(table);

    /// <inheritdoc />
    public async IAsyncEnumerable<LegacyRow> ReadAsync(string table, long skip, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!tables.TryGetValue(table, out (long Start, long End) lines))
        {
            yield break;
        }

        await using FileStream rows = file.From(lines.Start);
        long length = Math.Min(lines.End, rows.Length) - lines.Start;
        var reader = new InsertReader(rows, lines.Start);
        long number = 0;
        while (await reader.NextStatementAsync(cancel))
        {
            // The name alone first: what other tables hold is passed over unread.
            if (!await reader.ReadHeaderAsync(table, cancel))
            {
                continue;
            }

            while (await reader.ReadRowAsync(number + 1 > skip, cancel) is { } values)
            {
                number++;
                Share = Math.Min(1, (double)(reader.Position - lines.Start) / length);
                if (number > skip)
                {
                    yield return new LegacyRow(reader.Columns, values, number);
                }
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Finds the first INSERT of each table and the end of the last. mysqldump escapes line ends in values, so a line begins a statement.</summary>
    private sealed class LineStarts
    {
        private const int MaxTables = 1000;
        private readonly byte[] line = new byte[128]; // INSERT INTO `name`
        private long lineStart;
        private long position;
        private int length;
        private string? table; // of the line

        public Dictionary<string, (long Start, long End)> Tables { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>The last line that is not empty is the end mark.</summary>
        public bool EndsWithMark { get; private set; }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                int end = bytes.IndexOf((byte)'\n');
                ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..end];
                int kept = Math.Min(part.Length, line.Length - length);
                part[..kept].CopyTo(line.AsSpan(length));
                length += kept;
                Note();
                if (end >= 0)
                {
                    (lineStart, length) = (position + end + 1, 0);
                    if (table is not null)
                    {
                        Tables[table] = (Tables[table].Start, lineStart);
                        table = null;
                    }
                }

                position += end < 0 ? bytes.Length : end + 1;
                bytes = end < 0 ? [] : bytes[(end + 1)..];
            }
        }

        private void Note()
        {
            ReadOnlySpan<byte> text = line.AsSpan(0, length);
            EndsWithMark = length == 0 ? EndsWithMark : text.StartsWith(EndMark);
            if (table is null && text.StartsWith(Insert) && text.Length > Insert.Length + 2 && text[Insert.Length] == '`'
                && text[(Insert.Length + 1)..].IndexOf((byte)'`') is var end and > 0 && Tables.Count < MaxTables)
            {
                table = Encoding.UTF8.GetString(text.Slice(Insert.Length + 1, end));
                Tables.TryAdd(table, (lineStart, long.MaxValue));
            }
        }
    }
}
