using Ca.Core.Ledger;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>FLAWS.md D: where private keys and passwords lie, and for how long.</summary>
[TestClass]
public sealed class SecretsAtRestTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Encrypted)]
    public async Task Flaw_D1_Where_encryption_is_required_no_key_is_made_for_a_request_whose_answer_would_be_readable(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer answer = (await system.ClientOf(mode).SendAsync([KeyFiles.Pkcs12("jdoe") with { EndEntityProfileName = "EMPTY" }], Patience, Cancel)).OrThrow();

        RefusalCode expected = mode switch
        {
            LinkMode.Signed => RefusalCode.NotEncrypted,
            LinkMode.Plain => RefusalCode.NotSigned,
            _ => RefusalCode.DecryptionFailed, // what is encrypted and not signed is told as whatever else is wrong inside
        };
        Assert.AreEqual(expected, answer.Responses.Single().Reason);
        await system.AssertNothingIssuedAsync("jdoe", Cancel);
    }

    [TestMethod]
    public void Flaw_D1_A_worker_that_requires_encryption_but_no_signature_does_not_start()
    {
        var options = new WorkerOptions { EncryptionRequired = true, SignatureRequired = false, UnsignedActsAs = "RA", KeyStore = new() { Path = "worker.p12" } };
        Assert.Contains("answers are encrypted to the signer", WorkerRules.Check("Workers:w1", options, []).Single());
    }

    [TestMethod]
    public async Task Flaw_D7_Passwords_and_key_stores_are_gone_when_their_time_is_over()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        PKCS12Request request = KeyFiles.Pkcs12("jdoe") with { EndEntityProfileName = "EMPTY" };
        ExtRaReply<PKCS12Response> reply = (await system.Client.AskAsync(request, Patience, Cancel)).OrThrow();
        MessageRow row = (await system.Messages.Messages.FindAsync(reply.Message.Id.UniqueId, Cancel))!;
        Assert.AreNotEqual(reply.Message.Sealed, row.Message, "the answer has taken the place of the request and its password");

        Assert.AreEqual(1, await system.Messages.Messages.PurgeAsync(TimeSpan.FromSeconds(-1), 10, Cancel));
        Assert.AreEqual(1, await system.Get<Inbox>().PurgeAsync(DateTimeOffset.UtcNow.AddMinutes(1), Cancel));
        Assert.IsNull(await system.Messages.Messages.FindAsync(reply.Message.Id.UniqueId, Cancel));
        using KeyStore store = KeyFiles.Open(reply.Response!.KeyStore);
        await system.AssertNowhereAsync(store.Key, Cancel);
        Assert.AreEqual("0", await system.CountAsync("select (select count(*) from inbox) + (select count(*) from key_escrow) + (select count(*) from issuance_plan)", Cancel));
    }
}
