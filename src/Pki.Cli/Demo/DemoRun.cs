using System.Text.Json.Nodes;
using ExtRa.Messages.Store;
using Npgsql;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.PrivateServers;

namespace Pki.Cli.Demo;

/// <summary>
/// The whole system on one machine: a private PostgreSQL, the CA worker, the SCEP RA, the CMP proxy, the admin web, and
/// as proof one router by SCEP and devices by CMP. Made on the first start, resumed on later ones.
/// </summary>
internal sealed class DemoRun(DemoFolder folder, int portBase, Terminal terminal, Printer printer)
{
    private const string CaDatabase = "ca";
    private const string MessageDatabase = "messages";
    private const string WorkerServes = "[3031]"; // the event's id in its log
    private const string AdminWebListens = "[5008]";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts everything, proves it, and stays up until cancelled.</summary>
    /// <param name="once">End after the proof.</param>
    /// <param name="cancel">Ctrl-C.</param>
    public async Task RunAsync(bool once, CancellationToken cancel)
    {
        long began = terminal.Clock.GetTimestamp();
        using FileStream held = folder.Lock();
        DemoPorts ports = DemoPorts.From(portBase);
        folder.Create();
        string database = DatabaseFolder.Choose(folder.Database, Environment.IsPrivilegedProcess);
        Say($"starting a private PostgreSQL in {database}");
        await using PrivatePostgreSql server = await PrivatePostgreSql.StartAsync(new() { Directory = database }, cancel);
        await EnsureDatabasesAsync(server, cancel);
        var config = new DemoConfig(folder, ports, server.ConnectionString(CaDatabase), server.ConnectionString(MessageDatabase));
        config.Write();
        await using (MessageDatabase messages = ExtRa.Messages.Store.MessageDatabase.Open(new MessageStoreOptions { ConnectionString = config.MessageDatabase, UseDoorbell = false }, terminal.Clock))
        {
            await messages.CreateSchemaAsync(cancel);
        }

        await using var ca = new CaSession(ConfigurationFile.Read(folder.CaConfig).Root, terminal.Clock);
        Say("creating what is missing: ManagementCA, ScepCA, profiles, keystores, role");
        await new DemoCa(ca, folder, cancel).EnsureAsync();
        config.Write();

        await using ChildHost worker = Start("CaServiceWorker", "worker", folder.CaConfig);
        await using ChildHost scepRa = Start("ScepRaServer", "scep-ra", folder.ScepRaConfig);
        await using ChildHost cmpProxy = Start("CmpProxy", "cmp-proxy", folder.CmpProxyConfig);
        // A new token with each start: what an earlier start left unused is worth nothing.
        PrivateFile.Write(folder.DemoLinkToken, PrivateFile.RandomSecret() + "\n");
        await using ChildHost adminWeb = Start("AdminWeb", "admin-web", folder.AdminWebConfig);
        await UntilTheyAnswerAsync(config, [worker, scepRa, cmpProxy, adminWeb], cancel);
        await worker.LogsAsync(WorkerServes, StartTimeout, cancel);
        await adminWeb.LogsAsync(AdminWebListens, StartTimeout, cancel);
        var hops = new DemoHops(config, ca, terminal, printer);
        await new DemoProof(folder, config, hops, terminal).RunAsync(cancel);
        await new CmpProof(folder, config, hops, terminal).RunAsync(cancel);
        worker.RestartFromNowOn();
        scepRa.RestartFromNowOn();
        cmpProxy.RestartFromNowOn();
        adminWeb.RestartFromNowOn();

        var report = new DemoReport(folder, config, printer);
        JsonObject description = report.Write(new Dictionary<string, int?>(StringComparer.Ordinal)
        {
            ["postgresql"] = PostmasterId(database),
            ["worker"] = worker.ProcessId,
            ["scepRa"] = scepRa.ProcessId,
            ["cmpProxy"] = cmpProxy.ProcessId,
            ["adminWeb"] = adminWeb.ProcessId,
        });
        report.Print();
        Say($"ready after {Texts.Span(terminal.Clock.GetElapsedTime(began))}");
        printer.Done(description, "READY");
        await terminal.Out.FlushAsync(CancellationToken.None); // from here on Ctrl-C is the ordinary end
        if (!once)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Say("stopping");
        }
    }

    private ChildHost Start(string project, string name, string configFile)
    {
        HostProgram program = HostProgram.Find(project, terminal);
        string log = folder.Log(name);
        return new(name, () => program.Start(configFile, log, []), log, Say, terminal.Clock);
    }

    /// <summary>Waits for GetCACaps, and for the proxy's refusal of a GET. A host that ends meanwhile ends the wait with its own words.</summary>
    private async Task UntilTheyAnswerAsync(DemoConfig config, IReadOnlyList<ChildHost> hosts, CancellationToken cancel)
    {
        using var client = new Scep.ScepClient(config.ScepUrl, terminal.Clock);
        using var http = new HttpClient();
        long began = terminal.Clock.GetTimestamp();
        while (true)
        {
            foreach (ChildHost host in hosts.Where(host => host.Running.IsFaulted))
            {
                await host.Running;
            }

            try
            {
                await client.CapabilitiesAsync(cancel);
                using HttpResponseMessage refusal = await http.GetAsync(config.CmpUrl, cancel);
                return;
            }
            catch (HttpRequestException) when (terminal.Clock.GetElapsedTime(began) < StartTimeout)
            {
                await Task.Delay(Look, terminal.Clock, cancel);
            }
        }
    }

    private static async Task EnsureDatabasesAsync(PrivatePostgreSql server, CancellationToken cancel)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.ConnectionString());
        foreach (string name in (string[])[CaDatabase, MessageDatabase])
        {
            await using NpgsqlCommand find = source.CreateCommand("select 1 from pg_database where datname = $1");
            find.Parameters.Add(new() { Value = name });
            if (await find.ExecuteScalarAsync(cancel) is null)
            {
                // A constant of ours; a name cannot be a parameter.
                await using NpgsqlCommand create = source.CreateCommand($"create database {name}");
                await create.ExecuteNonQueryAsync(cancel);
            }
        }
    }

    private static int? PostmasterId(string database) =>
        Directory.EnumerateFiles(database, "postmaster.pid", SearchOption.AllDirectories).FirstOrDefault() is { } file
        && int.TryParse(File.ReadLines(file).First(), System.Globalization.CultureInfo.InvariantCulture, out int id) ? id : null;

    private void Say(string what) => printer.Say($"* {what}");
}
