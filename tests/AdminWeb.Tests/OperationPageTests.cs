using System.Net;
using ExtRa.Messages.Store;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>The pages of those who keep the CA running: messages and audit log.</summary>
[TestClass]
[NeedsTool("postgres")]
public sealed class OperationPageTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task The_database_need_not_let_the_admin_web_read_what_is_sealed()
    {
        await using Web web = await Web.StartAsync(Cancel, new Dictionary<string, string?>(StringComparer.Ordinal) { [$"DataSources:{Web.DataSource}:ConnectionString"] = "{messages};Options=-c role=pki_viewer" });
        await web.MessagesSqlAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "roles.sql"), Cancel), Cancel);
        await web.Messages.Messages.CreateAsync(new("x2-1", "transaction-1", MessageType.Scep, "c2VhbGVk", new string('a', 64)), Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        StringAssert.Contains((await admin.GetAsync("/messages", Cancel)).Text, "transaction-1");
        StringAssert.Contains((await admin.GetAsync($"/messages/detail?source={Web.DataSource}&transaction=transaction-1&id=x2-1", Cancel)).Text, "x2-1");
        Assert.IsFalse((await admin.GetAsync("/", Cancel)).Text.Contains("does not answer", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task A_message_is_shown_without_what_is_sealed_in_it()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        await web.Messages.Messages.CreateAsync(new("x2-1", "transaction-1", MessageType.Scep, "c2VhbGVkIGNvbnRlbnQ=", new string('a', 64)), Cancel);
        Answer list = await admin.GetAsync("/messages", Cancel);
        StringAssert.Contains(list.Text, "transaction-1");
        Answer detail = await admin.GetAsync($"/messages/detail?source={Web.DataSource}&transaction=transaction-1&id=x2-1", Cancel);
        Assert.AreEqual(HttpStatusCode.OK, detail.Status);
        StringAssert.Contains(detail.Text, "Waiting");
        Assert.IsFalse((list.Text + detail.Text).Contains("c2VhbGVk", StringComparison.Ordinal));
        StringAssert.Contains((await admin.GetAsync("/", Cancel)).Text, "waiting");
    }

    [TestMethod]
    public async Task The_audit_log_is_filtered_and_verified_and_a_broken_chain_is_told()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        await web.DeviceAsync("router", Cancel);
        StringAssert.Contains((await admin.GetAsync("/audit?event=cert_creation&about=router", Cancel)).Text, "CERT_CREATION");
        StringAssert.Contains((await admin.GetAsync("/audit?about=nobody", Cancel)).Text, "No records");
        StringAssert.Contains((await admin.SubmitAsync("/audit", "/audit?handler=Verify", [], Cancel)).Text, "whole");
        Assert.AreEqual("1", await web.Ca.ExecuteAsync("select count(*) from audit_record where event = 'LOG_VERIFY' and auth_token = 'CN=admin,O=Test'", Cancel));
        await web.Ca.ExecuteAsync("update audit_record set search_detail2 = 'somebody' where event = 'CERT_CREATION'", Cancel);
        StringAssert.Contains((await admin.SubmitAsync("/audit", "/audit?handler=Verify", [], Cancel)).Text, "was changed");
    }
}
