using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using MySql.Data.MySqlClient;
using Npgsql;

#pragma warning disable CA1849 // MySql.Data: only the synchronous calls honour time-outs; they run where nothing else waits

namespace Pki.Migration.Sources;

/// <summary>
/// The running database of a legacy CA, read in one snapshot and changed by nothing. The only class of this project that
/// knows MySql.Data (docs/decisions/0005): synchronous calls, because its asynchronous ones ignore time-outs.
/// </summary>
public sealed class LiveDatabase : ILegacySource
{
    private const string Unread = "extra_unread"; // a column that no table of theirs has

    private readonly DbConnection connection;
    private readonly HashSet<string> tables;

    private LiveDatabase(DbConnection connection, HashSet<string> tables) => (this.connection, this.tables) = (connection, tables);

    /// <summary>None: whoever reads again reads another snapshot, from its beginning.</summary>
    public string? ContentDigest => null;

    /// <inheritdoc />
    public double? Share { get; private set; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Digests { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The server says when a table ends.</summary>
    public bool HasEndMark => true;

    /// <inheritdoc />
    public string Description => $"database {connection.Database} on {connection.DataSource}";

    /// <summary>Opens it and begins the snapshot.</summary>
    /// <param name="isMariaDb">MariaDB or MySQL; otherwise PostgreSQL.</param>
    /// <param name="connectionString">For MySql.Data or Npgsql.</param>
    /// <param name="cancel">Cancels.</param>
    public static async Task<LiveDatabase> OpenAsync(bool isMariaDb, string connectionString, CancellationToken cancel)
    {
        DbConnection opened = isMariaDb ? new MySqlConnection(connectionString) : new NpgsqlConnection(connectionString);
        try
        {
            await Task.Run(opened.Open, cancel);
            foreach (string statement in isMariaDb
                ? (string[])["set session transaction isolation level repeatable read", "start transaction with consistent snapshot, read only"]
                : ["begin isolation level repeatable read read only"])
            {
                await using DbCommand begin = Command(opened, statement);
                begin.ExecuteNonQuery();
            }

            string schema = isMariaDb ? "database()" : "current_schema()";
            await using DbCommand list = Command(opened, $"select table_name from information_schema.tables where table_schema = {schema}");
            await using DbDataReader reader = list.ExecuteReader();
            var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (reader.Read())
            {
                found.Add(reader.GetString(0));
            }

            return new(opened, found);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public bool Has(string table) => tables.Contains(table);

    /// <inheritdoc />
    public async IAsyncEnumerable<LegacyRow> ReadAsync(string table, long skip, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!tables.TryGetValue(table, out string? name))
        {
            yield break;
        }

        string quoted = Quoted(name);
        long total = Count(quoted);
        (Dictionary<string, int> columns, string query) = Query(quoted);
        await using DbCommand command = Command(connection, query);
        await using DbDataReader reader = command.ExecuteReader();
        for (long number = 1; reader.Read(); number++)
        {
            cancel.ThrowIfCancellationRequested();
            Share = (double)number / Math.Max(number, total);
            if (number > skip)
            {
                yield return Row(reader, columns, number);
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private long Count(string quoted)
    {
        using DbCommand command = Command(connection, $"select count(*) from {quoted}");
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private string Quoted(string name) => connection is NpgsqlConnection ? $"\"{name}\"" : $"`{name}`";

    /// <summary>
    /// The table's columns, which differ between releases, and the query that reads them. Texts and blobs of a row over a limit
    /// are not sent; behind the columns comes the name of the one that is too long, or an empty text where all of them together are.
    /// </summary>
    private (Dictionary<string, int> Columns, string Query) Query(string table)
    {
        using DbCommand command = Command(connection, $"select * from {table} where 1 = 0");
        using DbDataReader reader = command.ExecuteReader();
        string[] names = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        var lengths = Enumerable.Range(0, names.Length).Where(i => reader.GetFieldType(i) == typeof(string) || reader.GetFieldType(i) == typeof(byte[]))
            .ToDictionary(i => i, i => $"coalesce(octet_length({Quoted(names[i])}{(connection is NpgsqlConnection && reader.GetFieldType(i) == typeof(string) ? "::text" : "")}), 0)");
        string unread = string.Concat(lengths.Select(length => $"when {length.Value} > {RowLimits.Value} then '{names[length.Key].Replace("'", "''", StringComparison.Ordinal)}' "));
        string values = string.Concat(names.Index().Select(column => lengths.ContainsKey(column.Index) ? $"case when {Unread} is null then {Quoted(column.Item)} end, " : Quoted(column.Item) + ", "));
        return (
            names.Index().ToDictionary(column => column.Item, column => column.Index, StringComparer.OrdinalIgnoreCase),
            $"select {values}{Unread} from (select t.*, case {unread}when {string.Join(" + ", lengths.Values.DefaultIfEmpty("0"))} > {RowLimits.Row} then '' end as {Unread} from {table} t) bounded");
    }

    private static LegacyRow Row(DbDataReader reader, Dictionary<string, int> columns, long number)
    {
        string? unread = Text(reader, columns.Count);
        string?[] values = [.. Enumerable.Range(0, columns.Count).Select(i => Text(reader, i))];
        if (unread is { Length: > 0 })
        {
            values[columns[unread]] = LegacyRow.TooLong;
        }

        return unread is "" ? LegacyRow.Oversized(number) : new(columns, values, number);
    }

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetValue(column) switch
    {
        byte[] blob => "0x" + Convert.ToHexString(blob),
        bool flag => flag ? "1" : "0",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString(),
    };

    private static DbCommand Command(DbConnection connection, string text)
    {
        DbCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // fixed texts, and the name of a table that the server itself told
        command.CommandText = text;
#pragma warning restore CA2100
        command.CommandTimeout = 0; // a million rows take their time
        return command;
    }
}
