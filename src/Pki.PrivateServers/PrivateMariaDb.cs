using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Pki.PrivateServers;

/// <summary>
/// A MariaDB server of our own, on 127.0.0.1 with a password of its own, stopped when this process ends for whatever
/// reason. Not thread safe: one owner starts, stops and restarts it.
/// </summary>
public sealed class PrivateMariaDb : IAsyncDisposable
{
    /// <summary>The database account of the owner, with all rights on this server.</summary>
    public const string UserName = "pki";

    private const string DebianPackage = "mariadb-server";
    private readonly PrivateMariaDbOptions options;
    private readonly ServiceAccount account;
    private readonly string data;
    private readonly string password;
    private GuardedProcess? server;

    private PrivateMariaDb(PrivateMariaDbOptions options, ServiceAccount account, string password)
    {
        this.options = options;
        this.account = account;
        this.password = password;
        data = Path.Combine(options.Directory, "data");
        Port = options.Port == 0 ? FreePort.Next() : options.Port;
    }

    /// <summary>The TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    // Its own: a MariaDB server that starts removes the temporary tables of all others in a shared folder.
    private string Temporary => Path.Combine(options.Directory, "tmp");

    private string InitFile => Path.Combine(options.Directory, "accounts.sql");

    private string ClientFile => Path.Combine(options.Directory, "client.cnf");

    /// <summary>Makes the server where it does not exist yet, and starts it.</summary>
    /// <exception cref="ServerNotInstalledException">MariaDB is not on this machine.</exception>
    public static async Task<PrivateMariaDb> StartAsync(PrivateMariaDbOptions options, CancellationToken cancel)
    {
        options = options with { Directory = Path.GetFullPath(options.Directory) };
        ServerFolder.RefuseToThrowAway(options.Directory, options.ThrowAway);
        ServiceAccount serviceAccount = ServiceAccount.Choose("mysql", "nobody");
        await serviceAccount.OwnAsync(options.Directory, cancel);
        // A new password at each start: nothing else needs it longer than the server runs.
        var mariaDb = new PrivateMariaDb(options, serviceAccount, RandomNumberGenerator.GetHexString(32, lowercase: true));
        await serviceAccount.OwnAsync(mariaDb.Temporary, cancel);
        await mariaDb.InitializeAsync(cancel);
        await mariaDb.WriteSecretFilesAsync(cancel);
        await mariaDb.StartAgainAsync(cancel);
        return mariaDb;
    }

    /// <summary>A connection string for MySql.Data: TCP on this host, as the owner.</summary>
    public string ConnectionString(string database) => string.Create(
        CultureInfo.InvariantCulture,
        $"Server=127.0.0.1;Port={Port};User ID={UserName};Password={password};Database={database};SslMode=Disabled;CharacterSet=utf8mb4");

    /// <summary>Runs SQL statements with MariaDB's own client.</summary>
    /// <returns>The rows: columns separated by tabulators, rows by line feeds.</returns>
    public Task<string> ExecuteAsync(string sql, CancellationToken cancel)
    {
        string client = ServerProgram.Find("mariadb", "mariadb-client", ["/usr/bin"]);
        return new ServerProgram(client, [$"--defaults-file={ClientFile}", "--batch", "--skip-column-names"]) { Input = sql }.RunAsync(cancel);
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/> or <see cref="KillAsync"/>.</summary>
    public async Task StartAgainAsync(CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(options.StartTimeout);
        server = GuardedProcess.Start(new(
            FindProgram("mariadbd"), Arguments(), account, Path.Combine(options.Directory, "server.log"), "TERM", options.ThrowAway ? options.Directory : null));
        try
        {
            while (!await IsReadyAsync(timeout.Token))
            {
                if (server.HasEnded)
                {
                    throw new PrivateServerException($"MariaDB did not start.\n{server.LogTail()}");
                }

                await Task.Delay(20, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new PrivateServerException($"MariaDB was not ready within {options.StartTimeout}.\n{server.LogTail()}");
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
        ServerFolder.Remove(options.ThrowAway ? options.Directory : null);
    }

    private static string FindProgram(string name) => ServerProgram.Find(name, DebianPackage, ["/usr/sbin", "/usr/bin", "/usr/local/bin"]);

    // Made beside its final place and then renamed: an interrupted attempt never looks like a database.
    private async Task InitializeAsync(CancellationToken cancel)
    {
        if (Directory.Exists(data))
        {
            return;
        }

        string unfinished = data + ".new";
        ServerFolder.Remove(unfinished);
        await account.OwnAsync(unfinished, cancel);
        string[] arguments = ["--no-defaults", $"--datadir={unfinished}", $"--tmpdir={Temporary}", "--auth-root-authentication-method=normal", "--skip-test-db"];
        await new ServerProgram(FindProgram("mariadb-install-db"), arguments) { Account = account }.RunAsync(cancel);
        Directory.Move(unfinished, data);
    }

    // The server runs these statements at every start, before it listens: the accounts without a password that
    // mariadb-install-db leaves behind never answer.
    private async Task WriteSecretFilesAsync(CancellationToken cancel)
    {
        string accounts = $"""
            delete from mysql.global_priv where User in ('', 'root');
            flush privileges;
            create or replace user '{UserName}'@'%' identified by '{password}';
            grant all privileges on *.* to '{UserName}'@'%' with grant option;

            """;
        string client = string.Create(
            CultureInfo.InvariantCulture,
            $"[client]\nprotocol=tcp\nhost=127.0.0.1\nport={Port}\nuser={UserName}\npassword={password}\ndefault-character-set=utf8mb4\n");
        await account.WriteSecretAsync(InitFile, accounts, cancel);
        await account.WriteSecretAsync(ClientFile, client, cancel);
    }

    private string[] Arguments() =>
    [
        "--no-defaults",
        $"--datadir={data}",
        $"--tmpdir={Temporary}",
        $"--init-file={InitFile}",
        "--socket=mariadb.sock", // inside the data folder: the path stays short however deep the folder is
        "--pid-file=mariadb.pid",
        "--bind-address=127.0.0.1",
        string.Create(CultureInfo.InvariantCulture, $"--port={Port}"),
        string.Create(CultureInfo.InvariantCulture, $"--max-connections={options.MaxConnections}"),
        "--skip-name-resolve",
        "--character-set-server=utf8mb4",
        "--max-allowed-packet=128M",
        "--innodb-buffer-pool-size=64M",
        "--innodb-log-file-size=64M",
        "--key-buffer-size=1M",
        "--performance-schema=off",
        .. options.ThrowAway ? ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--skip-innodb-doublewrite"] : Array.Empty<string>(),
    ];

    // It greets whoever connects as soon as it serves; before that the port is closed or silent.
    private async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", Port, cancel);
            return await socket.GetStream().ReadAsync(new byte[1], cancel) == 1;
        }
        catch (Exception notYet) when (notYet is SocketException or IOException)
        {
            return false;
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
