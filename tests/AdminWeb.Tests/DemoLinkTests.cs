using System.Net;
using AdminWeb.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>The link of the demonstration: once, soon, from here.</summary>
[TestClass]
[NeedsTool("postgres")]
public sealed class DemoLinkTests
{
    private const string Token = "a-token-of-the-demo";
    private static readonly Dictionary<string, string?> On = new(StringComparer.Ordinal)
    {
        ["AdminWeb:DemoLink:TokenFile"] = "{scratch}/token",
        ["AdminWeb:DemoLink:Role"] = Web.AdministratorRole,
    };

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task It_signs_in_once_and_looking_at_it_does_not_use_it_up()
    {
        await using Web web = await StartAsync();
        using var person = new Browser(web.Url, null);
        using var other = new Browser(web.Url, null);
        Assert.AreEqual(HttpStatusCode.OK, (await other.GetAsync($"/demo-link?token={Token}", Cancel)).Status);

        Answer signedIn = await RedeemAsync(person, Token);
        Assert.AreEqual(HttpStatusCode.Redirect, signedIn.Status, signedIn.Text);
        string cookie = signedIn.Headers["Set-Cookie"];
        foreach (string attribute in (string[])[DemoLink.Cookie, "httponly", "secure", "samesite=strict", "path=/"])
        {
            StringAssert.Contains(cookie, attribute);
        }

        StringAssert.Contains((await person.GetAsync("/", Cancel)).Text, "demo link (Administrators)");
        Assert.AreEqual(HttpStatusCode.Forbidden, (await RedeemAsync(other, Token)).Status, "It is used up.");
        Assert.AreEqual(HttpStatusCode.Forbidden, (await other.GetAsync("/", Cancel)).Status);
        Assert.IsFalse(File.Exists(web.File("token")));
        Assert.IsTrue(web.Log.Lines.Any(line => line.Contains("For demonstrations only", StringComparison.Ordinal)), "The loosening is logged.");
    }

    [TestMethod]
    public async Task A_wrong_token_does_not_use_it_up()
    {
        await using Web web = await StartAsync();
        using var person = new Browser(web.Url, null);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await RedeemAsync(person, "guessed")).Status);
        Assert.AreEqual(HttpStatusCode.Redirect, (await RedeemAsync(person, Token)).Status);
    }

    [TestMethod]
    public async Task An_old_link_does_not_work_and_a_session_ends()
    {
        await using Web web = await StartAsync();
        using var person = new Browser(web.Url, null);
        Assert.AreEqual(HttpStatusCode.Redirect, (await RedeemAsync(person, Token)).Status);
        web.Ca.Clock.Advance(TimeSpan.FromHours(9));
        Assert.AreEqual(HttpStatusCode.Forbidden, (await person.GetAsync("/", Cancel)).Status);

        WriteToken(web, web.Ca.Clock.GetUtcNow().AddHours(-1));
        Assert.AreEqual(HttpStatusCode.Forbidden, (await RedeemAsync(person, Token)).Status);
    }

    [TestMethod]
    public async Task Where_it_is_not_configured_there_is_no_such_page()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using var person = new Browser(web.Url, null);
        Assert.AreEqual(HttpStatusCode.NotFound, (await person.GetAsync($"/demo-link?token={Token}", Cancel)).Status);
    }

    [TestMethod]
    [DataRow("127.0.0.1", "127.0.0.1", true)]
    [DataRow("::1", "::1", true)]
    [DataRow("192.0.2.1", "127.0.0.1", false)]
    [DataRow("127.0.0.1", "192.0.2.7", false)]
    [DataRow(null, null, false)]
    public void It_works_on_this_machine_only(string? remote, string? local, bool works)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        http.Connection.LocalIpAddress = local is null ? null : IPAddress.Parse(local);
        Assert.AreEqual(works, DemoLink.IsLocal(http.Connection));
    }

    [TestMethod]
    public async Task The_host_does_not_start_with_it_on_an_address_that_others_reach()
    {
        var settings = new Dictionary<string, string?>(On, StringComparer.Ordinal) { ["AdminWeb:Listen:0"] = "https://0.0.0.0:0" };
        OptionsValidationException refused = await Assert.ThrowsExactlyAsync<OptionsValidationException>(() => Web.StartAsync(Cancel, settings));
        StringAssert.Contains(refused.Message, "AdminWeb:DemoLink:TokenFile");
    }

    private async Task<Web> StartAsync()
    {
        Web web = await Web.StartAsync(Cancel, On);
        WriteToken(web, web.Ca.Clock.GetUtcNow());
        return web;
    }

    private static void WriteToken(Web web, DateTimeOffset at)
    {
        File.WriteAllText(web.File("token"), Token + "\n");
        File.SetLastWriteTimeUtc(web.File("token"), at.UtcDateTime);
    }

    private Task<Answer> RedeemAsync(Browser person, string token) =>
        person.SubmitAsync($"/demo-link?token={token}", "/demo-link", [new("token", token)], Cancel);
}
