using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Pki.Migration.Sources;

/// <summary>
/// A file of mysqldump or mariadb-dump with --complete-insert (MIGRATION §3.2): its INSERT statements, one to a line,
/// one row or many. Read as a stream; no value longer than a limit is kept, however long the line.
/// </summary>
public sealed class MysqlDump : ILegacySource
{
    private const int BufferSize = 256 * 1024;
    private static readonly byte[] Insert = Encoding.ASCII.GetBytes("INSERT INTO ");

    private readonly string path;
    private readonly Dictionary<string, (long Start, long End)> tables;

    private MysqlDump(string path, string digest, Dictionary<string, (long Start, long End)> tables) => (this.path, ContentDigest, this.tables) = (path, digest, tables);

    /// <inheritdoc />
    public string? ContentDigest { get; }

    /// <inheritdoc />
    public double? Share { get; private set; }

    /// <inheritdoc />
    public string Description => $"mysqldump file {path}, SHA-256 {ContentDigest}";

    /// <summary>Reads the file once: its digest, and where each table begins.</summary>
    public static async Task<MysqlDump> OpenAsync(string path, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lines = new LineStarts();
        await using FileStream file = Open(path);
        byte[] buffer = new byte[BufferSize];
        for (int read; (read = await file.ReadAsync(buffer, cancel)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            lines.Add(buffer.AsSpan(0, read));
        }

        return new(path, Convert.ToHexStringLower(hash.GetHashAndReset()), lines.Tables);
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

        await using FileStream file = Open(path);
        file.Position = lines.Start;
        long length = Math.Min(lines.End, file.Length) - lines.Start;
        var reader = new InsertReader(file, lines.Start);
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
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static FileStream Open(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read, BufferSize = 0, Options = FileOptions.SequentialScan | FileOptions.Asynchronous });

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
            if (table is null && text.StartsWith(Insert) && text.Length > Insert.Length + 2 && text[Insert.Length] == '`'
                && text[(Insert.Length + 1)..].IndexOf((byte)'`') is var end and > 0 && Tables.Count < MaxTables)
            {
                table = Encoding.UTF8.GetString(text.Slice(Insert.Length + 1, end));
                Tables.TryAdd(table, (lineStart, long.MaxValue));
            }
        }
    }
}
