using Ca.Core;
using Ca.Core.Ledger;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>
/// A CA that cannot finish in time (CMP-O-60): the client is told to come back. Slow here: another request for the same
/// end entity is planned and not finished.
/// </summary>
[TestClass]
public sealed class SlowCaTests
{
    private const string Subject = "CN=device,O=Test";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_client_that_has_waited_long_enough_polls_and_gets_its_certificate()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CaWork unfinished = await BeginAsync(ca);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage request = client.Message(TestClient.Body(client.Request(Subject)));
        await Assert.ThrowsExactlyAsync<BusyException>(() => SendAsync(ca, request, sentAgo: 29), "tried again until then");

        PkiMessage waiting = await SendAsync(ca, request, sentAgo: 30);

        Assert.AreEqual(PkiStatus.Waiting, Answers.ResponseOf(waiting).Status.Status);
        Assert.IsTrue(client.Believes(waiting));
        client.LastNonce = waiting.Header.SenderNonce;
        Assert.AreEqual(TimeSpan.FromSeconds(10), Assert.ContainsSingle(((PkiBody.PollResponses)(await PollAsync(client)).Body).Responses).CheckAfter);
        CollectionAssert.AreEqual(waiting.Encoded.ToArray(), (await SendAsync(ca, request, sentAgo: 0)).Encoded.ToArray(), "the same octets, the same answer");
        await ca.Get<ICaLedger>().CommitAsync(unfinished, Cancel);
        Certificate issued = Answers.CertificateOf(await PollAsync(client));
        Assert.IsTrue(client.NewKey.Public.SameKeyAs(issued.PublicKey));
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        Assert.AreEqual("2", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task Another_worker_finishes_what_waits_and_a_refusal_ends_it()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CaWork unfinished = await BeginAsync(ca);
        TestClient client = TestClient.WithSecret(ca);
        client.LastNonce = (await SendAsync(ca, client.Message(TestClient.Body(client.Request(Subject))), sentAgo: 60)).Header.SenderNonce;
        await ca.Get<ICaLedger>().CommitAsync(unfinished, Cancel);
        await ca.CountAsync("update end_entity set status = 50", Cancel); // revoked meanwhile
        await using CmpCa other = await ca.AnotherAsync(Cancel);

        PkiMessage answer = await other.SendAsync(client.Message(new PkiBody.PollRequests([new(0)])), Cancel);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.CertRevoked, answer);
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from cmp_transaction where state = 3 and pending is null and asked_back_at is null", Cancel), "closed");
    }

    [TestMethod]
    public async Task An_alias_may_hold_its_clients_on()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { AnswerWithin = TimeSpan.Zero });
        await BeginAsync(ca);
        TestClient client = TestClient.WithSecret(ca);

        await Assert.ThrowsExactlyAsync<BusyException>(() => SendAsync(ca, client.Message(TestClient.Body(client.Request(Subject))), sentAgo: 600));
    }

    private Task<PkiMessage> PollAsync(TestClient client) => client.SendAsync(new PkiBody.PollRequests([new(0)]), Cancel);

    private async Task<PkiMessage> SendAsync(CmpCa ca, PkiMessage message, int sentAgo) =>
        PkiMessage.Read((await ca.SendAsync(message.Encoded, Cancel, call => call with { Sent = ca.Clock.GetUtcNow().AddSeconds(-sentAgo) })).OrThrow()).OrThrow();

    /// <summary>Answered, and not committed: what is left is a plan for the end entity.</summary>
    private async Task<CaWork> BeginAsync(CmpCa ca)
    {
        TestClient first = TestClient.WithSecret(ca, "device-0");
        var work = new CaWork();
        (await ca.Get<CmpEngine>().AnswerAsync(new() { Alias = CmpCa.Alias, Message = first.Message(TestClient.Body(first.Request(Subject))).Encoded, FrontEnd = ca.Admin }, work, Cancel)).OrThrow();
        return work;
    }
}
