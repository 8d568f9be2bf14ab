using System.Globalization;
using System.Security.Cryptography;
using ExtRa.Messages.Store;
using Pki.PrivateServers;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>Whatever is killed or frozen whenever: each request is answered exactly once (ARCHITECTURE.md 5, FLAWS.md F1).</summary>
[TestClass]
public sealed class KillTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    public static IEnumerable<object[]> Deaths =>
        from milestone in Enum.GetNames<Milestone>() from dialect in Enum.GetValues<MessageDialect>() select new object[] { milestone, dialect };

    [TestMethod]
    [DynamicData(nameof(Deaths))]
    public async Task Flaw_F1_A_worker_killed_at_any_milestone_loses_nothing_and_repeats_nothing(string milestone, MessageDialect dialect)
    {
        await using TestSystem system = await CreateAsync(dialect);
        var load = new Load(system);
        await load.SubmitAsync(60, Cancel);

        await using WorkerProcess dying = WorkerProcess.Start(system.WriteConfiguration(), milestone, crashAfter: 7);
        await dying.CrashesAsync(Patience, Cancel);
        await using WorkerProcess next = WorkerProcess.Start(system.WriteConfiguration());
        await load.AwaitAllAsync(Cancel);
        await load.AssertExactlyOnceAsync(Cancel);
    }

    /// <summary>More kills with the environment variable PKI_SOAK.</summary>
    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task Workers_killed_at_random_moments_under_load_lose_nothing_and_repeat_nothing(MessageDialect dialect)
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("PKI_SOAK"), CultureInfo.InvariantCulture, out int wanted) ? wanted : 6;
        await using TestSystem system = await CreateAsync(dialect);
        var load = new Load(system);
        using var stop = new CancellationTokenSource();
        Task flow = load.KeepFlowingAsync(underWay: 150, stop.Token, Cancel);
        WorkerProcess worker = WorkerProcess.Start(system.WriteConfiguration());
        try
        {
            for (int kill = 0; kill < kills; kill++)
            {
                WorkerProcess next = WorkerProcess.Start(system.WriteConfiguration()); // starts while the other still works
                int enough = load.Answered + RandomNumberGenerator.GetInt32(1, 100);
                await Eventually.BecomesTrueAsync(() => load.Answered >= enough || flow.IsCompleted, Patience, Cancel, "answers flow\n" + worker.Output);
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(200)), Cancel);
                await worker.KillAsync(Cancel);
                await worker.DisposeAsync();
                worker = next;
            }

            await stop.CancelAsync();
            await flow;
        }
        finally
        {
            await worker.DisposeAsync();
        }

        TestContext.WriteLine($"{kills} kills, {load.Sent} requests");
        await load.AssertExactlyOnceAsync(Cancel);
    }

    [TestMethod]
    [DataRow("ca", true, DisplayName = "the CA database, killed")]
    [DataRow("messages", true, DisplayName = "the message database, killed")]
    [DataRow("both", false, DisplayName = "both databases, restarted")]
    [NeedsTool("postgres")]
    public async Task A_database_that_goes_away_and_comes_back_loses_nothing_and_nobody_has_to_help(string which, bool kill)
    {
        await using PrivatePostgreSql server = await DurableServerAsync();
        await using TestSystem system = await TestSystem.CreateAsync(
            which == "messages" ? await TestDatabases.NewPostgreSqlAsync(Cancel) : await NewDatabaseAsync(server, "ca"),
            OnPostgreSql(which == "ca" ? await TestDatabases.NewPostgreSqlAsync(Cancel) : await NewDatabaseAsync(server, "messages")),
            Cancel);
        await SurvivesAsync(system, kill ? server.KillAsync : server.StopAsync, server.StartAgainAsync);
    }

    [TestMethod]
    [NeedsTool("mariadbd")]
    public async Task A_MariaDB_that_is_killed_and_comes_back_loses_nothing_and_nobody_has_to_help()
    {
        await using PrivateMariaDb server = await PrivateMariaDb.StartAsync(new() { Directory = Directory.CreateTempSubdirectory("pki-maria-").FullName }, Cancel);
        await server.ExecuteAsync("create database messages", Cancel);
        await using TestSystem system = await TestSystem.CreateAsync(
            await TestDatabases.NewPostgreSqlAsync(Cancel),
            new() { Dialect = MessageDialect.MariaDb, ConnectionString = server.ConnectionString("messages") },
            Cancel);
        await SurvivesAsync(system, server.KillAsync, server.StartAgainAsync);
    }

    [TestMethod]
    [NeedsTool("postgres")]
    public async Task However_long_the_CA_database_is_away_no_request_is_given_up_for_it()
    {
        await using PrivatePostgreSql server = await DurableServerAsync();
        await using TestSystem system = await TestSystem.CreateAsync(
            await NewDatabaseAsync(server, "ca"), OnPostgreSql(await TestDatabases.NewPostgreSqlAsync(Cancel)), Cancel);
        system.WorkerSection["MaxAttempts"] = 1;
        using var log = new CapturedLog();
        await system.StartWorkerAsync(Cancel, log.AddTo);
        await server.StopAsync(Cancel);
        var load = new Load(system);
        await load.SubmitAsync(3, Cancel);

        await Eventually.BecomesTrueAsync(
            () => log.Lines.Count(line => line.Contains("a database is away", StringComparison.Ordinal)) > 6, Patience, Cancel, "every message was tried more often than once");
        await server.StartAgainAsync(Cancel);
        await load.AwaitAllAsync(Cancel);
        await load.AssertExactlyOnceAsync(Cancel);
    }

    [TestMethod]
    public async Task A_worker_frozen_past_its_lease_neither_issues_nor_answers_again_when_it_thaws()
    {
        await using TestSystem system = await CreateAsync(MessageDialect.PostgreSql);
        var load = new Load(system);
        await using WorkerProcess frozen = WorkerProcess.Start(system.WriteConfiguration());
        await FreezeInTheMiddleAsync(system, load, frozen);

        await using WorkerProcess other = WorkerProcess.Start(system.WriteConfiguration(), node: "node-2");
        try
        {
            await load.AwaitAllAsync(Cancel);
            await frozen.ThawAsync(Cancel);
            await frozen.StopAsync(Cancel); // finishes whatever it believes to be its own
            await load.AssertExactlyOnceAsync(Cancel);
        }
        finally
        {
            TestContext.WriteLine($"{load.Sent} requests\nfrozen:\n{frozen.Output}\nother:\n{other.Output}");
        }
    }

    /// <summary>Takes the server away twice while the worker answers four hundred requests.</summary>
    private async Task SurvivesAsync(TestSystem system, Func<CancellationToken, Task> end, Func<CancellationToken, Task> startAgain)
    {
        Prepare(system);
        var load = new Load(system);
        await load.SubmitAsync(400, Cancel);
        await system.StartWorkerAsync(Cancel);
        Task answers = load.AwaitAllAsync(Cancel);

        foreach (int progress in (int[])[1, 150])
        {
            await Eventually.BecomesTrueAsync(() => load.Answered >= progress || answers.IsCompleted, Patience, Cancel, $"{progress} answers");
            await end(Cancel);
            await startAgain(Cancel);
        }

        await answers;
        await load.AssertExactlyOnceAsync(Cancel);
    }

    /// <summary>Freezes it while it has rows that it has not answered.</summary>
    private async Task FreezeInTheMiddleAsync(TestSystem system, Load load, WorkerProcess worker)
    {
        await load.SubmitAsync(1, Cancel);
        await load.AwaitAllAsync(Cancel); // it is there and at work
        string mine = $"/{worker.Id}";
        await Eventually.BecomesTrueAsync(
            async cancel =>
            {
                await worker.ThawAsync(cancel);
                await load.SubmitAsync(50, cancel);
                await worker.FreezeAsync(cancel);
                IReadOnlyList<MessageRow> held = await system.Messages.Messages.ListAsync(new() { Status = MessageStatus.InProcess, Limit = 1000 }, cancel);
                return held.Any(row => row.LeaseOwner?.EndsWith(mine, StringComparison.Ordinal) == true);
            },
            Patience, Cancel, "the worker is frozen with rows in its hands");
    }

    private static MessageStoreOptions OnPostgreSql(string database) => new() { ConnectionString = database };

    private async Task<TestSystem> CreateAsync(MessageDialect dialect)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel, dialect);
        Prepare(system);
        return system;
    }

    // The shortest lease, and no giving up: a message may be in the hands of many who are killed.
    private static void Prepare(TestSystem system)
    {
        system.WorkerSection["ClaimLease"] = "00:00:01";
        system.WorkerSection["MaxAttempts"] = 100;
    }

    private async Task<PrivatePostgreSql> DurableServerAsync() => await PrivatePostgreSql.StartAsync(
        new()
        {
            Directory = Directory.CreateTempSubdirectory("pki-pg-").FullName,
            ThrowAway = true,
            Settings = ["synchronous_commit=on"], // what was committed is there after the kill
        },
        Cancel);

    private async Task<string> NewDatabaseAsync(PrivatePostgreSql server, string name)
    {
        await TestDatabases.RunPostgreSqlAsync(server.ConnectionString(), $"create database {name}", Cancel);
        return server.ConnectionString(name);
    }
}
