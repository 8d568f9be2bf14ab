using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Pki.Protocols.Trust;

namespace Ca.Core.Tests.Approvals;

/// <summary>Who decides, and what a decision does (APPROVALS §1, §4, §5).</summary>
[TestClass]
public sealed class DecisionTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_request_waits_is_approved_and_is_executed_once()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        Assert.AreEqual(id, await world.WaitsAsync(request, Cancel), "A second look opened a second request.");
        Assert.AreEqual("0", await world.Ca.ExecuteAsync("select count(*) from end_entity where username = 'router'", Cancel), "It left a trace before anybody agreed.");

        await world.ApproveAsync(id, Cancel);
        Issued issued = await world.IssuedAsync(request, Cancel);

        ApprovalView view = await world.ViewAsync(id, Cancel);
        Assert.AreEqual(ApprovalStatus.Executed, view.Status);
        Assert.AreEqual(Convert.ToHexStringLower(issued.Certificate.Sha1Fingerprint()), view.ConsumedBy);
        CollectionAssert.AreEqual((string[])["APPROVAL_ADD:1", "APPROVAL_APPROVE:1", "APPROVAL_EXECUTE:1"], (await world.EventsAsync(Cancel)).ToArray());
    }

    [TestMethod]
    public async Task The_audit_record_of_the_execution_names_who_agreed_and_what_for()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 2 });
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        await world.ApproveAsync(id, Cancel, world.Anna);
        await world.ApproveAsync(id, Cancel, world.Berit);
        await world.IssuedAsync(request, Cancel);
        Assert.AreEqual("CN=ra1|router|CN=anna; CN=berit", await world.Ca.ExecuteAsync(
            "select auth_token || '|' || search_detail2 || '|' || (details::jsonb ->> 'approvedBy') from audit_record where event = 'APPROVAL_EXECUTE'", Cancel));
        Assert.IsTrue((await world.Ca.Get<AuditLog>().VerifyAsync(Cancel)).All(chain => chain.Problem is null));
    }

    [TestMethod]
    public async Task Nobody_approves_twice_and_nobody_approves_what_he_asked_for()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 2 });
        Actor both = ApprovalWorld.Approver("CN=anna", [.. RoleTemplates.Rules("RAADMINISTRATOR", [], [])]);
        long id = await world.WaitsAsync(world.Enrol("router") with { Actor = both }, Cancel);
        Refusal own = Refused(await world.Desk.ApproveAsync(world.Anna, id, null, Cancel));
        Assert.AreEqual(RefusalCode.NotAuthorized, own.Code);
        Assert.AreEqual(RefusalCode.NotAuthorized, Refused(await world.Desk.RejectAsync(world.Anna, id, null, Cancel)).Code);

        await world.ApproveAsync(id, Cancel, world.Berit);
        Assert.AreEqual(RefusalCode.NotAuthorized, Refused(await world.Desk.ApproveAsync(world.Berit, id, null, Cancel)).Code);
        ApprovalView view = (await world.Desk.FindAsync(world.Berit, id, Cancel)).OrThrow().Request;
        Assert.AreEqual((ApprovalStatus.Waiting, 1), (view.Status, view.Given));
        CollectionAssert.AreEqual(
            (string[])["APPROVAL_ADD:1", "APPROVAL_APPROVE:2", "APPROVAL_REJECT:2", "APPROVAL_APPROVE:1", "APPROVAL_APPROVE:2"], (await world.EventsAsync(Cancel)).ToArray());
    }

    [TestMethod]
    public void A_renewed_certificate_of_the_same_person_is_the_same_person()
    {
        Actor before = With("CN=anna", "CN=Root", "01"), after = With("CN=anna", "CN=Root", "02");
        Assert.AreEqual(before.PersonKey, after.PersonKey);
        Assert.AreNotEqual(before.PersonKey, With("CN=anna", "CN=Other", "01").PersonKey);
        Assert.AreNotEqual(before.PersonKey, With("CN=berit", "CN=Root", "01").PersonKey);
        Assert.AreNotEqual(before.PersonKey, Actor.With("CN=anna", []).PersonKey, "A name without a certificate is not the holder of one.");
    }

    [TestMethod]
    public async Task Without_the_right_over_profile_and_CA_a_request_is_neither_seen_nor_decided()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);
        Actor elsewhere = Actor.With("CN=elsewhere", [new(AccessResources.ApproveEndEntity, AccessDecision.Accept), new("/endentityprofilesrules/77", AccessDecision.AcceptRecursive), new(AccessResources.AnyCa, AccessDecision.AcceptRecursive)]);
        Assert.AreEqual(RefusalCode.NotFound, Refused(await world.Desk.ApproveAsync(elsewhere, id, null, Cancel)).Code);
        Assert.AreEqual(0, (await world.Desk.ListAsync(elsewhere, new(), Cancel)).Total);
        Assert.IsTrue((await world.Desk.ListAsync(world.Ra, new(), Cancel)).Items.Single().IsOwn, "Who asked sees its own.");
        Assert.AreEqual(RefusalCode.NotAuthorized, Refused(await world.Desk.ApproveAsync(world.Ra, id, null, Cancel)).Code);
    }

    [TestMethod]
    public async Task Flaw_E12_an_RA_enrols_without_any_right_to_approve()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        Assert.IsFalse(world.Ra.May(AccessResources.ApproveEndEntity));
        Assert.IsFalse(world.Ra.May(AccessResources.ApproveCaAction));
        IssuanceRequest request = world.Enrol("router");
        await world.ApproveAsync(await world.WaitsAsync(request, Cancel), Cancel);
        await world.IssuedAsync(request, Cancel);
    }

    [TestMethod]
    public async Task The_higher_number_of_CA_and_certificate_profile_counts()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 2 });
        ProfileStore profiles = world.Ca.Get<ProfileStore>();
        (await profiles.SetAsync(world.Ca.Admin, "three", new CertificateProfile { Approvals = new() { AddEditEndEntity = 3 } }, Cancel)).OrThrow();
        (await profiles.SetAsync(world.Ca.Admin, "one", new CertificateProfile { Approvals = new() { AddEditEndEntity = 1 } }, Cancel)).OrThrow();
        Assert.AreEqual(3, (await world.ViewAsync(await world.WaitsAsync(world.Enrol("a") with { CertificateProfile = "three" }, Cancel), Cancel)).Required);
        Assert.AreEqual(2, (await world.ViewAsync(await world.WaitsAsync(world.Enrol("b") with { CertificateProfile = "one" }, Cancel), Cancel)).Required);

        await world.DemandAsync(new(), Cancel);
        await world.IssuedAsync(world.Enrol("c"), Cancel);
        Assert.AreEqual(1, (await world.ViewAsync(await world.WaitsAsync(world.Enrol("d") with { CertificateProfile = "one" }, Cancel), Cancel)).Required);
    }

    [TestMethod]
    public async Task More_than_five_approvals_are_no_setting()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        Outcome<CertificateProfile> six = await world.Ca.Get<ProfileStore>().SetCertificateProfileAsync(world.Ca.Admin, "six", """{"approvals": {"revocation": 6}}""", Cancel);
        Assert.AreEqual(RefusalCode.PolicyViolation, Refused(six).Code);
    }

    [TestMethod]
    public async Task What_is_decided_is_decided()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);
        await world.ApproveAsync(id, Cancel);
        Refusal late = Refused(await world.Desk.RejectAsync(world.Berit, id, null, Cancel));
        Assert.AreEqual(RefusalCode.Conflict, late.Code);
        StringAssert.Contains(late.Detail, "CN=anna", StringComparison.Ordinal);
        Assert.AreEqual(RefusalCode.NotFound, Refused(await world.Desk.ApproveAsync(world.Anna, 4711, null, Cancel)).Code);
    }

    [TestMethod]
    public async Task An_approval_given_by_mistake_is_taken_back_even_when_a_plan_holds_it()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        await world.ApproveAsync(id, Cancel);
        var work = new CaWork(world.Message());
        (await world.Ca.Issuer.IssueAsync(request, work, Cancel)).OrThrow();
        (await world.Desk.WithdrawAsync(world.Berit, id, Cancel)).OrThrow();

        await Assert.ThrowsExactlyAsync<ConcurrentChangeException>(() => world.Ca.Ledger.CommitAsync(work, Cancel));
        Assert.IsNull((await world.LookAsync(request, Cancel)).Issued);
        Assert.AreEqual(RefusalCode.Rejected, (await world.RefusedAsync(request, Cancel)).Code);
        Assert.AreEqual("0", await world.Ca.ExecuteAsync("select count(*) from certificate where username = 'router'", Cancel));
        Assert.AreEqual(RefusalCode.Conflict, Refused(await world.Desk.WithdrawAsync(world.Berit, id, Cancel)).Code);
    }

    [TestMethod]
    public async Task What_was_changed_in_the_database_cannot_be_approved()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);
        await world.Ca.ExecuteAsync("update approval set facts = replace(facts, 'CN=router', 'CN=harmless')", Cancel);
        Assert.AreEqual(RefusalCode.InternalFailure, Refused(await world.Desk.ApproveAsync(world.Anna, id, null, Cancel)).Code);
        Assert.IsNotNull((await world.Desk.FindAsync(world.Anna, id, Cancel)).OrThrow().Obstacle);
    }

    [TestMethod]
    public async Task Bypassing_asks_nobody_and_is_audited_each_time()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        await world.IssuedAsync(world.Enrol("router"), Cancel, world.Message() with { Approvals = ApprovalMode.Bypass });
        Assert.AreEqual(0, await world.RowsAsync(Cancel));
        CollectionAssert.AreEqual((string[])["APPROVAL_BYPASS:1"], (await world.EventsAsync(Cancel)).ToArray());
    }

    internal static Refusal Refused<T>(Outcome<T> outcome)
        where T : class => outcome.Succeeded(out _, out Refusal? refusal) ? throw new AssertFailedException("It was done.") : refusal;

    private static Actor With(string name, string issuer, string serial) => new(name, [], []) { Certificate = new(issuer, serial) };
}
