using System.Security.Cryptography;
using Ca.Core.Authorities;
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
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from audit_record where details::text like '%wrappedBy%CN=ra,O=Test%'", Cancel), "CMP-M-10");
    }

    /// <summary>CMP-T-7: the path says what the wrapper is.</summary>
    [TestMethod]
    public async Task The_path_of_nested_messages_takes_whatever_is_inside()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { Checks = new() { Operation = true } }, Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        PkiMessage one = Ir(TestClient.WithSecret(ca), "CN=a,O=Test");
        PkiMessage two = Ir(TestClient.WithSecret(ca), "CN=b,O=Test");
        PkiMessage three = Ir(TestClient.WithSecret(ca), "CN=c,O=Test");

        Answers.CertificateOf(await SendAsync(Wrap(ra, [one], Copying(one)), "nested"));
        foreach (PkiMessage answer in ((PkiBody.Nested)(await SendAsync(Wrap(ra, [two, three]), "nested")).Body).Messages)
        {
            Answers.CertificateOf(answer);
        }

        Answers.IsError(PkiFailureInfo.BadRequest, await SendAsync(Wrap(ra, [Ir(TestClient.WithSecret(ca), "CN=d,O=Test")]), "initialization"));

        async Task<PkiMessage> SendAsync(PkiMessage message, string operation) =>
            PkiMessage.Read((await ca.SendAsync(message.Encoded, Cancel, call => call with { Operation = operation })).OrThrow()).OrThrow();
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

    /// <summary>RFC 9810 §5.1.3.5, RFC 9483 §5.2.2.2: each gets its own answer, whatever happens to another. Broken here: what opens one sender's secret.</summary>
    [TestMethod]
    public async Task A_fault_over_one_message_of_a_batch_is_answered_in_its_place_and_nothing_of_it_is_done()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        await ca.SetSecretAsync("broken", "its very own", keepOthers: false, Cancel);
        await ca.CountAsync("update cmp_secret set sealed = (select sealed from cmp_secret where key_id = '') where key_id = 'broken'", Cancel);
        PkiMessage[] inner = [Ir(TestClient.WithSecret(ca), "CN=a,O=Test"), Ir(TestClient.WithSecret(ca, "broken", "its very own"), "CN=b,O=Test"), Ir(TestClient.WithSecret(ca), "CN=c,O=Test")];

        var answer = (PkiBody.Nested)(await ca.SendAsync(Wrap(ra, inner), Cancel)).Body;

        Answers.CertificateOf(answer.Messages[0]);
        Answers.IsError(PkiFailureInfo.SystemFailure, answer.Messages[1]);
        CollectionAssert.AreEqual(inner[1].Header.TransactionId!.Value.ToArray(), answer.Messages[1].Header.TransactionId!.Value.ToArray());
        Answers.CertificateOf(answer.Messages[2]);
        Assert.AreEqual("2", await ca.CountAsync("select count(*) from certificate where type = 1 and username <> 'ra'", Cancel));
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from audit_record where details like '%CMP-X-18%'", Cancel));
    }

    /// <summary>A revocation that people have to agree to would hold back all the others.</summary>
    [TestMethod]
    public async Task What_people_have_to_agree_to_does_not_keep_the_rest_of_a_batch_waiting()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(ca.Admin, CmpCa.CaName, new() { Approvals = new() { Revocation = 1 } }, Cancel)).OrThrow();

        var answer = (PkiBody.Nested)(await ca.SendAsync(Wrap(ra, [device.Message(RevocationTests.Revocation(device.Certificate!)), Ir(TestClient.WithSecret(ca), "CN=a,O=Test")]), Cancel)).Body;

        Answers.IsError(PkiFailureInfo.BadRequest, answer.Messages[0]);
        Answers.CertificateOf(answer.Messages[1]);
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel));
    }

    [TestMethod]
    public async Task Two_messages_of_a_batch_have_two_nonces()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        PkiMessage one = Ir(TestClient.WithSecret(ca), "CN=a,O=Test");
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage two = client.Message(TestClient.Body(client.Request("CN=b,O=Test")), h => h with { SenderNonce = one.Header.SenderNonce });

        Answers.IsError(PkiFailureInfo.BadSenderNonce, await ca.SendAsync(Wrap(await Signers.RaAsync(ca, Cancel), [one, two]), Cancel));
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

    private static PkiMessage Ir(TestClient client, string subject) => client.Message(TestClient.Body(client.Request(subject)));

    private static PkiMessage Wrap(TestClient ra, PkiMessage[] inner, Func<PkiHeader, PkiHeader>? change = null)
    {
        ra.TransactionId = RandomNumberGenerator.GetBytes(16);
        return ra.Message(new PkiBody.Nested(inner), change);
    }

    private static Func<PkiHeader, PkiHeader> Copying(PkiMessage inner) =>
        header => header with { TransactionId = inner.Header.TransactionId, SenderNonce = inner.Header.SenderNonce };
}
