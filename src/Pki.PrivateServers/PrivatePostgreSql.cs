using System.Globalization;
using System.Text;

namespace Pki.PrivateServers;

/// <summary>
/// A PostgreSQL server of our own: made by <c>initdb</c> where needed, reachable through a Unix socket, stopped when
/// this process ends for whatever reason. Not thread safe: one owner starts, stops and restarts it.
/// </summary>
public sealed class PrivatePostgreSql : IAsyncDisposable
{
    /// <summary>The database role of the owner: a superuser of this server.</summary>
    public const string UserName = "pki";

    private const string LongestSocketName = "/.s.PGSQL.65535";
    private const int LongestSocketPath = 107; // sockaddr_un: 108 bytes with the final zero

    private readonly PrivatePostgreSqlOptions options;
    private readonly ServiceAccount account;
    private readonly PostgreSqlPrograms programs;
    private readonly string data;
    private GuardedProcess? server;

    private PrivatePostgreSql(PrivatePostgreSqlOptions options, ServiceAccount account, string socketDirectory)
    {
        this.options = options;
        this.account = account;
        data = Path.Combine(options.Directory, "data");
        programs = PostgreSqlPrograms.Find(data);
        SocketDirectory = socketDirectory;
        Port = options.LoopbackPort == 0 ? FreePort.Next() : options.LoopbackPort;
    }

    /// <summary>The folder of the Unix socket: the <c>Host</c> of a connection string.</summary>
    public string SocketDirectory { get; }

    /// <summary>The TCP port on 127.0.0.1, if one was asked for.</summary>
    public int? Port { get; }

    /// <summary>Makes the server where it does not exist yet, and starts it.</summary>
    /// <exception cref="ServerNotInstalledException">PostgreSQL is not on this machine.</exception>
    public static async Task<PrivatePostgreSql> StartAsync(PrivatePostgreSqlOptions options, CancellationToken cancel)
    {
        options = options with { Directory = Path.GetFullPath(options.Directory) };
        ServerFolder.RefuseToThrowAway(options.Directory, options.ThrowAway);
        ServiceAccount serviceAccount = ServiceAccount.Choose("postgres");
        await serviceAccount.OwnAsync(options.Directory, cancel);
        string socketDirectory = Encoding.UTF8.GetByteCount(options.Directory + LongestSocketName) <= LongestSocketPath
            ? options.Directory
            : Directory.CreateTempSubdirectory("pki-").FullName;
        await serviceAccount.GiveAsync(socketDirectory, cancel);

        var postgres = new PrivatePostgreSql(options, serviceAccount, socketDirectory);
        await postgres.programs.InitializeAsync(postgres.data, UserName, serviceAccount, cancel);
        await postgres.StartAgainAsync(cancel);
        return postgres;
    }

    /// <summary>A connection string for Npgsql: through the socket, as the owner.</summary>
    public string ConnectionString(string database = "postgres") =>
        string.Create(CultureInfo.InvariantCulture, $"Host={SocketDirectory};Port={Port ?? 5432};Username={UserName};Database={database}");

    /// <summary>Starts the server again after <see cref="StopAsync"/> or <see cref="KillAsync"/>.</summary>
    public async Task StartAgainAsync(CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(options.StartTimeout);
        try
        {
            await StartUntilReadyAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new PrivateServerException($"PostgreSQL was not ready within {options.StartTimeout}.\n{server?.LogTail()}");
        }
    }

    /// <summary>Stops it in an orderly way; open connections are cut.</summary>
    public Task StopAsync(CancellationToken cancel) => EndAsync(null, cancel);

    /// <summary>Stops it as a power cut would, for tests of recovery.</summary>
    public Task KillAsync(CancellationToken cancel) => EndAsync("KILL", cancel);

    /// <summary>Stops and starts it; connection strings stay valid.</summary>
    public async Task RestartAsync(CancellationToken cancel)
    {
        await StopAsync(cancel);
        await StartAgainAsync(cancel);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        ServerFolder.Remove(SocketDirectory != options.Directory ? SocketDirectory : null);
        ServerFolder.Remove(options.ThrowAway ? options.Directory : null);
    }

    private async Task StartUntilReadyAsync(CancellationToken cancel)
    {
        string before = Status();
        server = Launch();
        while (!IsReady(before))
        {
            if (server.HasEnded)
            {
                if (!PredecessorIsStillThere())
                {
                    throw new PrivateServerException($"PostgreSQL did not start.\n{server.LogTail()}");
                }

                await Task.Delay(200, cancel);
                server.Dispose();
                server = Launch();
            }

            await Task.Delay(10, cancel);
        }
    }

    // A server whose owner was killed a moment ago may still be stopping, or not be reaped yet.
    private bool PredecessorIsStillThere() =>
        server!.LogTail() is string log
        && (log.Contains("lock file \"postmaster.pid\" already exists", StringComparison.Ordinal) || log.Contains("shared memory block", StringComparison.Ordinal));

    private GuardedProcess Launch() => GuardedProcess.Start(new(
        programs.Server, Arguments(), account, Path.Combine(options.Directory, "server.log"), "INT", options.ThrowAway ? options.Directory : null));

    private List<string> Arguments()
    {
        List<string> settings =
        [
            $"listen_addresses={(Port is null ? "" : "127.0.0.1")}",
            "unix_socket_permissions=0700",
            string.Create(CultureInfo.InvariantCulture, $"max_connections={options.MaxConnections}"),
            $"fsync={(options.ThrowAway ? "off" : "on")}",
            .. options.ThrowAway ? ["synchronous_commit=off", "full_page_writes=off"] : Array.Empty<string>(),
            .. options.Settings,
        ];
        List<string> arguments = ["-D", data, "-k", SocketDirectory, .. settings.SelectMany(setting => new[] { "-c", setting })];
        return Port is int port ? [.. arguments, "-c", string.Create(CultureInfo.InvariantCulture, $"port={port}")] : arguments;
    }

    // The eighth line of postmaster.pid says "ready" once connections are accepted; pg_ctl looks at the same place.
    // A killed server leaves its file behind, so only a file that differs from the one found before the start counts.
    private bool IsReady(string before)
    {
        const int StatusLine = 7;
        string status = Status();
        return status != before && status.Split('\n').ElementAtOrDefault(StatusLine)?.Trim() == "ready";
    }

    private string Status()
    {
        try
        {
            return File.ReadAllText(Path.Combine(data, "postmaster.pid"));
        }
        catch (IOException)
        {
            return ""; // not there
        }
    }

    private async Task EndAsync(string? signal, CancellationToken cancel)
    {
        if (server is not null)
        {
            await server.StopAsync(signal, cancel);
            server.Dispose();
            server = null;
        }
    }
}
