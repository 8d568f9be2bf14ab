using System.Security.Cryptography;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Messages in messages (RFC 9810 §5.1.3.5; CMP.md 7.6).</summary>
[TestClass]
public sealed class NestedTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_RA_adds_its_signature_and_the_client_gets_its_own_answer()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage inner = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));

        PkiMessage answer = await ca.SendAsync(Wrap(await Signers.RaAsync(ca, Cancel), [inner], Copying(inner)), Cancel);

        Answers.CertificateOf(answer);
        Assert.IsTrue(client.Believes(answer), "protected for the client, not for the RA");
    }

    [TestMethod]
    public async Task The_message_inside_must_verify_by_itself_and_the_wrapper_must_belong_to_it()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        TestClient liar = TestClient.WithSecret(ca, secret: "not the secret");
        PkiMessage forged = liar.Message(TestClient.Body(liar.Request("CN=user1,O=Test")));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(Wrap(ra, [forged], Copying(forged)), Cancel));

        TestClient client = TestClient.WithSecret(ca);
        PkiMessage inner = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));
        Answers.IsError(PkiFailureInfo.BadRequest, await ca.SendAsync(Wrap(ra, [inner], h => h with { SenderNonce = inner.Header.SenderNonce }), Cancel));
        Answers.IsError(PkiFailureInfo.BadSenderNonce, await ca.SendAsync(Wrap(ra, [inner], h => h with { TransactionId = inner.Header.TransactionId }), Cancel));
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel), "that of the RA");
    }

    [TestMethod]
    public async Task A_batch_is_answered_one_by_one_and_a_bad_one_does_not_stop_the_others()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        PkiMessage[] inner = [.. new[] { ("CN=a,O=Test", CmpCa.Secret), ("CN=b,O=Test", "not the secret"), ("CN=a,O=Test", CmpCa.Secret), ("CN=c,O=Test", CmpCa.Secret) }.Select(one =>
        {
            TestClient client = TestClient.WithSecret(ca, secret: one.Item2);
            return client.Message(TestClient.Body(client.Request(one.Item1)));
        })];

        var answer = (PkiBody.Nested)(await ca.SendAsync(Wrap(await Signers.RaAsync(ca, Cancel), inner), Cancel)).Body;

        Assert.HasCount(4, answer.Messages);
        Answers.CertificateOf(answer.Messages[0]);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, answer.Messages[1]);
        Answers.IsError(PkiFailureInfo.SystemUnavail, answer.Messages[2]);
        Answers.CertificateOf(answer.Messages[3]);
        Answers.IsError(PkiFailureInfo.TransactionIdInUse, await ca.SendAsync(Wrap(await Signers.RaAsync(ca, Cancel), [inner[0], inner[0]]), Cancel));
    }

    [TestMethod]
    public async Task Only_RAs_wrap_and_only_where_the_alias_lets_them()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage inner = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));
        Answers.IsError(PkiFailureInfo.WrongIntegrity, await ca.SendAsync(client.Message(new PkiBody.Nested([inner])), Cancel));

        using KeyPair key = KeyPair.Generate("P-256");
        TestClient device = TestClient.WithCertificate(ca, key, await ca.EnrolAsync("device", key, Cancel));
        Answers.IsError(PkiFailureInfo.NotAuthorized, await ca.SendAsync(Wrap(device, [inner], Copying(inner)), Cancel));

        await ca.ChangeAsync(alias => alias with { Operations = [CmpOperation.Ir] }, Cancel);
        Answers.IsError(PkiFailureInfo.NotAuthorized, await ca.SendAsync(Wrap(await Signers.RaAsync(ca, Cancel), [inner], Copying(inner)), Cancel));
    }

    private static PkiMessage Wrap(TestClient ra, PkiMessage[] inner, Func<PkiHeader, PkiHeader>? change = null)
    {
        ra.TransactionId = RandomNumberGenerator.GetBytes(16);
        return ra.Message(new PkiBody.Nested(inner), change);
    }

    private static Func<PkiHeader, PkiHeader> Copying(PkiMessage inner) =>
        header => header with { TransactionId = inner.Header.TransactionId, SenderNonce = inner.Header.SenderNonce };
}
