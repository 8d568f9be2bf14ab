using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Net;
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
}
