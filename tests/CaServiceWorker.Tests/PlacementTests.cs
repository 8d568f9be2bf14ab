using System.Text.Json.Nodes;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>Where a worker runs: everywhere, on named nodes, or on one node at a time (EXTERNAL_RA.md X-12).</summary>
[TestClass]
public sealed class PlacementTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_pinned_worker_runs_on_its_node_and_on_no_other()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.WorkerSection["Placement"] = "Pinned";
        system.WorkerSection["Nodes"] = new JsonArray("node-2", "node-3");
        var owners = new Owners(system);
        await system.StartWorkerAsync(Cancel); // node-1
        system.Configuration["Ca"]!["NodeId"] = "node-2";
        await system.StartWorkerAsync(Cancel);

        var load = new Load(system);
        await owners.WatchAsync(Cancel);
        await load.SubmitAsync(30, Cancel);
        await load.AwaitAllAsync(Cancel);
        await load.AssertExactlyOnceAsync(Cancel);
        CollectionAssert.AreEqual(new[] { "node-2" }, await owners.NodesAsync(Cancel));
    }

    [TestMethod]
    [DataRow(true, DisplayName = "killed")]
    [DataRow(false, DisplayName = "stopped")]
    public async Task A_single_worker_serves_on_one_node_and_moves_when_that_node_is(bool killed)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Configuration["Clustered"] = true;
        system.Configuration["ClusterCheckIn"] = "00:00:01";
        system.Configuration["Logging"]!["LogLevel"]!["Default"] = "Information";
        system.WorkerSection["Placement"] = "Single";
        system.WorkerSection["ClaimLease"] = "00:00:01";
        var owners = new Owners(system);
        await owners.WatchAsync(Cancel);
        var load = new Load(system);

        await using WorkerProcess first = WorkerProcess.Start(system.WriteConfiguration(), node: "node-a");
        await load.SubmitAsync(20, Cancel);
        await load.AwaitAllAsync(Cancel);
        await using WorkerProcess second = WorkerProcess.Start(system.WriteConfiguration(), node: "node-b");
        await Eventually.BecomesTrueAsync(
            async cancel => await system.CountAsync("select count(*) from qrtz_scheduler_state", cancel) == "2", Patience, Cancel, "both nodes are in the cluster");
        await load.SubmitAsync(20, Cancel);
        await load.AwaitAllAsync(Cancel);
        CollectionAssert.AreEqual(new[] { "node-a" }, await owners.NodesAsync(Cancel), "one node serves");

        await load.SubmitAsync(20, Cancel);
        await (killed ? first.KillAsync(Cancel) : first.StopAsync(Cancel));
        await load.SubmitAsync(20, Cancel);
        await load.AwaitAllAsync(Cancel);

        CollectionAssert.AreEqual(new[] { "node-a", "node-b" }, await owners.NodesAsync(Cancel), "the other took over");
        await load.AssertExactlyOnceAsync(Cancel);
    }

    /// <summary>Remembers who ever took a row: the table forgets it with the answer.</summary>
    private sealed class Owners(TestSystem system)
    {
        public Task WatchAsync(CancellationToken cancel) => TestDatabases.RunPostgreSqlAsync(
            system.MessageConnection,
            """
            create table seen_owner (owner text primary key);
            create function see_owner() returns trigger language plpgsql as $$
            begin insert into seen_owner values (new.leaseowner) on conflict do nothing; return new; end $$;
            create trigger see_owner after update on message for each row when (new.leaseowner is not null) execute function see_owner();
            """,
            cancel);

        public async Task<string[]> NodesAsync(CancellationToken cancel) =>
            [.. (await TestDatabases.RunPostgreSqlAsync(system.MessageConnection, "select distinct split_part(owner, '/', 1) from seen_owner order by 1", cancel))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
