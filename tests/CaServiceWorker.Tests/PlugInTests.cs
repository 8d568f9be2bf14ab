using System.Reflection;
using System.Runtime.Loader;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>
/// A request class that the product does not have, brought by an assembly in the plug-in folder (EXTERNAL_RA.md X-10);
/// and what waits, fails, or stands beside it in one message.
/// </summary>
[TestClass]
public sealed class PlugInTests
{
    private const string FileName = "SamplePlugIn.dll";
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static readonly Assembly Sample = new AssemblyLoadContext("client").LoadFromAssemblyPath(BuiltPlugIn());

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_assembly_in_the_plug_in_folder_answers_its_own_requests()
    {
        await using TestSystem system = await StartAsync();
        ExtRaClient client = Client(system);
        ExtRaAnswer answer = (await client.SendAsync([Reverse("stressed", 1), TestSystem.Enrol("beside") with { RequestId = 2 }], Patience, Cancel)).OrThrow();
        Assert.AreEqual("desserts", TextOf(answer.Responses[0]));
        Assert.IsTrue(answer.Responses[1].Success);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from audit_record where details like '%ReverseRequest%'", Cancel));
    }

    [TestMethod]
    public async Task Flaw_D8_A_processor_that_throws_gives_a_failure_answer_without_its_text()
    {
        await using TestSystem system = await StartAsync();
        SentMessage sent = await Client(system).SubmitAsync([Reverse("fail", 5)], Cancel);
        Response response = (await ResponsesAsync(system, sent)).Single();
        Assert.IsFalse(response.Success);
        Assert.AreEqual(5, response.RequestId);
        Assert.AreEqual(RefusalCode.InternalFailure, response.Reason);
        Assert.AreEqual(FailInfoText.Of(RefusalCode.InternalFailure), response.FailInfo);
    }

    [TestMethod]
    public async Task A_part_that_fails_takes_nothing_from_the_parts_beside_it()
    {
        await using TestSystem system = await StartAsync();
        SentMessage sent = await Client(system).SubmitAsync(
            [TestSystem.Enrol("before") with { RequestId = 1 }, Reverse("fail", 2), TestSystem.Enrol("after") with { RequestId = 3 }], Cancel);
        Response[] responses = await ResponsesAsync(system, sent);
        CollectionAssert.AreEqual(new long[] { 1, 2, 3 }, responses.Select(response => response.RequestId).ToArray());
        CollectionAssert.AreEqual(new[] { true, false, true }, responses.Select(response => response.Success).ToArray());
    }

