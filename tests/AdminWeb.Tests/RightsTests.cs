using System.Net;
using Ca.Core.Authorities;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Tests;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>What an administrator with few rights sees: that much, no row and no count more.</summary>
[TestClass]
[NeedsTool("postgres")]
public sealed class RightsTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Who_has_no_right_but_to_sign_in_finds_empty_rooms_and_closed_doors()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.Role("Guests", [new(AccessResources.Administrator, AccessDecision.Accept)], "guest", Cancel);
        using Browser guest = await web.AsAsync("guest", Cancel);
        await web.DeviceAsync("router", Cancel);
        Answer overview = await guest.GetAsync("/", Cancel);
        Assert.AreEqual(HttpStatusCode.OK, overview.Status);
        foreach (string hidden in (string[])["/certificates", "/end-entities", "/audit", "/messages"])
        {
            Assert.IsFalse(overview.Text.Contains($"href=\"{hidden}\"", StringComparison.Ordinal), hidden);
            Assert.AreEqual(HttpStatusCode.Forbidden, (await guest.GetAsync(hidden, Cancel)).Status, hidden);
        }

        Answer authorities = await guest.GetAsync("/authorities", Cancel);
        StringAssert.Contains(authorities.Text, "No CA that your roles may use");
        Assert.AreEqual(HttpStatusCode.NotFound, (await guest.GetAsync($"/authorities?handler=Der&ca={TestCa.RootName}", Cancel)).Status);
        StringAssert.Contains((await guest.GetAsync("/approvals", Cancel)).Text, "No requests");
    }

    /// <summary>docs/OPERATING.md, "Admin web": what each page needs. Who has every right but one is refused exactly there.</summary>
    [TestMethod]
    [DataRow(AccessResources.Administrator, "/", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.ViewCertificate, "/certificates", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.ViewEndEntity, "/end-entities", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.ViewMessages, "/messages", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.ReadAudit, "/audit", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.VerifyAudit, "POST /audit?handler=Verify", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.RevokeEndEntity, "POST /certificates/{ca}/{serial}/revoke", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.ApproveEndEntity, "/approvals/{approval}", HttpStatusCode.NotFound)]
    [DataRow(AccessResources.ApproveCaAction, "POST /approvals/{approval}?handler=Extend", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.ApproveCaAction, "POST /approvals/{approval}?handler=Withdraw", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.ApproveCaAction, "POST /approvals/{approval}?handler=Forget", HttpStatusCode.Forbidden)]
    [DataRow(AccessResources.AnyCa, "/certificates/{ca}/{serial}", HttpStatusCode.NotFound)]
    [DataRow(AccessResources.AnyCa, "/approvals/{approval}", HttpStatusCode.NotFound)]
    [DataRow("/endentityprofilesrules", "/approvals/{approval}", HttpStatusCode.NotFound)]
    public async Task Who_lacks_one_right_is_refused_what_needs_it(string right, string action, HttpStatusCode refusal)
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.Role("All but one", [.. AllRights.Where(rule => rule.Resource != right)], "lacks", Cancel);
        await web.Ca.Role("All", AllRights, "has", Cancel);
        using Browser lacks = await web.AsAsync("lacks", Cancel);
        using Browser has = await web.AsAsync("has", Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        long approval = await web.Ca.AskAsync("switch", Cancel);
        string path = action.Replace("POST ", "", StringComparison.Ordinal).Replace("{ca}", TestCa.RootName, StringComparison.Ordinal)
            .Replace("{serial}", serial, StringComparison.Ordinal).Replace("{approval}", $"{approval}", StringComparison.Ordinal);
        string before = await StateAsync(web);

        Assert.AreEqual(refusal, (await TryAsync(lacks, action, path)).Status);
        Assert.AreEqual(before, await StateAsync(web));
        Answer done = await TryAsync(has, action, path);
        Assert.Contains(done.Status, action.EndsWith("Forget", StringComparison.Ordinal) ? [HttpStatusCode.Conflict] : (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Redirect], done.Text);
    }

    [TestMethod]
    public async Task Certificates_of_a_CA_one_may_not_use_are_not_there()
    {
        await using Web web = await Web.StartAsync(Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        AccessRule[] rules = [new(AccessResources.Administrator, AccessDecision.Accept), new(AccessResources.ViewCertificate, AccessDecision.Accept), new("/ca/12345", AccessDecision.Accept)];
        await web.Ca.Role("Elsewhere", rules, "elsewhere", Cancel);
        using Browser elsewhere = await web.AsAsync("elsewhere", Cancel);
        StringAssert.Contains((await elsewhere.GetAsync("/certificates", Cancel)).Text, "No certificates");
        Assert.AreEqual(HttpStatusCode.NotFound, (await elsewhere.GetAsync($"/certificates/{TestCa.RootName}/{serial}", Cancel)).Status);
        Assert.IsFalse((await elsewhere.GetAsync("/", Cancel)).Text.Contains(TestCa.RootName, StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task End_entities_of_another_profile_are_not_there()
    {
        await using Web web = await Web.StartAsync(Cancel);
        CertificateAuthority root = (await web.Ca.Get<CertificateAuthorities>().FindAsync(TestCa.RootName, Cancel))!;
        EndEntityProfile mine = (await web.Ca.Get<ProfileStore>().SetAsync(web.Ca.Admin, "MINE", FixedProfiles.Empty with { Id = 0, Name = "MINE" }, Cancel)).OrThrow();
        await web.DeviceAsync("theirs", Cancel);
        (await web.Ca.Get<EndEntityStore>().SetAsync(web.Ca.Admin, new() { Username = "ours", SubjectDn = "CN=ours", CaName = TestCa.RootName, EndEntityProfile = "MINE" }, Cancel)).OrThrow();
        await web.Ca.Role("Mine", [.. RoleTemplates.Rules("RAADMINISTRATOR", [root.Id], [mine.Id])], "clerk", Cancel);
        using Browser clerk = await web.AsAsync("clerk", Cancel);
        string list = (await clerk.GetAsync("/end-entities", Cancel)).Text;
        StringAssert.Contains(list, "CN=ours");
        Assert.IsFalse(list.Contains("theirs", StringComparison.Ordinal));
        Assert.AreEqual(HttpStatusCode.NotFound, (await clerk.GetAsync("/end-entities/detail?user=theirs", Cancel)).Status);
    }

    private static AccessRule[] AllRights { get; } =
    [
        .. ((string[])[
            AccessResources.Administrator, AccessResources.ViewCertificate, AccessResources.ViewEndEntity, AccessResources.RevokeEndEntity, AccessResources.ApproveEndEntity,
            AccessResources.ApproveCaAction, AccessResources.ViewMessages, AccessResources.ReadAudit, AccessResources.VerifyAudit,
        ]).Select(resource => new AccessRule(resource, AccessDecision.Accept)),
        new("/endentityprofilesrules", AccessDecision.AcceptRecursive),
        new(AccessResources.AnyCa, AccessDecision.AcceptRecursive),
    ];

    /// <summary>A form is sent with a token of another page: the form itself is not shown to who lacks the right.</summary>
    private Task<Answer> TryAsync(Browser browser, string action, string path) => action.StartsWith("POST", StringComparison.Ordinal)
        ? browser.SubmitAsync("/approvals/1", path, [new("reason", "Superseded"), new("hours", "2")], Cancel)
        : browser.GetAsync(path, Cancel);

    private Task<string> StateAsync(Web web) => web.Ca.ExecuteAsync(
        "select (select string_agg(status::text, ',' order by serial) from certificate where username = 'router') || (select string_agg(status::text || expire_at::text, ',') from approval)", Cancel);
}
