using System.Globalization;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using CaServiceWorker.Tests.Requests;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>The inbox remembers: whatever is sent, swapped in or claimed again is answered the same and executed once (ARCHITECTURE.md 5).</summary>
[TestClass]
public sealed class ExactlyOnceTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(1, DisplayName = "once")]
    [DataRow(3, DisplayName = "three times")]
    public async Task Flaw_B4_A_captured_request_that_is_stored_again_gets_the_same_answer_and_issues_nothing(int times)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer first = (await system.Client.SendAsync([TestSystem.Enrol("router1")], Patience, Cancel)).OrThrow();

        for (int i = 0; i < times; i++)
        {
            await ReplayAsync(system, first.Message);
            ExtRaAnswer again = (await system.Client.AwaitAsync(first.Message, Patience, Cancel)).OrThrow();
            CollectionAssert.AreEqual(((PKCS10Response)first.Responses[0]).Certificate, ((PKCS10Response)again.Responses[0]).Certificate);
        }

        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router1'", Cancel));
        Assert.AreEqual("1", await system.CountAsync("select count(*) from inbox", Cancel));
    }

    /// <summary>The column of the digest is its writer's; only rows of legacy programs have a second life (0014-legacy-messages).</summary>
    [TestMethod]
    [DataRow(true, DisplayName = "signed and encrypted")]
    [DataRow(false, DisplayName = "neither, where that is allowed")]
    public async Task Flaw_B4_A_native_request_that_poses_as_the_next_life_of_its_row_is_not_executed_again(bool signed)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(signed ? LinkMode.Both : LinkMode.Plain);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer first = (await system.Client.SendAsync([TestSystem.Enrol("router1")], Patience, Cancel)).OrThrow();

        foreach (string life in (string[])["life-1", "life-2"])
        {
            await ReplayAsync(system, first.Message, digest: life);
            ExtRaAnswer again = (await system.Client.AwaitAsync(first.Message, Patience, Cancel)).OrThrow();
            CollectionAssert.AreEqual(((PKCS10Response)first.Responses[0]).Certificate, ((PKCS10Response)again.Responses[0]).Certificate);
        }

        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router1'", Cancel));
    }

    /// <summary>The envelope's version and lengths are under no signature.</summary>
    [TestMethod]
    public async Task Flaw_B4_A_captured_request_whose_envelope_was_written_differently_gets_the_same_answer()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer first = (await system.Client.SendAsync([TestSystem.Enrol("router1")], Patience, Cancel)).OrThrow();
        byte[] envelope = Convert.FromBase64String(first.Message.Sealed);
        int version = envelope.AsSpan().IndexOf("\u0002\u0001"u8) + 2; // the first INTEGER
        for (byte other = 4; other < 7; other++)
        {
            envelope[version] = other;
            SentMessage changed = first.Message with { Sealed = Convert.ToBase64String(envelope) };
            await ReplayAsync(system, changed);
            ExtRaAnswer again = (await system.Client.AwaitAsync(changed, Patience, Cancel)).OrThrow();
            CollectionAssert.AreEqual(((PKCS10Response)first.Responses[0]).Certificate, ((PKCS10Response)again.Responses[0]).Certificate);
        }

        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router1'", Cancel));
        Assert.AreEqual("1", await system.CountAsync("select count(*) from inbox", Cancel));
    }

    [TestMethod]
    public async Task Flaw_E14_After_a_restart_an_answered_request_is_answered_from_the_inbox()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer first = (await system.Client.SendAsync([TestSystem.Enrol("a"), TestSystem.Enrol("b") with { CaName = "NoSuchCA", RequestId = 2 }], Patience, Cancel)).OrThrow();
        await system.StopWorkersAsync();

        await ReplayAsync(system, first.Message);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer again = (await system.Client.AwaitAsync(first.Message, Patience, Cancel)).OrThrow();

        CollectionAssert.AreEqual(((PKCS10Response)first.Responses[0]).Certificate, ((PKCS10Response)again.Responses[0]).Certificate);
        Assert.AreEqual(first.Responses[1], again.Responses[1]);
        Assert.AreEqual("2", await system.CountAsync($"select count(*) from audit_record where event = '{RequestAudit.Event}'", Cancel));
    }

    [TestMethod]
    public async Task A_prepared_message_may_be_submitted_again_and_again_and_is_executed_once()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        NewMessage prepared = system.Client.Prepare([TestSystem.Enrol("router1")]);
        SentMessage sent = await system.Client.SubmitAsync(prepared, Cancel);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer first = (await system.Client.AwaitAsync(sent, Patience, Cancel)).OrThrow();

        ExtRaAnswer again = (await system.Client.AwaitAsync(await system.Client.SubmitAsync(prepared, Cancel), Patience, Cancel)).OrThrow();

        CollectionAssert.AreEqual(((PKCS10Response)first.Responses[0]).Certificate, ((PKCS10Response)again.Responses[0]).Certificate);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router1'", Cancel));
        NewMessage other = system.Client.Prepare([TestSystem.Enrol("router2")]) with { UniqueId = prepared.UniqueId };
        await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => system.Client.SubmitAsync(other, Cancel));
    }

    [TestMethod]
    public async Task Flaw_F5_Two_workers_on_one_database_execute_each_request_once()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        var load = new Load(system);
        await load.SubmitAsync(100, Cancel);
        await system.StartWorkerAsync(Cancel);
        system.Configuration["Ca"]!["NodeId"] = "node-2";
        await system.StartWorkerAsync(Cancel);
        await load.SubmitAsync(100, Cancel);

        await load.AwaitAllAsync(Cancel);
        await load.AssertExactlyOnceAsync(Cancel);
    }

    [TestMethod]
    public async Task Two_requests_for_one_user_at_the_same_time_get_a_certificate_each_one_after_the_other()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        SentMessage[] sent = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => system.Client.SubmitAsync([TestSystem.Enrol("busy")], Cancel)));
        foreach (SentMessage message in sent)
        {
            Response response = await AwaitPatientlyAsync(system, message);
            Assert.IsTrue(response.Success, response.FailInfo);
        }

        Assert.AreEqual("5", await system.CountAsync("select count(distinct serial) from certificate where username = 'busy'", Cancel));
        Assert.AreEqual("0", await system.CountAsync("select count(*) from issuance_plan", Cancel));
    }

    /// <summary>Removes the row and stores the request again, as whoever owns the database may.</summary>
    private Task ReplayAsync(TestSystem system, SentMessage message, string digest = "0") => TestDatabases.RunPostgreSqlAsync(
        system.MessageConnection,
        $"""
        delete from message where uniqueid = '{message.Id.UniqueId}';
        insert into message (uniqueid, messageid, type, message, requestdigest, status, createtime, modifytime)
        values ('{message.Id.UniqueId}', '{message.Id.MessageId}', {(int)message.Id.Type}, '{message.Sealed}', '{digest}', 1, (extract(epoch from now()) * 1000)::bigint, 0);
        """,
        Cancel);

    private async Task<Response> AwaitPatientlyAsync(TestSystem system, SentMessage message)
    {
        Response? response = null;
        await Eventually.BecomesTrueAsync(
            async cancel =>
            {
                response = (await system.Client.AwaitAsync(message, TimeSpan.FromSeconds(1), cancel)).OrThrow().Responses.FirstOrDefault();
                return response is not null;
            },
            Patience, Cancel, string.Create(CultureInfo.InvariantCulture, $"{message.Id.MessageId} is answered"));
        return response!;
    }
}
