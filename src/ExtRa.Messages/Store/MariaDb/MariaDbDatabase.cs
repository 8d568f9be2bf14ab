using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using MySql.Data.MySqlClient;

namespace ExtRa.Messages.Store.MariaDb;

/// <summary>
/// MariaDB through MySql.Data: the only class that knows the driver. Its asynchronous calls ignore time-outs and
/// cancellation (PACKAGES.md 3), so the synchronous ones run on worker threads, of which only so many may wait for it.
/// Connections are kept here because the driver's own pool would forget or re-read their session settings.
/// </summary>
internal sealed partial class MariaDbDatabase : SqlDatabase
{
    // Times are UTC whatever the server's zone: local time is ambiguous for an hour each autumn.
    private const string SessionSettings = "set session transaction isolation level read committed; set time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'";
    private readonly Sql sql = new("mariadb");
    private readonly string connectionString;
    private readonly int timeoutSeconds;
    private readonly SemaphoreSlim places;
    private readonly ConcurrentBag<MySqlConnection> idle = [];

    public MariaDbDatabase(MessageStoreOptions options)
    {
        timeoutSeconds = (int)options.CommandTimeout.TotalSeconds;
        places = new(options.MaxConnections);
        var builder = new MySqlConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = false,
            ConnectionTimeout = (uint)timeoutSeconds,
            DefaultCommandTimeout = (uint)timeoutSeconds,
        };
        RefuseUnverified(builder, options.AllowUnverifiedServer);
        connectionString = builder.ConnectionString;
    }

    public override Task<List<T>> QueryAsync<T>(string query, Func<DbDataReader, T> read, CancellationToken cancel, params SqlValue[] values) =>
        RunAsync(session => session.Query([(query, values)], read), cancel);

    public override Task<int> ExecuteAsync(string query, CancellationToken cancel, params SqlValue[] values) =>
        RunAsync(session => session.Execute([(query, values)]), cancel);

    /// <summary>Runs several statements on one connection, on a worker thread.</summary>
    public Task<T> RunAsync<T>(Func<Session, T> work, CancellationToken cancel) => AttemptAsync(async () =>
    {
        await places.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => WithConnection(work), cancel);
        }
        finally
        {
            places.Release();
        }
    });

    public override Task CreateSchemaAsync(CancellationToken cancel) => ExecuteAsync("schema", cancel);

    public override ValueTask DisposeAsync()
    {
        ForgetConnections();
        places.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override void ForgetConnections()
    {
        while (idle.TryTake(out MySqlConnection? connection))
        {
            connection.Dispose();
        }
    }

    protected override (SqlFailure Failure, string Code)? Judge(Exception exception)
    {
        const int LockWaitTimeout = 1205, Deadlock = 1213, ServerShutdown = 1053, Aborted = 1927, Gone = 2006, Lost = 2013;
        if (exception is not MySqlException failure)
        {
            return exception is IOException or TimeoutException ? (SqlFailure.ConnectionLost, "connection lost") : null;
        }

        string code = failure.Number.ToString(CultureInfo.InvariantCulture);
        return failure.Number switch
        {
            Deadlock => (SqlFailure.Deadlock, code),
            LockWaitTimeout => (SqlFailure.TooSlow, code),
            ServerShutdown or Aborted or Gone or Lost => (SqlFailure.ConnectionLost, code),
            _ when failure.InnerException is TimeoutException => (SqlFailure.TooSlow, "timeout"),
            0 => (SqlFailure.ConnectionLost, "connection lost"), // the driver's own failures have no number
            _ when failure.InnerException is IOException => (SqlFailure.ConnectionLost, code),
            _ => (SqlFailure.Statement, code),
        };
    }

    // On a network, a password must not go to whoever answers. MySql.Data checks certificates only with VerifyCA or VerifyFull.
    private static void RefuseUnverified(MySqlConnectionStringBuilder builder, bool allowed)
    {
        bool local = builder.Server.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(builder.Server, out IPAddress? address) && IPAddress.IsLoopback(address));
        if (!local && !allowed && builder.SslMode is not (MySqlSslMode.VerifyCA or MySqlSslMode.VerifyFull))
        {
            throw new ArgumentException(
                $"The MariaDB server '{builder.Server}' is on another host: set SslMode=VerifyFull (or VerifyCA) in the connection string, or allow it with {nameof(MessageStoreOptions.AllowUnverifiedServer)}.",
                nameof(builder));
        }
    }

    private T WithConnection<T>(Func<Session, T> work)
    {
        if (!idle.TryTake(out MySqlConnection? connection))
        {
            connection = Open();
        }

        try
        {
            T result = work(new Session(connection, this));
            idle.Add(connection);
            return result;
        }
        catch
        {
            connection.Dispose(); // whatever it was doing is rolled back, and nobody inherits its state
            throw;
        }
    }

    private MySqlConnection Open()
    {
        var connection = new MySqlConnection(connectionString);
        try
        {
            connection.Open();
            using var settings = new MySqlCommand(SessionSettings, connection);
            settings.ExecuteNonQuery();
            return connection;
        }
        catch (Exception exception) when (exception is MySqlException or IOException or TimeoutException)
        {
            connection.Dispose();
            throw new MessageStoreUnavailableException((exception as MySqlException)?.Number.ToString(CultureInfo.InvariantCulture) ?? "no connection", isTransient: true, exception);
        }
    }

    /// <summary>One connection, while a piece of work has it.</summary>
    internal sealed class Session(MySqlConnection connection, MariaDbDatabase database)
    {
        /// <summary>Sends statements together and reads the rows of all their results.</summary>
        public List<T> Query<T>((string Query, SqlValue[] Values)[] statements, Func<DbDataReader, T> read)
        {
            using MySqlCommand command = Command(statements);
            using MySqlDataReader reader = command.ExecuteReader();
            List<T> rows = [];
            do
            {
                while (reader.Read())
                {
                    rows.Add(read(reader));
                }
            }
            while (reader.NextResult());
            return rows;
        }

        /// <summary>Sends statements together.</summary>
        /// <returns>How many rows they affected.</returns>
        public int Execute((string Query, SqlValue[] Values)[] statements)
        {
            using MySqlCommand command = Command(statements);
            return command.ExecuteNonQuery();
        }

        /// <summary>Does work that takes effect as a whole or not at all.</summary>
        public T InTransaction<T>(Func<T> work)
        {
            // Not the driver's BeginTransaction: it would set the session to REPEATABLE READ.
            Run("start transaction");
            T result = work();
            Run("commit");
            return result;
        }

        private void Run(string statement)
        {
#pragma warning disable CA2100 // one of the two above
            using var command = new MySqlCommand(statement, connection);
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        // The nth statement's @name becomes @name_n, so that many copies of one statement go in one round trip.
        private MySqlCommand Command((string Query, SqlValue[] Values)[] statements)
        {
            var command = new MySqlCommand { Connection = connection, CommandTimeout = database.timeoutSeconds };
            IEnumerable<string> texts = statements.Select((statement, index) => Bind(command, statement.Query, statement.Values, index));
#pragma warning disable CA2100 // the texts are our own files
            command.CommandText = string.Join(";\n", texts);
#pragma warning restore CA2100
            return command;
        }

        private string Bind(MySqlCommand command, string query, SqlValue[] values, int index)
        {
            var names = values.ToDictionary(value => value.Name, value => Add(command, value, index), StringComparer.Ordinal);
            return Parameter.Replace(database.sql[query], match => names[match.Groups["name"].Value]);
        }

        private static string Add(MySqlCommand command, SqlValue value, int index)
        {
            if (value.Value is IReadOnlyList<string> list)
            {
                return string.Join(", ", list.Select((item, position) => Add(command, new($"{value.Name}_{position}", item), index)));
            }

            string name = string.Create(CultureInfo.InvariantCulture, $"@{value.Name}_{index}");
            command.Parameters.AddWithValue(name, value.Value ?? DBNull.Value);
            return name;
        }
    }

    [GeneratedRegex("@(?<name>[a-z]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter { get; }
}
