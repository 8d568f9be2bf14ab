using System.Net;
using Ca.Core.Roles;
using Ca.Core.Tests;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>Revocation, hold and release through the forms, with rights and without.</summary>
[TestClass]
[NeedsTool("postgres")]
public sealed class RevocationTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_revocation_asks_first_then_works_and_is_audited_with_the_administrator()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        string path = $"/certificates/{TestCa.RootName}/{serial}";
        StringAssert.Contains((await admin.GetAsync(path + "/revoke?reason=KeyCompromise", Cancel)).Text, "cannot be undone");
        Assert.AreEqual("20", await StatusAsync(web, serial), "Looking changes nothing.");

        Answer done = await admin.SubmitAsync(path + "/revoke?reason=KeyCompromise", path + "/revoke", [new("reason", "KeyCompromise")], Cancel);
        Assert.AreEqual(HttpStatusCode.Redirect, done.Status, done.Text);
        Assert.AreEqual(path, done.Location);
        StringAssert.Contains((await admin.GetAsync(path, Cancel)).Text, "key compromise. The next CRL tells it.");
        Assert.IsFalse((await admin.GetAsync(path, Cancel)).Text.Contains("role=\"status\"", StringComparison.Ordinal), "The notice is shown once.");
        Assert.AreEqual("40", await StatusAsync(web, serial));
        Assert.AreEqual("1", await web.Ca.ExecuteAsync($"select count(*) from audit_record where event = 'CERT_REVOKED' and search_detail1 = '{serial}' and auth_token = 'CN=admin,O=Test' and node_id = 'test/web'", Cancel));

        Answer again = await admin.SubmitAsync(path + "/revoke?reason=Superseded", path + "/revoke", [new("reason", "Superseded")], Cancel);
        Assert.AreEqual(HttpStatusCode.Conflict, again.Status);
        StringAssert.Contains(again.Text, "already revoked");
    }

    [TestMethod]
    public async Task A_hold_can_be_released()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        string path = $"/certificates/{TestCa.RootName}/{serial}";
        await admin.SubmitAsync(path + "/revoke?reason=CertificateHold", path + "/revoke", [new("reason", "CertificateHold")], Cancel);
        StringAssert.Contains((await admin.GetAsync(path, Cancel)).Text, "On hold");
        await admin.SubmitAsync(path + "/revoke?reason=RemoveFromCrl", path + "/revoke", [new("reason", "RemoveFromCrl")], Cancel);
        Assert.AreEqual("20", await StatusAsync(web, serial));
    }

    [TestMethod]
    public async Task Without_the_hidden_token_nothing_is_done()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        string path = $"/certificates/{TestCa.RootName}/{serial}/revoke";
        await admin.GetAsync(path + "?reason=KeyCompromise", Cancel);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.PostBareAsync(path, [new("reason", "KeyCompromise")], Cancel)).Status);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.PostBareAsync("/audit?handler=Verify", [], Cancel)).Status);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.PostBareAsync("/approvals/1?handler=Approve", [], Cancel)).Status);
        Assert.AreEqual("20", await StatusAsync(web, serial));
    }

    [TestMethod]
    public async Task A_token_of_another_administrator_is_worth_nothing()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        await web.Ca.Role("Others", [new("/", AccessDecision.AcceptRecursive)], "other", Cancel);
        using Browser other = await web.AsAsync("other", Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        string path = $"/certificates/{TestCa.RootName}/{serial}/revoke";
        Answer page = await other.GetAsync(path + "?reason=KeyCompromise", Cancel);
        await admin.GetAsync(path + "?reason=KeyCompromise", Cancel);
        string token = page.Text.Split("name=\"csrf\" type=\"hidden\" value=\"")[1].Split('"')[0];
        Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.PostBareAsync(path, [new("reason", "KeyCompromise"), new("csrf", WebUtility.HtmlDecode(token))], Cancel)).Status);
        Assert.AreEqual("20", await StatusAsync(web, serial));
    }

    [TestMethod]
    public async Task Who_may_only_look_finds_no_button_and_is_refused_when_trying_nevertheless()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.Role("Lookers", RoleTemplates.Rules("SUPERVISOR", [], []).ToList(), "looker", Cancel);
        using Browser looker = await web.AsAsync("looker", Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        string path = $"/certificates/{TestCa.RootName}/{serial}";
        Answer page = await looker.GetAsync(path, Cancel);
        Assert.AreEqual(HttpStatusCode.OK, page.Status);
        Assert.IsFalse(page.Text.Contains("/revoke", StringComparison.Ordinal));

        Answer refused = await looker.SubmitAsync(path + "/revoke?reason=KeyCompromise", path + "/revoke", [new("reason", "KeyCompromise")], Cancel);
        Assert.AreEqual(HttpStatusCode.Forbidden, refused.Status);
        Assert.AreEqual("20", await StatusAsync(web, serial));
        Assert.AreEqual("1", await web.Ca.ExecuteAsync("select count(*) from audit_record where event = 'ACCESS_CONTROL' and auth_token = 'CN=looker,O=Test'", Cancel));
    }

    private Task<string> StatusAsync(Web web, string serial) => web.Ca.ExecuteAsync($"select status from certificate where serial = '{serial}'", Cancel);
}
