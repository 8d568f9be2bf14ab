using Ca.Core.Ledger;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Tests;

/// <summary>What is said once every attempt to answer a message has met a fault (CMP-E-6, CMP-X-18).</summary>
[TestClass]
public sealed class FaultTests
{
    private static readonly Refusal Fault = new(RefusalCode.InternalFailure, "what happens inside");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task X18_The_client_believes_an_error_that_tells_it_nothing_and_the_audit_log_knows_more()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);

        PkiMessage answer = await FailAsync(ca, client.Message(TestClient.Body(client.Request("CN=user1,O=Test"))));

        Answers.IsError(PkiFailureInfo.SystemFailure, answer);
        Assert.IsTrue(client.Believes(answer));
        Assert.AreEqual("CMP-X-18: It failed here.", ((PkiBody.Error)answer.Body).Content.Status.Text?.ToString());
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from audit_record where details like '%what happens inside%'", Cancel));
        Assert.AreEqual("0\t0", await ca.CountAsync("select (select count(*) from cmp_transaction), (select count(*) from certificate where type = 1)", Cancel));
    }

    [TestMethod]
    public async Task X18_What_was_answered_before_is_answered_so_again()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage request = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));
        PkiMessage answered = await ca.SendAsync(request, Cancel);

        CollectionAssert.AreEqual(answered.Encoded.ToArray(), (await FailAsync(ca, request)).Encoded.ToArray());
    }

    [TestMethod]
    public async Task X18_A_stranger_and_a_batch_get_no_more_than_an_error()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient stranger = TestClient.WithSecret(ca, secret: "not the secret");
        TestClient client = TestClient.WithSecret(ca);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        PkiMessage inner = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await FailAsync(ca, stranger.Message(TestClient.Body(stranger.Request("CN=user1,O=Test")))));
        Answers.IsError(PkiFailureInfo.SystemFailure, await FailAsync(ca, ra.Message(new PkiBody.Nested([inner]))));
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel), "that of the RA");
    }

    private async Task<PkiMessage> FailAsync(CmpCa ca, PkiMessage message)
    {
        var work = new CaWork();
        byte[] answer = (await ca.Get<CmpEngine>().FailAsync(new() { Alias = CmpCa.Alias, Message = message.Encoded, FrontEnd = ca.Admin }, Fault, work, Cancel)).OrThrow();
        await ca.Get<ICaLedger>().CommitAsync(work, Cancel);
        return PkiMessage.Read(answer).OrThrow();
    }
}
