using CmpProxy.Tests.World;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using TestKit;

namespace CmpProxy.Tests.Operations;

/// <summary>Holding calls, repetitions, and answers that are somebody else's (CMP-T-15 to T-17, P-1 to P-3).</summary>
[TestClass]
public sealed class HoldTests
{
    private static readonly TimeSpan HoldTimeout = TimeSpan.FromSeconds(30);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task CMP_P_1_one_call_is_one_row_with_one_request_and_all_that_is_known_of_it()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Configuration["CmpProxy:Names:factory:Alias"] = "cmp";
            settings.Configuration["CmpProxy:Names:factory:CertificateProfile"] = "Device";
        });
        PkiMessage message = Messages.Genm();
        Assert.AreEqual(200, (await world.ExchangeAsync(message, Cancel, "/.well-known/cmp/p/factory/getcacerts")).Status);
        CMPRequest request = world.Worker.Seen.Single();
        Assert.AreEqual("cmp", request.Alias);
        Assert.AreEqual("getcacerts", request.Operation);
        Assert.AreEqual("Device", request.CertificateProfileName);
        Assert.AreEqual("127.0.0.1", request.RequesterAddress);
        Assert.IsNull(request.TlsSubject);
        CollectionAssert.AreEqual(message.Encoded.ToArray(), request.PkiMessage);
        MessageRow row = world.Store.Rows.Single();
        Assert.AreEqual(MessageType.Cmp, row.Type);
        Assert.AreEqual(Convert.ToHexStringLower(message.Header.TransactionId!.Value.Span), row.MessageId);
    }

    [TestMethod]
    public async Task CMP_P_2_requests_are_signed_and_encrypted()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        await world.ExchangeAsync(Messages.Genm(), Cancel);
        Assert.AreEqual(Protection.Full, world.Worker.Layers.Single());
    }

    [TestMethod]
    public async Task CMP_T_15_a_silent_worker_is_503_with_retry_after_and_the_request_is_not_lost()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        PkiMessage message = Messages.Genm();
        RawAnswer answer = await TimeOutAsync(world, message);
        Assert.AreEqual(503, answer.Status);
        Assert.AreEqual("10", answer.Headers["Retry-After"]);
        Assert.IsEmpty(answer.Body);

        Assert.AreEqual(1, await world.Worker.AnswerAllAsync(Cancel), "the row is still there");
        Assert.AreEqual(200, (await world.PostAsync(message, Cancel)).Status, "T-17: who asks again gets the answer");
        Assert.HasCount(1, world.Worker.Seen);
    }

    [TestMethod]
    public async Task CMP_T_15_a_silent_worker_is_systemUnavail_by_setting()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("TimeoutAnswer", "CmpError"));
        RawAnswer answer = await TimeOutAsync(world, Messages.Genm());
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual(PkiFailureInfo.SystemUnavail, ProxyWorld.ErrorOf(answer).Failure);
    }

    [TestMethod]
    public async Task CMP_T_15_a_request_that_the_worker_sets_aside_is_still_held()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:10:00"));
        Task<RawAnswer> call = world.PostAsync(Messages.Genm(), Cancel);
        await world.UntilHeldAsync(1, Cancel);
        (ClaimedMessage claimed, OpenedMessage opened) = await world.Worker.TakeAsync(Cancel);
        await world.Worker.ReleaseAsync(claimed, TimeSpan.FromSeconds(5), Cancel);
        await world.Worker.StoreAsync(claimed, world.Worker.Seal(claimed, claimed.Message, opened, FakeWorker.Answer(world.Worker.Seen[0])), Cancel);
        Assert.AreEqual(200, (await FinishAsync(world, call)).Status);
    }

    [TestMethod]
    public async Task A_database_that_is_away_is_503_and_nothing_is_called_stored()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        world.Store.IsDown = true;
        RawAnswer answer = await world.PostAsync(Messages.Genm(), Cancel);
        Assert.AreEqual(503, answer.Status);
        Assert.AreEqual("10", answer.Headers["Retry-After"]);
        Assert.IsNotEmpty(world.Log.OfId(2003));
    }

    [TestMethod]
    public async Task CMP_T_16_a_client_that_goes_away_ends_the_wait_and_not_the_request()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        PkiMessage message = Messages.Genm();
        using (Wire wire = await Wire.ConnectAsync(world.Port, Cancel))
        {
            await wire.SendAsync(Wire.Post(message.Encoded.ToArray()), Cancel);
            await world.UntilHeldAsync(1, Cancel);
        }

        await Eventually.BecomesTrueAsync(() => world.Held == 0, ProxyWorld.Patience, Cancel, "the wait has ended");
        Assert.AreEqual(1, await world.Worker.AnswerAllAsync(Cancel));
        Assert.AreEqual(200, (await world.PostAsync(message, Cancel)).Status);
    }

    [TestMethod]
    public async Task CMP_T_17_repetitions_at_the_same_time_are_one_row_and_get_one_answer()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:10:00"));
        PkiMessage message = Messages.Genm();
        Task<RawAnswer>[] calls = [.. Enumerable.Range(0, 20).Select(_ => world.PostAsync(message, Cancel))];
        await Eventually.BecomesTrueAsync(() => world.Held == calls.Length && world.Store.Creations == calls.Length, ProxyWorld.Patience, Cancel, "all are held");
        Assert.AreEqual(1, await world.Worker.AnswerAllAsync(Cancel));
        RawAnswer[] answers = await Task.WhenAll(calls.Select(call => FinishAsync(world, call)));
        Assert.IsTrue(answers.All(answer => answer.Status == 200 && answer.Body.AsSpan().SequenceEqual(answers[0].Body)));
        Assert.HasCount(1, world.Worker.Seen);
    }

    [TestMethod]
    public async Task CMP_T_17_other_octets_or_another_alias_are_another_request()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:00:20", "other"));
        PkiHeader header = Messages.Header();
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            await world.PostAsync(Messages.Genm(header), Cancel);
            await world.PostAsync(Messages.Genm(header), Cancel, "/cmp/other");
            await world.PostAsync(Messages.Genm(header with { SenderNonce = new byte[16] }), Cancel);
            return true;
        });
        Assert.HasCount(3, world.Worker.Seen, "somebody who knows a transactionID finds nobody's answer");
    }

    [TestMethod]
    public async Task CMP_T_17_after_the_window_a_repetition_is_refused_and_not_processed()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("ReplayWindow", "00:10:00"));
        PkiMessage message = Messages.Genm();
        RawAnswer first = await world.ExchangeAsync(message, Cancel);
        world.Clock.Advance(TimeSpan.FromMinutes(9));
        CollectionAssert.AreEqual(first.Body, (await world.PostAsync(message, Cancel)).Body);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.AreEqual(PkiFailureInfo.TransactionIdInUse, ProxyWorld.ErrorOf(await world.PostAsync(message, Cancel)).Failure);
        Assert.HasCount(1, world.Worker.Seen);
    }

    [TestMethod]
    public async Task CMP_T_17_without_a_window_the_CA_sees_every_repetition()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("ReplayWindow", "00:00:00"));
        PkiMessage message = Messages.Genm();
        await world.ExchangeAsync(message, Cancel);
        await world.ExchangeAsync(message, Cancel);
        Assert.HasCount(2, world.Worker.Seen);
    }

    [TestMethod]
    public async Task A_proxy_that_restarts_while_calls_are_held_loses_none()
    {
        var clock = new ManualClock();
        var store = new MemoryStore(clock);
        PkiMessage message = Messages.Genm();
        ProxyWorld before = await ProxyWorld.StartAsync(Cancel, settings => (settings.Clock, settings.Store) = (clock, store));
        Task<RawAnswer> call = before.PostAsync(message, Cancel);
        await before.UntilHeldAsync(1, Cancel);
        await before.DisposeAsync();
        Assert.AreEqual(503, (await call).Status, "let go at once");

        await using ProxyWorld after = await ProxyWorld.StartAsync(Cancel, settings => (settings.Clock, settings.Store) = (clock, store));
        Task<RawAnswer> again = after.PostAsync(message, Cancel);
        await after.UntilHeldAsync(1, Cancel);
        Assert.AreEqual(1, await after.Worker.AnswerAllAsync(Cancel));
        Assert.AreEqual(200, (await FinishAsync(after, again)).Status);
    }

    [TestMethod]
    [DataRow(RefusalCode.NotFound, 404, null, DisplayName = "T-11 an alias that the CA does not know")]
    [DataRow(RefusalCode.NotAuthorized, 200, PkiFailureInfo.NotAuthorized, DisplayName = "P-3 an alias this proxy may not bring")]
    [DataRow(RefusalCode.InternalFailure, 200, PkiFailureInfo.SystemFailure)]
    public async Task A_CA_without_words_of_CMP_is_translated(RefusalCode reason, int status, PkiFailureInfo? failure)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:00:20", "*"));
        Task<RawAnswer> call = world.PostAsync(Messages.Genm(), Cancel, "/cmp/anything");
        await world.UntilHeldAsync(1, Cancel);
        await world.Worker.AnswerAllAsync(Cancel, request => CMPResponse.Failure(request.RequestId, reason));
        RawAnswer answer = await FinishAsync(world, call);
        Assert.AreEqual("anything", world.Worker.Seen.Single().Alias, "T-11: the worker decides where the proxy has no list");
        Assert.AreEqual(status, answer.Status);
        Assert.AreEqual(failure, answer.Body.Length == 0 ? null : ProxyWorld.ErrorOf(answer).Failure);
    }

    private async Task<RawAnswer> TimeOutAsync(ProxyWorld world, PkiMessage message)
    {
        Task<RawAnswer> call = world.PostAsync(message, Cancel);
        await world.UntilHeldAsync(1, Cancel);
        return await FinishAsync(world, call, HoldTimeout);
    }

    /// <summary>Moves time on until the task is over.</summary>
    private Task<RawAnswer> FinishAsync(ProxyWorld world, Task<RawAnswer> call) => FinishAsync(world, call, TimeSpan.FromSeconds(1));

    private async Task<RawAnswer> FinishAsync(ProxyWorld world, Task<RawAnswer> call, TimeSpan step)
    {
        await FinishAsync(world, (Task)call, step);
        return await call;
    }

    private async Task FinishAsync(ProxyWorld world, Task task, TimeSpan? step = null) => await Eventually.BecomesTrueAsync(
        () =>
        {
            world.Clock.Advance(step ?? TimeSpan.FromSeconds(1));
            return task.IsCompleted;
        },
        ProxyWorld.Patience,
        Cancel,
        "the call ends");
}
