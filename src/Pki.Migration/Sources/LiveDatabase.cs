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

        // The columns differ between releases; rows are read by name.
        string quoted = connection is NpgsqlConnection ? $"\"{name}\"" : $"`{name}`";
        long total = Count(quoted);
        await using DbCommand command = Command(connection, $"select * from {quoted}");
        await using DbDataReader reader = command.ExecuteReader();
        var columns = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => i, StringComparer.OrdinalIgnoreCase);
        for (long number = 1; reader.Read(); number++)
        {
            cancel.ThrowIfCancellationRequested();
            Share = (double)number / Math.Max(number, total);
            if (number > skip)
            {
                yield return new(columns, [.. Enumerable.Range(0, columns.Count).Select(i => Text(reader, i))], number);
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
