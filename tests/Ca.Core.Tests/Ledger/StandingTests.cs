using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Ledger;

/// <summary>What is done in somebody's name is committed only while his certificate is in force (APPROVALS §4 rule 3), whatever anybody remembers of it.</summary>
[TestClass]
public sealed class StandingTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task After_a_revocation_nothing_is_committed_in_its_name_though_the_register_still_believes_it()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (Actor actor, Certificate certificate) = await IdentifiedAsync(ca, "ra");
        await ca.Ledger.CommitAsync(Work(actor, "before"), Cancel);
        await RevokeAsync(ca, certificate);
        Assert.IsTrue((await ca.Get<AdministratorRegister>().IdentifyAsync(certificate, TestCa.RootName, Cancel)).Succeeded(out _, out _), "It was looked up this very second.");

        await Assert.ThrowsExactlyAsync<SignerNotInForceException>(() => ca.Ledger.CommitAsync(Work(actor, "after"), Cancel));
        IssuanceRequest request = ca.Request("router") with { Actor = actor };
        var work = new CaWork();
        (await ca.Issuer.IssueAsync(request, work, Cancel)).OrThrow();
        await Assert.ThrowsExactlyAsync<SignerNotInForceException>(() => ca.Ledger.CommitAsync(work, Cancel));
        Assert.AreEqual("before 0", await ca.ExecuteAsync(
            "select string_agg(search_detail1, ' ') || ' ' || (select count(*) from certificate where username = 'router') from audit_record where event = 'TEST'", Cancel));
    }

    [TestMethod]
    public async Task After_its_end_nothing_is_committed_in_its_name()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (Actor actor, Certificate certificate) = await IdentifiedAsync(ca, "ra");
        ca.Clock.Advance(certificate.NotAfter - ca.Clock.GetUtcNow());
        await ca.Ledger.CommitAsync(Work(actor, "in its last second"), Cancel);
        ca.Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsExactlyAsync<SignerNotInForceException>(() => ca.Ledger.CommitAsync(Work(actor, "after"), Cancel));
    }

    [TestMethod]
    public async Task Those_who_share_a_commit_with_a_revoked_one_lose_nothing()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (Actor good, _) = await IdentifiedAsync(ca, "good");
        (Actor bad, Certificate certificate) = await IdentifiedAsync(ca, "bad");
        await RevokeAsync(ca, certificate);
        Task[] all = [.. Enumerable.Range(0, 40).Select(i => ca.Ledger.CommitAsync(Work(i % 4 == 0 ? bad : good, $"{i}"), Cancel))];
        await Task.WhenAll(all).ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.AreEqual(10, all.Count(one => one.IsFaulted));
        Assert.AreEqual("30", await ca.ExecuteAsync("select count(*) from audit_record where event = 'TEST'", Cancel));
        Assert.IsTrue((await ca.Get<AuditLog>().VerifyAsync(Cancel)).All(chain => chain.Problem is null));
    }

    [TestMethod]
    public async Task A_revocation_too_is_not_committed_in_the_name_of_a_revoked_one()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (Actor actor, Certificate certificate) = await IdentifiedAsync(ca, "ra");
        (_, Certificate victim) = await IdentifiedAsync(ca, "victim");
        CaWork staged = await StageAsync(ca, actor, victim);
        await RevokeAsync(ca, certificate);

        await Assert.ThrowsExactlyAsync<SignerNotInForceException>(() => ca.Ledger.CommitAsync(staged, Cancel));

        Assert.AreEqual("20", await ca.ExecuteAsync("select status from certificate where username = 'victim'", Cancel));
    }

    [TestMethod]
    public async Task Whoever_revokes_his_own_certificate_is_in_force_until_then()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (Actor actor, Certificate certificate) = await IdentifiedAsync(ca, "ra");

        await ca.Ledger.CommitAsync(await StageAsync(ca, actor, certificate), Cancel);

        Assert.AreEqual("40", await ca.ExecuteAsync("select status from certificate where username = 'ra'", Cancel));
    }

    [TestMethod]
    public async Task A_step_that_was_dropped_needs_nobody_to_be_in_force()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (Actor good, _) = await IdentifiedAsync(ca, "good");
        (Actor bad, Certificate certificate) = await IdentifiedAsync(ca, "bad");
        CaWork work = Work(good, "kept");
        await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => work.AttemptAsync<int>(() =>
        {
            work.ActFor(bad);
            throw new InvalidOperationException();
        }));
        await RevokeAsync(ca, certificate);

        await ca.Ledger.CommitAsync(work, Cancel);

        Assert.AreEqual("kept", await ca.ExecuteAsync("select search_detail1 from audit_record where event = 'TEST'", Cancel));
    }

    private static CaWork Work(Actor actor, string what)
    {
        var work = new CaWork();
        work.ActFor(actor);
        work.Audit(new AuditEntry("TEST", AuditStatus.Success, actor.Name) { SearchDetail1 = what });
        return work;
    }

    private async Task<(Actor Actor, Certificate Certificate)> IdentifiedAsync(TestCa ca, string name)
    {
        KeyStore store = (await ca.Get<KeyStoreIssuer>().IssueAsync(
            new() { Actor = ca.Admin, Username = name, SubjectDn = $"CN={name},O=Test", CaName = TestCa.RootName, CertificateProfile = "ENDUSER", KeySpec = "P-256" }, Cancel)).OrThrow();
        RoleStore roles = ca.Get<RoleStore>();
        (await roles.CreateAsync(ca.Admin, name, [new("/", AccessDecision.AcceptRecursive)], Cancel)).OrThrow();
        (await roles.AddMemberAsync(ca.Admin, name, TestCa.RootName, MatchWith.CommonName, name, Cancel)).OrThrow();
        return ((await ca.Get<AdministratorRegister>().IdentifyAsync(store.Certificate, TestCa.RootName, Cancel)).OrThrow(), store.Certificate);
    }

    private async Task RevokeAsync(TestCa ca, Certificate certificate) => await ca.Ledger.CommitAsync(await StageAsync(ca, ca.Admin, certificate), Cancel);

    private async Task<CaWork> StageAsync(TestCa ca, Actor actor, Certificate certificate)
    {
        var work = new CaWork();
        (await ca.Get<Revoker>().RevokeAsync(
            new() { Actor = actor, CaName = TestCa.RootName, Serial = certificate.Serial.ToString(), Reason = RevocationReason.KeyCompromise }, work, Cancel)).OrThrow();
        return work;
    }
}
