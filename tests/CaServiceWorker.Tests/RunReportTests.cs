using Ca.Core.Roles;
using Ca.Core.Runs;
using ExtRa.Messages.Contract;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>Workers say how they are doing, each of each node, and are forgotten when they fall silent for good.</summary>
[TestClass]
public sealed class RunReportTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static readonly Actor Admin = Actor.Internal("test");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task What_a_worker_took_and_answered_is_told_and_who_may_not_see_messages_sees_none_of_it()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Configuration["RunReportInterval"] = "00:00:00.100";
        await system.StartWorkerAsync(Cancel);
        Response[] answers = [.. (await system.Client.SendAsync([TestSystem.Enrol("router")], Patience, Cancel)).OrThrow().Responses, .. (await system.Client.SendAsync([TestSystem.Enrol("switch") with { CaName = "NoSuchCA" }], Patience, Cancel)).OrThrow().Responses];
        CollectionAssert.AreEqual(new[] { true, false }, answers.Select(answer => answer.Success).ToArray());

        WorkerRuns runs = system.Get<WorkerRuns>();
        WorkerRun? run = null;
        await Eventually.BecomesTrueAsync(
            async _ => (run = (await runs.ListAsync(Admin, Cancel)).SingleOrDefault()) is { Claimed: 2, Answered: 2 }, Patience, Cancel, "both messages are told of");
        Assert.AreEqual(("node-1", TestSystem.WorkerName, 0L), (run!.Node, run.Worker, run.Failed));
        Assert.IsTrue(run.StartedAt <= run.LookedAt && run.LookedAt <= run.At);
        Assert.IsEmpty(await runs.ListAsync(Actor.With("CN=nobody", []), Cancel));

        await system.StopWorkersAsync();
        run = (await runs.ListAsync(Admin, Cancel)).Single(); // the last word of the worker that stopped
        await runs.ForgetAsync(run.At, Cancel);
        Assert.HasCount(1, await runs.ListAsync(Admin, Cancel));
        await runs.ForgetAsync(run.At + TimeSpan.FromMinutes(1), Cancel);
        Assert.IsEmpty(await runs.ListAsync(Admin, Cancel));
    }
}