    [TestMethod]
    public async Task A_request_for_a_plug_in_that_is_not_installed_gets_a_clear_failure()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer answer = (await Client(system).SendAsync([Reverse("stressed", 1)], Patience, Cancel)).OrThrow();
        Assert.AreEqual(RefusalCode.NotFound, answer.Responses.Single().Reason);
    }

    [TestMethod]
    public async Task Flaw_F3_What_must_wait_is_set_aside_at_once_and_others_proceed()
    {
        await using TestSystem system = await StartAsync();
        ExtRaClient client = Client(system);
        ExtRaAnswer pending = (await client.SendAsync([Reverse("wait long", 1)], TimeSpan.FromDays(1), Cancel).WaitAsync(Patience, Cancel)).OrThrow();
        Assert.IsTrue(pending.IsPending, "told early that it takes longer");
        ExtRaAnswer other = (await client.SendAsync([Reverse("abc", 1)], Patience, Cancel)).OrThrow();
        Assert.AreEqual("cba", TextOf(other.Responses.Single()));

        MessageRow? row = null;
        await Eventually.BecomesTrueAsync(
            async cancel => (row = await system.Messages.Messages.FindAsync(pending.Message.Id.UniqueId, cancel))!.Status == MessageStatus.Waiting,
            Patience, Cancel, "back to waiting");
        Assert.IsNotNull(row!.NotBefore);
        Assert.AreEqual(0, row.Attempts, "waiting for a person is no failed attempt");
    }

    [TestMethod]
    public async Task Flaw_E10_A_message_of_which_one_part_waits_loses_nothing_and_repeats_nothing()
    {
        await using TestSystem system = await StartAsync();
        ExtRaClient client = Client(system);
        SentMessage sent = await client.SubmitAsync(
            [TestSystem.Enrol("first") with { RequestId = 1 }, Reverse("wait", 2), TestSystem.Enrol("third") with { RequestId = 3 }], Cancel);
        await Eventually.BecomesTrueAsync(
            async cancel => await system.CountAsync("select count(*) from inbox", cancel) == "2", Patience, Cancel, "the parts that need not wait are done");
        string issued = await system.CountAsync("select string_agg(fingerprint, ',' order by username) from certificate where username in ('first', 'third')", Cancel);

        // It is looked at again and again; what is done is not done again.
        long before = await ModifiedAsync(system, sent);
        await Eventually.BecomesTrueAsync(async _ => await ModifiedAsync(system, sent) > before, Patience, Cancel, "it was looked at again");

        // The person decides: here, by a worker whose processor no longer waits.
        await system.StopWorkersAsync();
        await TestDatabases.RunPostgreSqlAsync(system.CaDatabase, $"insert into inbox (unique_id, request_hash, part, answer, at) select unique_id, request_hash, 1, convert_to('{{\"class\":\"ReverseResponse\",\"requestId\":2,\"success\":true,\"text\":\"decided\"}}', 'UTF8'), now() from inbox where part = 0", Cancel);
        await system.StartWorkerAsync(Cancel);
        Response[] responses = await ResponsesAsync(system, sent);
        CollectionAssert.AreEqual(new long[] { 1, 2, 3 }, responses.Select(response => response.RequestId).ToArray());
        Assert.AreEqual("decided", TextOf(responses[1]));
        Assert.AreEqual(issued, await system.CountAsync("select string_agg(fingerprint, ',' order by username) from certificate where username in ('first', 'third')", Cancel));
    }

    private async Task<TestSystem> StartAsync()
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        string folder = Directory.CreateDirectory(system.PathOf("plug-ins")).FullName;
        File.Copy(BuiltPlugIn(), Path.Combine(folder, FileName));
        system.Configuration["PlugInFolder"] = folder;
        await system.StartWorkerAsync(Cancel);
        return system;
    }

    /// <summary>The answers, also where there is a pause before they come.</summary>
    private async Task<Response[]> ResponsesAsync(TestSystem system, SentMessage sent) =>
        [.. Link(system).OpenAnswer(await system.AnsweredRowAsync(sent.Id.UniqueId, Cancel), sent.Sealed).OrThrow().SubMessages.Cast<Response>()];

    private async Task<long> ModifiedAsync(TestSystem system, SentMessage sent) =>
        (await system.Messages.Messages.FindAsync(sent.Id.UniqueId, Cancel))!.ModifyTime;

    private static ExtRaLink Link(TestSystem system) =>
        new(system.Ra, new ServiceTrust([system.Worker.Certificate], issuer: null), Protection.Full, SubMessageCatalog.From([Sample]), TimeProvider.System);

    private static ExtRaClient Client(TestSystem system) => new(system.Messages.Messages, Link(system));

    private static Request Reverse(string text, long id)
    {
        Type type = Sample.GetType("SamplePlugIn.ReverseRequest", throwOnError: true)!;
        var request = (Request)Activator.CreateInstance(type)!;
        type.GetProperty("Text")!.SetValue(request, text);
        typeof(SubMessage).GetProperty(nameof(SubMessage.RequestId))!.SetValue(request, id);
        return request;
    }

    private static string? TextOf(Response response) => (string?)response.GetType().GetProperty("Text")!.GetValue(response);

    // artifacts/bin/CaServiceWorker.Tests/debug/ → artifacts/bin/SamplePlugIn/debug/
    private static string BuiltPlugIn()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "SamplePlugIn", own.Name, FileName);
    }
}
