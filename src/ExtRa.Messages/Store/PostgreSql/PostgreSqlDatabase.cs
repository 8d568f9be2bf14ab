using System.Data.Common;
using Npgsql;

namespace ExtRa.Messages.Store.PostgreSql;

/// <summary>PostgreSQL through Npgsql.</summary>
internal sealed class PostgreSqlDatabase : SqlDatabase
{
    // Statements are prepared on a young table, which one page holds, and would keep the plan that reads all of it. Where there is no other plan, its price must not start a compiler.
    private const string UseIndexes = "-c enable_seqscan=off -c jit=off";

    private readonly Sql sql = new("postgresql");
    private readonly NpgsqlDataSource source;

    public PostgreSqlDatabase(MessageStoreOptions options)
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
            Timeout = (int)options.CommandTimeout.TotalSeconds,
            NoResetOnClose = true, // no statement of ours leaves anything behind in its session
        };
        builder.Options = $"{builder.Options} {UseIndexes}".TrimStart();
        ListenConnectionString = new NpgsqlConnectionStringBuilder(builder.ConnectionString)
        {
            Pooling = false,
            KeepAlive = 10, // seconds; a waiting connection would never notice that the other end is gone
        }.ConnectionString;
        if (!options.ConnectionString.Contains("Max Auto Prepare", StringComparison.OrdinalIgnoreCase))
        {
            builder.MaxAutoPrepare = 32;
        }

        source = NpgsqlDataSource.Create(builder);
    }

    /// <summary>For the connections that wait for notifications.</summary>
    public string ListenConnectionString { get; }

    public override Task<List<T>> QueryAsync<T>(string query, Func<DbDataReader, T> read, CancellationToken cancel, params SqlValue[] values) =>
        QueryBatchAsync<T>([(query, values, read)], cancel);

    /// <summary>Runs several queries in one round trip and one transaction; later ones see the work of earlier ones.</summary>
    public Task<List<T>> QueryBatchAsync<T>((string Query, SqlValue[] Values, Func<DbDataReader, T> Read)[] queries, CancellationToken cancel) =>
        RunAsync(
            async batch =>
            {
                await using DbDataReader reader = await batch.ExecuteReaderAsync(cancel);
                List<T> rows = [];
                foreach ((_, _, Func<DbDataReader, T> read) in queries)
                {
                    while (await reader.ReadAsync(cancel))
                    {
                        rows.Add(read(reader));
                    }

                    await reader.NextResultAsync(cancel);
                }

                return rows;
            },
            () => queries.Select(query => Command(query.Query, query.Values)),
            cancel);

    public override Task<int> ExecuteAsync(string query, CancellationToken cancel, params SqlValue[] values) =>
        RunAsync(batch => batch.ExecuteNonQueryAsync(cancel), () => [Command(query, values)], cancel);

    public override Task CreateSchemaAsync(CancellationToken cancel) => AttemptAsync(async () =>
    {
        await using NpgsqlConnection connection = await OpenAsync(cancel);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
#pragma warning disable CA2100 // the text is one of our own files
        await using var command = new NpgsqlCommand(sql["schema"], connection, transaction);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    });

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    protected override void ForgetConnections() => source.Clear();

    protected override (SqlFailure Failure, string Code)? Judge(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } deadlock => (SqlFailure.Deadlock, deadlock.SqlState),
        PostgresException { SqlState: ['0', '8', ..] or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.DuplicatePreparedStatement or PostgresErrorCodes.InvalidSqlStatementName } gone => (SqlFailure.ConnectionLost, gone.SqlState),
        PostgresException statement => (SqlFailure.Statement, statement.SqlState),
        NpgsqlException { InnerException: TimeoutException } => (SqlFailure.TooSlow, "timeout"),
        NpgsqlException or IOException => (SqlFailure.ConnectionLost, "connection lost"),
        _ => null,
    };

    private NpgsqlBatchCommand Command(string query, SqlValue[] values)
    {
#pragma warning disable CA2100 // the text is one of our own files
        var command = new NpgsqlBatchCommand(sql[query]);
#pragma warning restore CA2100
        foreach (SqlValue value in values)
        {
            command.Parameters.Add(new NpgsqlParameter(value.Name, value.Value ?? DBNull.Value));
        }

        return command;
    }

    // Commands are made anew for each attempt: one whose connection broke may still be being written.
    private Task<T> RunAsync<T>(Func<NpgsqlBatch, Task<T>> run, Func<IEnumerable<NpgsqlBatchCommand>> commands, CancellationToken cancel) =>
        AttemptAsync(async () =>
        {
            await using NpgsqlConnection connection = await OpenAsync(cancel);
            await using NpgsqlBatch batch = connection.CreateBatch();
            foreach (NpgsqlBatchCommand command in commands())
            {
                batch.BatchCommands.Add(command);
            }

            return await run(batch);
        });

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        try
        {
            return await source.OpenConnectionAsync(cancel);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            throw new MessageStoreUnavailableException((exception as NpgsqlException)?.SqlState ?? "no connection", isTransient: true, exception);
        }
    }
}
