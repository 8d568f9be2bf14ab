using ExtRa.Messages.Store;

namespace Pki.Cli.Tests;

/// <summary><c>pki worker run-once</c> starts the real worker program.</summary>
[TestClass]
public sealed class WorkerRunOnceTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task What_waits_is_answered_and_the_program_ends()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        await using MessageDatabase database = MessageDatabase.Open(new() { ConnectionString = ca.MessageDatabase, UseDoorbell = false }, TimeProvider.System);
        await database.Messages.CreateAsync(new("u1", "m1", MessageType.Scep, "no message at all", new string('a', 64)), TestContext.CancellationToken);
        await ca.MustAsync("worker", "run-once", "scep");
        Assert.AreEqual(MessageStatus.Processed, (await database.Messages.FindAsync("u1", TestContext.CancellationToken))!.Status);
    }

    [TestMethod]
    public async Task A_wrong_configuration_is_an_error()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        ca.SetCa("Workers:scep:WhiteList", new System.Text.Json.Nodes.JsonArray("NoSuchRequest"));
        Run run = await ca.PkiAsync("worker", "run-once");
        Assert.AreEqual(ExitCode.FunctionalError, run.Code);
    }

    [TestMethod]
    public async Task An_unknown_worker_is_an_error_before_anything_is_started()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        Run run = await ca.PkiAsync("worker", "run-once", "nobody");
        Assert.AreEqual(ExitCode.FunctionalError, run.Code);
        StringAssert.Contains(run.Error, "There is no worker 'nobody'");
    }
}
