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
}
