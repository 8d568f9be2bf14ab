using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Npgsql;
using Pki.PrivateServers;

namespace TestKit;

/// <summary>
/// One PostgreSQL and one MariaDB server for each test process, started when first asked for, and fresh databases in
/// them. The servers keep nothing on disk and vanish with the process.
/// </summary>
public static class TestDatabases
{
    private static readonly Lazy<Task<PrivatePostgreSql>> PostgreSql = new(() => PrivatePostgreSql.StartAsync(
        new() { Directory = NewFolder("pg"), ThrowAway = true, MaxConnections = 500, StartTimeout = Eventually.Patience }, CancellationToken.None));

    private static readonly Lazy<Task<PrivateMariaDb>> MariaDb = new(() => PrivateMariaDb.StartAsync(
        new() { Directory = NewFolder("maria"), ThrowAway = true, MaxConnections = 500, StartTimeout = Eventually.Patience }, CancellationToken.None));

    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new(StringComparer.Ordinal);
    private static int counter;

    /// <summary>The connection string of a new, empty PostgreSQL database.</summary>
    public static async Task<string> NewPostgreSqlAsync(CancellationToken cancel) => await CreateAsync(null, cancel);

    /// <summary>The connection string of a new PostgreSQL database that is a copy of a template.</summary>
    /// <param name="template">The template's name; it is filled once for each process.</param>
    /// <param name="fill">Fills the template, given its connection string.</param>
    /// <param name="cancel">Cancels the creation.</param>
    public static async Task<string> NewPostgreSqlAsync(string template, Func<string, Task> fill, CancellationToken cancel) =>
        await CreateAsync(await Templates.GetOrAdd(template, _ => new(() => FillTemplateAsync(fill))).Value, cancel);

    /// <summary>The connection string (for MySql.Data) of a new, empty MariaDB database.</summary>
    public static async Task<string> NewMariaDbAsync(CancellationToken cancel)
    {
        PrivateMariaDb server = await MariaDb.Value.WaitAsync(cancel);
        string name = NewName();
        await server.ExecuteAsync($"create database {name}", cancel);
        return server.ConnectionString(name);
    }

    /// <summary>Runs SQL in a database of <see cref="NewPostgreSqlAsync(CancellationToken)"/>.</summary>
    /// <returns>The rows: columns separated by tabulators, each row ended by a line feed.</returns>
    public static async Task<string> RunPostgreSqlAsync(string connectionString, string sql, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Eventually.Patience.TotalSeconds };
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        var rows = new StringBuilder();
        while (await reader.ReadAsync(cancel))
        {
            rows.AppendJoin('\t', Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? "NULL" : reader.GetValue(column).ToString())).Append('\n');
        }

        return rows.ToString();
    }

    /// <summary>Runs SQL in a database of <see cref="NewMariaDbAsync"/>.</summary>
    /// <returns>The rows: columns separated by tabulators, each row ended by a line feed.</returns>
    public static async Task<string> RunMariaDbAsync(string connectionString, string sql, CancellationToken cancel)
    {
        const string Key = "Database=";
        string database = connectionString.Split(';').Single(part => part.StartsWith(Key, StringComparison.Ordinal))[Key.Length..];
        PrivateMariaDb server = await MariaDb.Value.WaitAsync(cancel);
        return await server.ExecuteAsync($"use {database};\n{sql}", cancel);
    }

    /// <summary>A PostgreSQL server for one test alone, which may stop, kill and restart it.</summary>
    public static Task<PrivatePostgreSql> OwnPostgreSqlAsync(CancellationToken cancel) =>
        PrivatePostgreSql.StartAsync(new() { Directory = NewFolder("pg"), ThrowAway = true, StartTimeout = Eventually.Patience }, cancel);

    /// <summary>A MariaDB server for one test alone, which may stop, kill and restart it.</summary>
    public static Task<PrivateMariaDb> OwnMariaDbAsync(CancellationToken cancel) =>
        PrivateMariaDb.StartAsync(new() { Directory = NewFolder("maria"), ThrowAway = true, StartTimeout = Eventually.Patience }, cancel);

    private static async Task<string> FillTemplateAsync(Func<string, Task> fill)
    {
        string connectionString = await CreateAsync(null, CancellationToken.None);
        await fill(connectionString);
        await using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearAllPools(); // a template must have no connections
        return connection.Database;
    }

    private static async Task<string> CreateAsync(string? template, CancellationToken cancel)
    {
        PrivatePostgreSql server = await PostgreSql.Value.WaitAsync(cancel);
        string name = NewName();
        await using (var connection = new NpgsqlConnection(server.ConnectionString()))
        {
            await connection.OpenAsync(cancel);
            await using var create = new NpgsqlCommand($"create database {name} template {template ?? "template0"}", connection) { CommandTimeout = (int)Eventually.Patience.TotalSeconds };
            await create.ExecuteNonQueryAsync(cancel);
        }

        // Hundreds of test databases share one server: idle connections must not pile up, and a busy machine is no outage.
        return server.ConnectionString(name) + ";Timeout=60;Command Timeout=120;Connection Idle Lifetime=10;Connection Pruning Interval=5;Maximum Pool Size=50;Include Error Detail=true";
    }

    private static string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $"test_{Environment.ProcessId}_{Interlocked.Increment(ref counter)}");

    private static string NewFolder(string kind) => Directory.CreateTempSubdirectory($"pki-{kind}-").FullName;
}
