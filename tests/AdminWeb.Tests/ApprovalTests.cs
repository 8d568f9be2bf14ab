using System.Net;
using AdminWeb.Showing;
using Ca.Core.Tests;
using Pki.Protocols.X509;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>Approvals through the pages (APPROVALS §9.3).</summary>
[TestClass]
[NeedsTool("postgres")]
public sealed class ApprovalTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_approver_sees_what_a_caller_reads_out_and_approves_with_a_comment()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.ApproverAsync("anna", Cancel);
        using Browser anna = await web.AsAsync("anna", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        long id = await web.Ca.AskAsync("rtr-0815", Cancel, key);
        StringAssert.Contains((await anna.GetAsync("/", Cancel)).Text, "wait for a decision");
        StringAssert.Contains((await anna.GetAsync("/approvals?match=K7QX-3M9P", Cancel)).Text, $"/approvals/{id}\"");

        Answer page = await anna.GetAsync($"/approvals/{id}", Cancel);
        foreach (string seen in (string[])["CN=rtr-0815,O=Test", "dNSName=rtr-0815.example", "P-256", Show.Fingerprint(key.Public.Sha256()), "CN=extra-1,O=Test", "9F86D081884C7D659A2FEAA0C55AD015", "Request SHA-256", "Key SHA-1", "no certificate vouches"])
        {
            StringAssert.Contains(page.Text, seen);
        }

        Answer done = await anna.SubmitAsync($"/approvals/{id}", $"/approvals/{id}?handler=Approve", [new("comment", "called the site")], Cancel);
        Assert.AreEqual(HttpStatusCode.Redirect, done.Status, done.Text);
        string after = (await anna.GetAsync($"/approvals/{id}", Cancel)).Text;
        StringAssert.Contains(after, "The worker does what was asked for on its next pass.");
        StringAssert.Contains(after, "called the site");
        Assert.IsFalse(after.Contains("<textarea", StringComparison.Ordinal), "Nothing is left to decide.");
        Assert.AreEqual("1", await web.Ca.ExecuteAsync("select count(*) from audit_record where event = 'APPROVAL_APPROVE' and status = 1 and auth_token = 'CN=anna,O=Test'", Cancel));
    }

    [TestMethod]
    public async Task Who_is_slower_is_told_that_somebody_else_decided()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.ApproverAsync("anna", Cancel);
        await web.Ca.ApproverAsync("berit", Cancel);
        using Browser anna = await web.AsAsync("anna", Cancel);
        using Browser berit = await web.AsAsync("berit", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        long id = await web.Ca.AskAsync("router", Cancel);
        // Both have the page open before either decides.
        string token = (await berit.GetAsync($"/approvals/{id}", Cancel)).Text.Split("name=\"csrf\" type=\"hidden\" value=\"")[1].Split('"')[0];
        await anna.SubmitAsync($"/approvals/{id}", $"/approvals/{id}?handler=Reject", [new("comment", "not ours")], Cancel);
        Answer late = await berit.PostBareAsync($"/approvals/{id}?handler=Approve", [new("csrf", WebUtility.HtmlDecode(token))], Cancel);
        Assert.AreEqual(HttpStatusCode.Conflict, late.Status);
        StringAssert.Contains(late.Text, "Somebody was faster");
        StringAssert.Contains(late.Text, "CN=anna,O=Test");
        StringAssert.Contains((await berit.GetAsync("/approvals?show=Decided", Cancel)).Text, "Rejected");
    }

    [TestMethod]
    public async Task A_second_approval_needs_a_second_person()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.ApproverAsync("anna", Cancel);
        using Browser anna = await web.AsAsync("anna", Cancel);
        await web.Ca.DemandAsync(2, Cancel);
        long id = await web.Ca.AskAsync("router", Cancel);
        await anna.SubmitAsync($"/approvals/{id}", $"/approvals/{id}?handler=Approve", [], Cancel);
        string page = (await anna.GetAsync($"/approvals/{id}", Cancel)).Text;
        StringAssert.Contains(page, "1 more must agree");
        StringAssert.Contains(page, "somebody else must");
        Assert.IsFalse(page.Contains("<textarea", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task A_revocation_that_needs_approval_waits_and_its_requester_cannot_approve_it()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.ApproverAsync("anna", Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        using Browser anna = await web.AsAsync("anna", Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        string path = $"/certificates/{TestCa.RootName}/{serial}";

        await admin.SubmitAsync(path + "/revoke?reason=Superseded", path + "/revoke", [new("reason", "Superseded")], Cancel);
        StringAssert.Contains((await admin.GetAsync(path, Cancel)).Text, "Others must agree first: approval request 1.");
        StringAssert.Contains((await admin.GetAsync("/approvals/1", Cancel)).Text, "somebody else must decide");
        await anna.SubmitAsync("/approvals/1", "/approvals/1?handler=Approve", [], Cancel);
        await admin.SubmitAsync(path + "/revoke?reason=Superseded", path + "/revoke", [new("reason", "Superseded")], Cancel);
        Assert.AreEqual("40", await web.Ca.ExecuteAsync($"select status from certificate where serial = '{serial}'", Cancel));
    }

    [TestMethod]
    [DataRow(1, "Reject", DisplayName = "one approves, one rejects: the first counts")]
    [DataRow(1, "Approve", DisplayName = "one is enough, two approve: the second is told")]
    [DataRow(2, "Approve", DisplayName = "two are needed, two approve: both count")]
    public async Task Two_administrators_decide_at_the_same_instant(int needed, string verdict)
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.ApproverAsync("anna", Cancel);
        await web.Ca.ApproverAsync("berit", Cancel);
        using Browser anna = await web.AsAsync("anna", Cancel);
        using Browser berit = await web.AsAsync("berit", Cancel);
        await web.Ca.DemandAsync(needed, Cancel);
        foreach (string name in (string[])["router-1", "router-2", "router-3", "router-4", "router-5"])
        {
            long id = await web.Ca.AskAsync(name, Cancel);
            Answer[] answers = await Task.WhenAll(
                anna.SubmitAsync($"/approvals/{id}", $"/approvals/{id}?handler=Approve", [], Cancel),
                berit.SubmitAsync($"/approvals/{id}", $"/approvals/{id}?handler={verdict}", [], Cancel));
            HttpStatusCode[] expected = needed == 2 ? [HttpStatusCode.Redirect, HttpStatusCode.Redirect] : [HttpStatusCode.Redirect, HttpStatusCode.Conflict];
            CollectionAssert.AreEquivalent(expected, answers.Select(answer => answer.Status).ToArray());
            string decided = await web.Ca.ExecuteAsync($"select status || '/' || given || '/' || (select count(*) from approval_decision d where d.approval_id = a.id) from approval a where id = {id}", Cancel);
            Assert.Contains(decided, needed == 2 ? ["0/2/2"] : verdict == "Reject" ? ["0/1/1", "-7/0/1"] : (string[])["0/1/1"]);
        }
    }

    [TestMethod]
    public async Task Who_may_only_decide_is_offered_nothing_else_and_refused_it()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.ApproverAsync("anna", Cancel);
        using Browser anna = await web.AsAsync("anna", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        long id = await web.Ca.AskAsync("router", Cancel);
        Assert.DoesNotContain("handler=Withdraw", (await anna.GetAsync($"/approvals/{id}", Cancel)).Text);
        foreach (string act in (string[])["Extend", "Withdraw", "Forget"])
        {
            Assert.AreEqual(HttpStatusCode.Forbidden, (await anna.SubmitAsync($"/approvals/{id}", $"/approvals/{id}?handler={act}", [new("hours", "1")], Cancel)).Status, act);
        }

        Assert.AreEqual("-1", await web.Ca.ExecuteAsync("select status from approval", Cancel));
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("100000")]
    [DataRow("soon")]
    [DataRow("721")]
    public async Task More_time_than_the_CA_gives_or_none_is_refused(string hours)
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        long id = await web.Ca.AskAsync("router", Cancel);
        Answer answer = await admin.SubmitAsync($"/approvals/{id}", $"/approvals/{id}?handler=Extend", [new("hours", hours)], Cancel);
        Assert.IsGreaterThanOrEqualTo(400, (int)answer.Status, answer.Text);
        Assert.AreEqual("-1 01:00:00", await web.Ca.ExecuteAsync("select status || ' ' || (expire_at - requested_at) from approval", Cancel));
    }

    [TestMethod]
    public async Task Who_may_not_approve_sees_no_request()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.Role("Clerks", [.. Ca.Core.Roles.RoleTemplates.Rules("RAADMINISTRATOR", [], [])], "clerk", Cancel);
        using Browser clerk = await web.AsAsync("clerk", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        long id = await web.Ca.AskAsync("router", Cancel);
        StringAssert.Contains((await clerk.GetAsync("/approvals", Cancel)).Text, "No requests");
        Assert.AreEqual(HttpStatusCode.NotFound, (await clerk.GetAsync($"/approvals/{id}", Cancel)).Status);
    }
}
