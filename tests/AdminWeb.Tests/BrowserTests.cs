using Ca.Core.Roles;
using Ca.Core.Runs;
using Ca.Core.Tests;
using ExtRa.Messages.Store;
using Microsoft.Playwright;
using Pki.Protocols.X509;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>
/// People's ways through the pages in a real browser, with scripts switched off. PKI_SCREENSHOTS=FOLDER keeps pictures
/// (docs/images was made so).
/// </summary>
[TestClass]
[DoNotParallelize]
[NeedsTool("postgres", "chromium")]
public sealed class BrowserTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Search_and_revoke()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using KeyStore admin = await web.KeyStoreAsync("admin", Cancel);
        string serial = await web.DeviceAsync("router-7", Cancel);
        foreach (int i in Enumerable.Range(1, 8))
        {
            await web.DeviceAsync($"switch-{i}", Cancel);
        }

        await FurnishAsync(web);
        await using Chromium chromium = await Chromium.StartAsync(web.Url, admin);
        IPage page = chromium.Page;
        await page.GotoAsync("/");
        await chromium.PictureAsync("overview");
        await page.GetByRole(AriaRole.Link, new() { Name = "Certificates", Exact = true }).ClickAsync();
        await chromium.PictureAsync("certificates", whole: false);
        await page.GetByLabel("Part of a name").FillAsync("ROUTER");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = serial }).ClickAsync();
        await chromium.PictureAsync("certificate");
        await page.GetByLabel("Reason").SelectOptionAsync("KeyCompromise");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on …" }).ClickAsync();
        StringAssert.Contains(await page.GetByRole(AriaRole.Heading).First.InnerTextAsync(), "Revoke this certificate?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        StringAssert.Contains(await page.GetByRole(AriaRole.Status).InnerTextAsync(), "key compromise");
        Assert.AreEqual("40", await web.Ca.ExecuteAsync($"select status from certificate where serial = '{serial}'", Cancel));
        Assert.IsEmpty(chromium.Complaints, string.Join('\n', chromium.Complaints));
    }

    [TestMethod]
    public async Task Approve_one_request_and_reject_another()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.ApproverAsync("anna", Cancel);
        using KeyStore anna = await web.KeyStoreAsync("anna", Cancel);
        await web.DeviceAsync("rtr-0815", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        long first = await web.Ca.AskAsync("rtr-0815", Cancel);
        long second = await web.Ca.AskAsync("rtr-0042", Cancel);
        await using Chromium chromium = await Chromium.StartAsync(web.Url, anna);
        IPage page = chromium.Page;
        await page.GotoAsync("/approvals");
        await chromium.PictureAsync("approvals");
        await page.GetByRole(AriaRole.Link, new() { Name = $"{first}", Exact = true }).ClickAsync();
        await chromium.PictureAsync("approval");
        await page.GetByLabel("Comment").FillAsync("called the site, fingerprint read back");
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        StringAssert.Contains(await page.GetByRole(AriaRole.Status).InnerTextAsync(), "Approved");

        await page.GotoAsync($"/approvals/{second}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reject" }).ClickAsync();
        StringAssert.Contains(await page.GetByRole(AriaRole.Status).InnerTextAsync(), "Rejected");
        Assert.AreEqual("0,-7", await web.Ca.ExecuteAsync("select string_agg(status::text, ',' order by id) from approval", Cancel));
        Assert.IsEmpty(chromium.Complaints, string.Join('\n', chromium.Complaints));
    }

    [TestMethod]
    public async Task Extend_withdraw_and_forget_a_request()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.ApproverAsync("anna", Cancel, new AccessRule(AccessResources.ApproveCaAction, AccessDecision.Accept));
        using KeyStore anna = await web.KeyStoreAsync("anna", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        long id = await web.Ca.AskAsync("rtr-0815", Cancel);
        await using Chromium chromium = await Chromium.StartAsync(web.Url, anna);
        IPage page = chromium.Page;
        await page.GotoAsync($"/approvals/{id}");
        await page.GetByLabel("More time, in hours from now").FillAsync("12");
        await page.GetByRole(AriaRole.Button, new() { Name = "Extend" }).ClickAsync();
        StringAssert.Contains(await page.GetByRole(AriaRole.Status).InnerTextAsync(), "Extended. It waits until 2026-07-02 00:00");
        Assert.AreEqual("12:00:00", await web.Ca.ExecuteAsync("select expire_at - requested_at from approval", Cancel));

        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        StringAssert.Contains(await page.GetByRole(AriaRole.Status).InnerTextAsync(), "Withdrawn");
        Assert.AreEqual("-7", await web.Ca.ExecuteAsync("select status from approval", Cancel));

        await page.GetByRole(AriaRole.Button, new() { Name = "Forget" }).ClickAsync();
        StringAssert.Contains(await page.GetByRole(AriaRole.Status).InnerTextAsync(), "Forgotten");
        Assert.AreNotEqual(id, await web.Ca.AskAsync("rtr-0815", Cancel));
        Assert.IsEmpty(chromium.Complaints, string.Join('\n', chromium.Complaints));
    }

    [TestMethod]
    public async Task The_overview_tells_how_the_workers_are_doing()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using KeyStore admin = await web.KeyStoreAsync("admin", Cancel);
        WorkerRuns runs = web.Ca.Get<WorkerRuns>();
        DateTimeOffset now = web.Ca.Clock.GetUtcNow();
        await runs.RecordAsync(new("node-1", "dmz1", now.AddDays(-2), now.AddSeconds(-2), 1207, 1206, 1, now), Cancel);
        await runs.RecordAsync(new("node-2", "dmz1", now.AddDays(-2), null, 0, 0, 0, now), Cancel);
        await runs.RecordAsync(new("node-3", "dmz1", now.AddDays(-2), now.AddHours(-1), 7, 7, 0, now.AddHours(-1)), Cancel);
        await using Chromium chromium = await Chromium.StartAsync(web.Url, admin, scripts: true);
        await chromium.Page.GotoAsync("/");
        IReadOnlyList<string> rows = await chromium.Page.GetByRole(AriaRole.Region, new() { Name = "Workers" }).GetByRole(AriaRole.Row).AllInnerTextsAsync();
        foreach ((int row, string words) in new[] { (1, "node-1 looking"), (1, "1,207"), (2, "node-2 standing by"), (3, "node-3 silent") })
        {
            StringAssert.Contains(string.Join(' ', rows[row].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), words);
        }

        string[] problems = await chromium.Page.EvaluateAsync<string[]>(Accessibility.Check);
        Assert.IsEmpty(problems, string.Join("; ", problems));
        await chromium.PictureAsync("workers");
    }

    [TestMethod]
    [DataRow(false, DisplayName = "light")]
    [DataRow(true, DisplayName = "dark")]
    public async Task The_pages_can_be_used_by_keyboard_and_by_who_does_not_see_them(bool dark)
    {
        await using Web web = await Web.StartAsync(Cancel);
        using KeyStore admin = await web.KeyStoreAsync("admin", Cancel);
        string serial = await web.DeviceAsync("router-7", Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        long waiting = await web.Ca.AskAsync("rtr-0815", Cancel);
        await using Chromium chromium = await Chromium.StartAsync(web.Url, admin, scripts: true, dark); // the checks are scripts, the pages have none
        string certificate = $"/certificates/{TestCa.RootName}/{serial}";
        foreach (string path in (string[])["/", "/certificates", certificate, certificate + "/revoke?reason=KeyCompromise", "/end-entities", "/end-entities/detail?user=router-7", "/audit", "/messages", "/authorities", "/approvals", $"/approvals/{waiting}", "/nowhere"])
        {
            await chromium.Page.GotoAsync(path);
            string[] problems = await chromium.Page.EvaluateAsync<string[]>(Accessibility.Check);
            Assert.IsEmpty(problems, $"{path}: {string.Join("; ", problems)}");
            await chromium.Page.Keyboard.PressAsync("Tab");
            Assert.AreEqual("Skip to content", await chromium.Page.EvaluateAsync<string>("document.activeElement.textContent"), path);
        }
    }

    [TestMethod]
    public async Task A_phone_shows_the_pages_without_sideways_scrolling()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using KeyStore admin = await web.KeyStoreAsync("admin", Cancel);
        string serial = await web.DeviceAsync("router-7", Cancel);
        await FurnishAsync(web);
        await using Chromium chromium = await Chromium.StartAsync(web.Url, admin, scripts: true, dark: true, width: 390);
        foreach (string path in (string[])["/", "/certificates", $"/certificates/{TestCa.RootName}/{serial}", "/audit", "/authorities"])
        {
            await chromium.Page.GotoAsync(path);
            Assert.IsLessThanOrEqualTo(390, await chromium.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), path);
        }

        await chromium.Page.GotoAsync("/");
        await chromium.PictureAsync("overview-phone-dark");
    }

    /// <summary>Something to see: certificates that end soon, messages, requests that wait.</summary>
    private async Task FurnishAsync(Web web)
    {
        await web.DeviceAsync("printer", Cancel);
        await web.Ca.ExecuteAsync("""
            insert into certificate select (jsonb_populate_record(c, jsonb_build_object('fingerprint', 'f' || n, 'serial', '10' || lpad(n::text, 3, '0'),
                'expire_at', c.issued_at + make_interval(days => 1 + (n * n) % 83)))).*
            from certificate c, generate_series(1, 60) n where c.username = 'printer'
            """, Cancel);
        await web.Messages.Messages.CreateAsync(new("x2-1", "9F86D081884C7D65", MessageType.Scep, "c2VhbGVk", new string('a', 64)), Cancel);
        await web.Ca.DemandAsync(1, Cancel);
        await web.Ca.AskAsync("rtr-0815", Cancel);
        await web.Ca.DemandAsync(0, Cancel);
    }
}
