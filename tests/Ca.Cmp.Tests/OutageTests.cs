using Ca.Core;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Keys;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>A CA or a token that is away until an operator acts (CMP-X-17): clients are told, and nothing is lost or done by halves.</summary>
[TestClass]
public sealed class OutageTests
{
    private static readonly Actor Anna = Actor.With("CN=anna",
    [
        new(AccessResources.Administrator, AccessDecision.Accept),
        new(AccessResources.ApproveEndEntity, AccessDecision.Accept),
        new("/endentityprofilesrules", AccessDecision.AcceptRecursive),
        new(AccessResources.AnyCa, AccessDecision.AcceptRecursive),
    ]);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task X17_A_CA_that_is_off_line_says_so_in_words_that_the_client_believes()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        TestClient client = TestClient.WithSecret(ca);
        await SetOfflineAsync(ca, offline: true);

        PkiMessage maced = await client.IrAsync("CN=user1,O=Test", Cancel);
        PkiMessage signed = await ra.IrAsync("CN=user2,O=Test", Cancel);

        Answers.IsError(PkiFailureInfo.SystemUnavail, maced);
        Assert.IsTrue(client.Believes(maced));
        Answers.IsError(PkiFailureInfo.SystemUnavail, signed);
        Assert.IsNull(MessageProtection.ObjectionTo(signed, (await ca.Get<CertificateAuthorities>().FindAsync(CmpCa.CaName, Cancel))!.Certificate.PublicKey, CmpAlgorithmPolicy.Default));
        Assert.AreEqual("0\t0\t1", await ca.CountAsync("select (select count(*) from cmp_transaction), (select count(*) from issuance_plan), (select count(*) from certificate where type = 1)", Cancel), "only that of the RA");
        Assert.AreEqual("2", await ca.CountAsync("select count(*) from audit_record where details like '%CMP-X-17%'", Cancel));
        await SetOfflineAsync(ca, offline: false);
        Answers.CertificateOf(await TestClient.WithSecret(ca).IrAsync("CN=user1,O=Test", Cancel));
    }

    [TestMethod]
    public async Task X17_Without_the_token_nobody_could_believe_an_answer_so_messages_wait()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage[] messages = [client.Message(TestClient.Body(client.Request("CN=user1,O=Test"))), ra.Message(TestClient.Body(ra.Request("CN=user2,O=Test")))];
        await DeactivateAsync(ca);

        foreach (PkiMessage message in messages)
        {
            await Assert.ThrowsExactlyAsync<TokenOfflineException>(() => ca.SendAsync(message, Cancel));
        }

        await ca.ActivateAsync(Cancel);
        foreach (PkiMessage message in messages)
        {
            Answers.CertificateOf(await ca.SendAsync(message, Cancel));
        }
    }

    [TestMethod]
    public async Task X17_An_alias_that_may_answer_unprotected_says_at_once_that_the_token_is_away()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { UnprotectedErrors = true });
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=user1,O=Test", Cancel));
        await DeactivateAsync(ca);

        PkiMessage answer = await TestClient.WithSecret(ca).IrAsync("CN=user2,O=Test", Cancel);

        Answers.IsError(PkiFailureInfo.SystemUnavail, answer);
        Assert.IsNull(answer.Protection);
        await Assert.ThrowsExactlyAsync<TokenOfflineException>(() => client.ConfirmAsync(issued, Cancel), "an error would cost the certificate");
        await ca.ActivateAsync(Cancel);
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
    }

    [TestMethod]
    public async Task X17_What_people_have_agreed_to_goes_on_waiting()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(ca.Admin, CmpCa.CaName, new() { Approvals = new() { AddEditEndEntity = 1 } }, Cancel)).OrThrow();
        TestClient client = TestClient.WithSecret(ca);
        await client.IrAsync("CN=user1,O=Test", Cancel);
        (await ca.Get<ApprovalDesk>().ApproveAsync(Anna, long.Parse(await ca.CountAsync("select id from approval", Cancel), null), "ok", Cancel)).OrThrow();
        await SetOfflineAsync(ca, offline: true);

        Assert.IsInstanceOfType<PkiBody.PollResponses>((await client.SendAsync(new PkiBody.PollRequests([new(0)]), Cancel)).Body);

        await SetOfflineAsync(ca, offline: false);
        Answers.CertificateOf(await client.SendAsync(new PkiBody.PollRequests([new(0)]), Cancel));
    }

    private async Task SetOfflineAsync(CmpCa ca, bool offline) =>
        (await ca.Get<CertificateAuthorities>().SetOfflineAsync(ca.Admin, CmpCa.CaName, offline, Cancel)).OrThrow();

    private async Task DeactivateAsync(CmpCa ca) => (await ca.Get<CryptoTokens>().DeactivateAsync(ca.Admin, "keys", Cancel)).OrThrow();
}
