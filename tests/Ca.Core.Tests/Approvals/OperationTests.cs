using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Recovery;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Approvals;

/// <summary>Everything that people may have to agree to: waits, is done once, and leaves no trace before.</summary>
[TestClass]
public sealed class OperationTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(RevocationScope.Certificate)]
    [DataRow(RevocationScope.AllCertificates)]
    [DataRow(RevocationScope.User)]
    public async Task A_revocation_waits_and_is_done_when_people_agreed(RevocationScope scope)
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { Revocation = 1 });
        Issued issued = await world.IssuedAsync(world.Enrol("router"), Cancel);
        var asked = new RequestedRevocation { Actor = world.Ra, IssuerDn = issued.Certificate.Issuer.ToString(), Serial = issued.Certificate.Serial.ToString(), Username = "router", Reason = RevocationReason.KeyCompromise, Scope = scope };
        Task<Outcome<Revocation[]>> RevokeAsync(RequestedRevocation order) => DoAsync(world, work => world.Ca.Get<Revoker>().RevokeRequestedAsync(order, work, Cancel));
        ApprovalPendingException pending = await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => RevokeAsync(asked));
        Assert.AreEqual("20", await StatusAsync(world));
        await world.ApproveAsync(pending.Id, Cancel);

        await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => RevokeAsync(asked with { Reason = RevocationReason.CertificateHold }), "Another reason is another request.");
        (await RevokeAsync(asked)).OrThrow();

        Assert.AreEqual("40", await StatusAsync(world));
        Assert.AreEqual(ApprovalStatus.Executed, (await world.ViewAsync(pending.Id, Cancel)).Status);
    }

    [TestMethod]
    public async Task A_key_is_handed_out_after_people_agreed_and_once()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { KeyRecovery = 1 }, o => o.KeyRecovery = true);
        Issued issued = await KeptAsync(world);
        var order = new RecoveryOrder { Actor = world.Ca.Admin, Username = "person", IssuerDn = issued.Certificate.Issuer.ToString(), Serial = issued.Certificate.Serial.ToString() };
        Task<Outcome<KeyStore>> RecoverAsync() => DoAsync(world, work => world.Ca.Get<KeyEscrow>().RecoverAsync(order, work, Cancel));
        ApprovalPendingException pending = await Assert.ThrowsExactlyAsync<ApprovalPendingException>(RecoverAsync);
        await world.ApproveAsync(pending.Id, Cancel);
        using KeyStore first = (await RecoverAsync()).OrThrow();
        Assert.IsTrue(first.Certificate.PublicKey.SameKeyAs(issued.Certificate.PublicKey));
        Assert.AreNotEqual(pending.Id, (await Assert.ThrowsExactlyAsync<ApprovalPendingException>(RecoverAsync)).Id, "One approval handed out the key twice.");
    }

    [TestMethod]
    public async Task A_new_secret_and_a_new_status_need_people_and_normal_changes_do_not()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new());
        await world.IssuedAsync(world.Enrol("router"), Cancel);
        await world.DemandAsync(new() { AddEditEndEntity = 1 }, Cancel);
        EndEntityStore users = world.Ca.Get<EndEntityStore>();
        using Secret secret = Secret.FromText("a long secret of the router");
        ApprovalPendingException password = await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => users.SetSecretAsync(world.Ra, "router", secret, Cancel));
        ApprovalDetail detail = (await world.Desk.FindAsync(world.Anna, password.Id, Cancel)).OrThrow();
        Assert.DoesNotContain("a long secret", await world.Ca.ExecuteAsync("select string_agg(a::text, ' ') from approval a", Cancel));
        Assert.AreEqual("set", detail.Facts.Single(f => f.Name == "password").Value);
        await world.ApproveAsync(password.Id, Cancel);
        (await users.SetSecretAsync(world.Ra, "router", secret, Cancel)).OrThrow();

        ApprovalPendingException status = await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => users.SetStatusAsync(world.Ra, "router", EndEntityStatus.New, Cancel));
        await world.ApproveAsync(status.Id, Cancel);
        (await users.SetStatusAsync(world.Ra, "router", EndEntityStatus.New, Cancel)).OrThrow();
        (await users.SetStatusAsync(world.Ra, "router", EndEntityStatus.InProcess, Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task Who_enrols_with_its_own_secret_was_approved_when_it_was_registered()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 1 });
        using Secret secret = Secret.FromText("a long secret of the router");
        var data = new EndEntityData { Username = "router", SubjectDn = "CN=router,O=Test", CaName = TestCa.RootName, Secret = secret };
        Task<Outcome<EndEntityView>> AddAsync() => world.Ca.Get<EndEntityStore>().SetAsync(world.Ra, data, Cancel);
        await world.ApproveAsync((await Assert.ThrowsExactlyAsync<ApprovalPendingException>(AddAsync)).Id, Cancel);
        (await AddAsync()).OrThrow();

        IssuanceRequest foreign = world.Enrol("router") with { CreateOrEditUser = false };
        await world.WaitsAsync(foreign, Cancel); // on the RA's word alone: an RA that may edit could put its own key there (FLAWS E11)
        await world.RejectAsync((await world.Desk.ListAsync(world.Anna, new(), Cancel)).Items.Single().Id, Cancel);
        await world.IssuedAsync(world.Enrol("router") with { CreateOrEditUser = false, Secret = secret }, Cancel);
    }

    [TestMethod]
    public async Task A_key_that_is_made_here_is_approved_by_its_kind_and_made_after_the_approval()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 1 });
        IssuanceRequest request = world.Enrol("person") with { Request = RequestedKey.MadeHere };
        Task<Outcome<KeyStore>> MakeAsync(string kind) => DoAsync(world, work => world.Ca.Get<ServerKeyIssuer>().IssueAsync(request, kind, work, Cancel));
        ApprovalPendingException pending = await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => MakeAsync("P-256"));
        Assert.AreEqual(pending.Id, (await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => MakeAsync("P-256"))).Id);
        await world.ApproveAsync(pending.Id, Cancel);
        Assert.AreEqual(RefusalCode.Conflict, DecisionTests.Refused(await MakeAsync("P-384")).Code, "Another kind of key is another request.");
        using KeyStore made = (await MakeAsync("P-256")).OrThrow();
    }

    [TestMethod]
    public async Task What_fails_after_the_approval_is_shown_and_remembered_thirty_minutes()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 1 });
        IssuanceRequest request = world.Enrol("router");
        WorkOrigin message = world.Message();
        long id = await world.WaitsAsync(request, Cancel, message);
        await world.ApproveAsync(id, Cancel);
        var failed = new CaWork();
        world.Ca.Get<ApprovalGate>().Fail(failed, message.Message!.Key.UniqueId, 0, new(RefusalCode.Conflict, "the subject was taken meanwhile")); // as the worker does with its refusal
        await world.Ca.Ledger.CommitAsync(failed, Cancel);

        ApprovalView view = await world.ViewAsync(id, Cancel);
        Assert.AreEqual(ApprovalStatus.ExecutionFailed, view.Status);
        StringAssert.Contains(view.Result, "taken meanwhile", StringComparison.Ordinal);
        world.Ca.Clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        Assert.AreEqual(RefusalCode.PolicyViolation, (await world.RefusedAsync(request, Cancel)).Code);
        world.Ca.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.WaitsAsync(request, Cancel);
    }

    [TestMethod]
    public async Task A_requester_that_lost_its_rights_gets_nothing_for_its_approval()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 1 });
        IssuanceRequest request = world.Enrol("router");
        await world.ApproveAsync(await world.WaitsAsync(request, Cancel), Cancel);
        Actor demoted = Actor.With(world.Ra.Name, []);
        Assert.AreEqual(RefusalCode.NotAuthorized, (await world.RefusedAsync(request with { Actor = demoted }, Cancel)).Code);
    }

    private async Task<Outcome<T>> DoAsync<T>(ApprovalWorld world, Func<CaWork, Task<Outcome<T>>> operation)
        where T : class
    {
        var work = new CaWork(world.Message());
        Outcome<T> outcome = await operation(work);
        if (outcome.Succeeded(out _, out _))
        {
            await world.Ca.Ledger.CommitAsync(work, Cancel);
        }

        return outcome;
    }

    private async Task<Issued> KeptAsync(ApprovalWorld world)
    {
        ProfileStore profiles = world.Ca.Get<ProfileStore>();
        EndEntityProfile empty = (await profiles.ListEndEntityProfilesAsync(Cancel)).First(p => p.Name == "EMPTY");
        (await profiles.SetAsync(world.Ca.Admin, "kept", empty with { KeyRecoverable = true }, Cancel)).OrThrow();
        IssuanceRequest request = world.Enrol("person") with { Actor = world.Ca.Admin, EndEntityProfile = "kept", Request = RequestedKey.MadeHere, KeyRecoverable = true };
        using KeyStore made = (await DoAsync(world, work => world.Ca.Get<ServerKeyIssuer>().IssueAsync(request, "P-256", work, Cancel))).OrThrow();
        return new(made.Certificate, made.Chain);
    }

    private Task<string> StatusAsync(ApprovalWorld world) => world.Ca.ExecuteAsync("select status from certificate where username = 'router'", Cancel);
}
