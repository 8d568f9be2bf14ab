using Ca.Core.EndEntities;
using Ca.Core.Roles;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;

namespace CaServiceWorker.Tests.Requests;

/// <summary>EditUserRequest: what it does and each line of SEMANTICS.md 4.6.</summary>
[TestClass]
public sealed class EditUserTests
{
    private static readonly Actor Admin = Actor.Internal("test");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task An_end_entity_is_added_and_may_enrol_with_its_secret(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Response response = await system.AskAsync(mode, Edit("jdoe"), Cancel);

        Assert.IsInstanceOfType<ExtRAResponse>(response);
        Assert.IsTrue(response.Success, response.FailInfo);
        EndEntityView user = await FindAsync(system);
        Assert.AreEqual(EndEntityStatus.New, user.Status);
        Assert.AreEqual("CN=jdoe,O=Test", user.SubjectDn);
        Assert.IsTrue(user.HasSecret);
    }

    [TestMethod]
    public async Task An_encrypted_request_without_a_signature_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Response response = await system.AskAsync(LinkMode.Encrypted, Edit("jdoe"), Cancel);
        Assert.AreEqual(RefusalCode.DecryptionFailed, response.Reason);
    }

    [TestMethod]
    [DataRow(EndEntityStatus.New)]
    [DataRow(EndEntityStatus.InProcess)]
    [DataRow(EndEntityStatus.Generated)]
    public async Task Flaw_E4_Whatever_its_status_an_end_entity_becomes_what_the_request_says(EndEntityStatus before)
    {
        await using TestSystem system = await StartAsync();
        await system.AskAsync(Edit("jdoe"), Cancel);
        (await system.Get<EndEntityStore>().SetStatusAsync(Admin, "jdoe", before, Cancel)).OrThrow();

        Response response = await system.AskAsync(
            Edit("jdoe") with { SubjectDn = "CN=Jane,O=Test", Email = "jane@test.example", Password = null, Status = 40, TokenName = "p12" }, Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        EndEntityView user = await FindAsync(system);
        Assert.AreEqual("CN=Jane,O=Test", user.SubjectDn);
        Assert.AreEqual("jane@test.example", user.Email);
        Assert.AreEqual(EndEntityStatus.Generated, user.Status);
        Assert.IsTrue(user.HasSecret, "without a new password the old one stays");
        Assert.AreEqual("2", await system.CountAsync("select token_type from end_entity where username = 'jdoe'", Cancel));
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E6_A_refused_edit_changes_nothing(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        await system.AskAsync(Edit("jdoe") with { Status = 40 }, Cancel);
        string before = await system.StateAsync(Cancel);

        foreach ((RefusalCode code, EditUserRequest request) in Wrong())
        {
            await system.RefusedAsync<ExtRAResponse>(code, request, Cancel);
        }

        Assert.AreEqual(before, await system.StateAsync(Cancel));
    }

    [TestMethod]
    public async Task Flaw_E5_A_revoked_end_entity_stays_revoked_unless_asked_for_with_the_right()
    {
        await using TestSystem system = await StartAsync();
        await system.AskAsync(Edit("jdoe"), Cancel);
        (await system.Get<EndEntityStore>().SetStatusAsync(Admin, "jdoe", EndEntityStatus.Revoked, Cancel)).OrThrow();

        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Revoked, Edit("jdoe"), Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotAuthorized, Edit("jdoe") with { ReactivateUser = true }, Cancel);
        await AllowAsync(system, AccessResources.ReactivateEndEntity, "/endentityprofilesrules/1/reactivate_end_entity");
        Assert.IsTrue((await system.AskAsync(Edit("jdoe") with { ReactivateUser = true }, Cancel)).Success);
        Assert.AreEqual(EndEntityStatus.New, (await FindAsync(system)).Status);
    }

    [TestMethod]
    public async Task An_end_entity_of_a_CA_that_the_RA_may_not_use_is_not_taken_over()
    {
        await using TestSystem system = await StartAsync();
        EndEntityData theirs = new() { Username = "jdoe", SubjectDn = "CN=jdoe", CaName = "ManagementCA" };
        (await system.Get<EndEntityStore>().SetAsync(Admin, theirs, Cancel)).OrThrow();

        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotAuthorized, Edit("jdoe"), Cancel);
        await system.RefusedAsync<PKCS10Response>(RefusalCode.NotAuthorized, TestSystem.Enrol("jdoe"), Cancel);
    }

    [TestMethod]
    public async Task The_password_is_neither_in_the_database_nor_in_what_the_request_prints()
    {
        await using TestSystem system = await StartAsync();
        EditUserRequest request = Edit("jdoe");
        Assert.IsTrue((await system.AskAsync(request, Cancel)).Success);

        Assert.DoesNotContain("a long enough secret", request.ToString());
        Assert.AreEqual("0", await system.CountAsync(
            "select (select count(*) from end_entity e where e::text like '%a long enough secret%') + (select count(*) from audit_record a where a::text like '%a long enough secret%')", Cancel));
    }

    internal static EditUserRequest Edit(string name) => new()
    {
        RequestId = 4711,
        Username = name,
        SubjectDn = $"CN={name},O=Test",
        CaName = "IssuingCA",
        EndEntityProfileName = "EMPTY",
        CertificateProfileName = "ENDUSER",
        Password = Secret.FromText("a long enough secret"),
    };

    /// <summary>Adds rules to the role of the RA; a worker that is started anew knows them at once.</summary>
    internal static async Task AllowAsync(TestSystem system, params string[] resources)
    {
        foreach (string resource in resources)
        {
            (await system.Get<RoleStore>().AddRuleAsync(Admin, "RA", new(resource, AccessDecision.Accept), CancellationToken.None)).OrThrow();
        }

        await system.StopWorkersAsync();
        await system.StartWorkerAsync(CancellationToken.None);
    }

    private static IEnumerable<(RefusalCode Code, EditUserRequest Request)> Wrong()
    {
        EditUserRequest good = Edit("jdoe") with { SubjectDn = "CN=other,O=Test" };
        yield return (RefusalCode.NotFound, good with { CaName = "NoSuchCA" });
        yield return (RefusalCode.NotFound, good with { EndEntityProfileName = "NOBODY" });
        yield return (RefusalCode.NotFound, good with { CertificateProfileName = "NOTHING" });
        yield return (RefusalCode.NotFound, good with { TokenName = "SmartCard 2000" });
        yield return (RefusalCode.NotAuthorized, good with { CaName = "ManagementCA" });
        yield return (RefusalCode.PolicyViolation, good with { CertificateProfileName = "ROOTCA" });
        yield return (RefusalCode.PolicyViolation, good with { SubjectDn = "O=no common name" });
        yield return (RefusalCode.PolicyViolation, good with { Email = "nobody" });
        yield return (RefusalCode.PolicyViolation, good with { Password = Secret.FromText("foo123") });
        yield return (RefusalCode.PolicyViolation, good with { Type = 0x41 });
        yield return (RefusalCode.PolicyViolation, good with { Type = 0x80 });
        yield return (RefusalCode.PolicyViolation, good with { Type = 0x101 });
        yield return (RefusalCode.PolicyViolation, good with { Status = 50 });
        yield return (RefusalCode.PolicyViolation, good with { Status = 60 });
        yield return (RefusalCode.PolicyViolation, good with { Status = 12345 });
        yield return (RefusalCode.Malformed, good with { Username = "j\0doe" });
    }

    private async Task<EndEntityView> FindAsync(TestSystem system) => (await system.Get<EndEntityStore>().FindAsync("jdoe", Cancel))!;

    private async Task<TestSystem> StartAsync(LinkMode mode = LinkMode.Both)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        await system.StartWorkerAsync(Cancel);
        return system;
    }
}
