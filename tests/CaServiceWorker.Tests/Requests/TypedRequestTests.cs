using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>The client's typed calls: an answer, a refusal, or not yet (EXTERNAL_RA.md X-27).</summary>
[TestClass]
public sealed class TypedRequestTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_answer_comes_in_its_class_and_a_refusal_with_its_reason()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        ExtRaReply<ExtRAResponse> waiting = (await system.Client.AskAsync(EditUserTests.Edit("early"), TimeSpan.FromMilliseconds(1), Cancel)).OrThrow();
        Assert.IsNull(waiting.Response, "no worker runs yet");
        await system.StartWorkerAsync(Cancel);

        Assert.IsTrue((await system.Client.AwaitAsync(waiting.Message, Patience, Cancel)).OrThrow().Responses.Single().Success);
        PKCS10Response issued = (await system.Client.AskAsync(TestSystem.Enrol("typed"), Patience, Cancel)).OrThrow().Response!;
        Assert.IsNotNull(issued.Certificate);
        Assert.IsFalse((await system.Client.AskAsync(EditUserTests.Edit("jdoe") with { CaName = "NoSuchCA" }, Patience, Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotFound, refusal.Code);
        Assert.AreEqual(FailInfoText.Of(RefusalCode.NotFound), refusal.Detail);
    }

    [TestMethod]
    public async Task Several_requests_of_all_kinds_in_one_message_are_answered_each_and_in_order()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.KeepKeysAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        Request[] requests =
        [
            EditUserTests.Edit("jdoe") with { RequestId = 1 },
            new CertificateRequestRequest { RequestId = 2, Username = "jdoe", Password = Secret.FromText("wrong"), RequestData = TestSystem.Enrol("jdoe").Pkcs10 },
            new CertificateRequestRequest { RequestId = 3, Username = "jdoe", Password = Secret.FromText("a long enough secret"), RequestData = TestSystem.Enrol("jdoe").Pkcs10 },
            KeyFiles.Pkcs12("keys") with { RequestId = 4 },
            new RevocationRequest { RequestId = 5, Username = "jdoe", RevokeUser = true },
            new RevocationRequest { RequestId = 6, Username = "jdoe", RevokeUser = true },
        ];
        IReadOnlyList<Response> responses = (await system.Client.SendAsync(requests, Patience, Cancel)).OrThrow().Responses;

        CollectionAssert.AreEqual(new long[] { 1, 2, 3, 4, 5, 6 }, responses.Select(response => response.RequestId).ToArray());
        CollectionAssert.AreEqual(new[] { true, false, true, true, true, false }, responses.Select(response => response.Success).ToArray());
    }

    [TestMethod]
    public async Task Flaw_E14_A_replayed_request_for_a_key_is_answered_with_the_same_key()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.KeepKeysAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        ExtRaReply<PKCS12Response> reply = (await system.Client.AskAsync(KeyFiles.Pkcs12("jdoe"), Patience, Cancel)).OrThrow();
        await TestKit.TestDatabases.RunPostgreSqlAsync(system.MessageConnection, "delete from message", Cancel);
        RequestId id = reply.Message.Id;
        await system.Messages.Messages.CreateAsync(new NewMessage(id.UniqueId, id.MessageId, id.Type, reply.Message.Sealed, new string('0', 64)), Cancel);

        var again = (PKCS12Response)(await system.Client.AwaitAsync(reply.Message, Patience, Cancel)).OrThrow().Responses.Single();
        CollectionAssert.AreEqual(reply.Response!.KeyStore, again.KeyStore);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'jdoe'", Cancel));
    }
}
