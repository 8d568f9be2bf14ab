using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.EndEntities;

/// <summary>CA_CORE §7: the life of an end entity under an administrator's hands.</summary>
[TestClass]
public sealed class EndEntityStoreTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Whatever_it_was_an_end_entity_that_is_set_is_NEW_with_full_counters()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        EndEntityStore users = ca.Get<EndEntityStore>();
        (await ca.IssueAsync(ca.Request("user"), Cancel)).OrThrow();

        EndEntityView edited = (await users.SetAsync(ca.Admin, Data("user") with { Email = "a@b.example" }, Cancel)).OrThrow();

        Assert.AreEqual(EndEntityStatus.New, edited.Status);
        Assert.AreEqual(1, edited.RequestsLeft);
        Assert.AreEqual("a@b.example", (await users.FindAsync("user", Cancel))!.Email);
        Assert.HasCount(1, await users.ListAsync("use", EndEntityStatus.New, 10, Cancel));
        Assert.HasCount(0, await users.ListAsync(null, EndEntityStatus.Revoked, 10, Cancel));
    }

    [TestMethod]
    public async Task NEW_from_another_status_restores_the_counters_and_a_secret_lets_it_enrol_again()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        EndEntityStore users = ca.Get<EndEntityStore>();
        using Secret secret = Secret.FromText("second secret");
        (await ca.IssueAsync(ca.Request("user"), Cancel)).OrThrow();

        Assert.AreEqual(1, (await users.SetStatusAsync(ca.Admin, "user", EndEntityStatus.New, Cancel)).OrThrow().RequestsLeft);
        Assert.IsTrue((await users.SetSecretAsync(ca.Admin, "user", secret, Cancel)).OrThrow().HasSecret);
        (await ca.IssueAsync(ca.Request("user") with { CreateOrEditUser = false, Secret = secret, SubjectDn = null }, Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task Rights_are_those_of_the_end_entitys_profile_and_CA()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        EndEntityStore users = ca.Get<EndEntityStore>();
        var ra = Actor.With("ra", RoleTemplates.Rules("RAADMINISTRATOR", [], [1]));
        var stranger = Actor.With("stranger", RoleTemplates.Rules("RAADMINISTRATOR", [], [4711]));
        var elsewhere = Actor.With("elsewhere", RoleTemplates.Rules("RAADMINISTRATOR", [4711], [1]));
        (await users.SetAsync(ra, Data("user"), Cancel)).OrThrow();

        Refused(RefusalCode.NotAuthorized, "edit_end_entity", await users.SetAsync(stranger, Data("user"), Cancel));
        Refused(RefusalCode.NotAuthorized, "create_end_entity", await users.SetAsync(elsewhere, Data("other"), Cancel));
        Refused(RefusalCode.NotAuthorized, "edit_end_entity", await users.SetStatusAsync(stranger, "user", EndEntityStatus.Failed, Cancel));
        Refused(RefusalCode.NotAuthorized, "delete_end_entity", await users.DeleteAsync(stranger, "user", Cancel));
        (await users.DeleteAsync(ra, "user", Cancel)).OrThrow();
        Assert.IsNull(await users.FindAsync("user", Cancel));
    }

    [TestMethod]
    public async Task Flaw_E5_a_revoked_end_entity_is_not_edited_back_to_life()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        EndEntityStore users = ca.Get<EndEntityStore>();
        (await users.SetAsync(ca.Admin, Data("user"), Cancel)).OrThrow();
        (await users.SetStatusAsync(ca.Admin, "user", EndEntityStatus.Revoked, Cancel)).OrThrow();

        Refused(RefusalCode.Revoked, "revoked", await users.SetAsync(ca.Admin, Data("user"), Cancel));
        (await users.SetAsync(ca.Admin, Data("user"), reactivate: true, new(), Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task Certificates_stay_when_their_user_is_deleted()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.IssueAsync(ca.Request("user"), Cancel)).OrThrow();
        (await ca.Get<EndEntityStore>().DeleteAsync(ca.Admin, "user", Cancel)).OrThrow();
        Assert.HasCount(1, await ca.Get<Ca.Core.Certificates.CertificateStore>().ListAsync(new() { Username = "user" }, Cancel));
    }

    [TestMethod]
    [DataRow(6, true)]
    [DataRow(1, true)]
    [DataRow(-1, false)]
    public async Task A_certificate_may_be_born_on_hold_or_revoked(int reason, bool revoked)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.Get<Ca.Core.Profiles.ProfileStore>().SetAsync(ca.Admin, "HOLD", Ca.Core.Profiles.FixedProfiles.Empty with { IssuanceRevocationReason = new() { Use = true, Value = "-1" } }, Cancel)).OrThrow();
        using Secret secret = Secret.FromText("a secret");
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, Data("user") with { EndEntityProfile = "HOLD", Secret = secret, IssuanceRevocationReason = reason }, Cancel)).OrThrow();

        Issued issued = (await ca.IssueAsync(ca.Request("user") with { CreateOrEditUser = false, Secret = secret, SubjectDn = null, EndEntityProfile = null }, Cancel)).OrThrow();

        Ca.Core.Certificates.CertificateView view = (await ca.Get<Ca.Core.Certificates.CertificateStore>().FindAsync(TestCa.RootName, issued.Certificate.Serial.ToString(), Cancel))!;
        Assert.AreEqual(revoked ? (RevocationReason)reason : null, view.Reason);
    }

    private static EndEntityData Data(string username) => new() { Username = username, SubjectDn = $"CN={username},O=Test", CaName = TestCa.RootName };
}
