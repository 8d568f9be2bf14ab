using System.Net;
using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Tests;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>Who gets in, and who does not (CA_CORE §12.3).</summary>
[TestClass]
[NeedsTool("postgres")]
public sealed class SignInTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_administrator_with_a_certificate_sees_the_overview()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser browser = await web.AsAdminAsync(Cancel);
        Answer page = await browser.GetAsync("/", Cancel);
        Assert.AreEqual(HttpStatusCode.OK, page.Status, page.Text);
        StringAssert.Contains(page.Text, "Signed in as <strong>CN=admin,O=Test</strong>");
        Assert.AreEqual("1", await web.Ca.ExecuteAsync("select count(*) from audit_record where event = 'AUTHENTICATION' and auth_token = 'CN=admin,O=Test'", Cancel));
    }

    [TestMethod]
    public async Task Without_a_certificate_every_page_says_how_to_sign_in_and_nothing_else()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using var stranger = new Browser(web.Url, null);
        foreach (string path in (string[])["/", "/certificates", "/end-entities", "/audit", "/messages", "/authorities", "/approvals", "/nowhere"])
        {
            Answer page = await stranger.GetAsync(path, Cancel);
            Assert.AreEqual(HttpStatusCode.Forbidden, page.Status, path);
            StringAssert.Contains(page.Text, "sent no certificate");
            Assert.IsFalse(page.Text.Contains("<nav", StringComparison.Ordinal), "A stranger sees no navigation.");
        }
    }

    [TestMethod]
    public async Task A_certificate_of_another_CA_with_the_same_names_is_refused()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using var pki = new TestPki("CN=Root,O=Test,C=SE");
        await RefusedAsync(web, ClientKey(pki), "BadSignature");
        using var other = new TestPki("CN=Elsewhere,O=Test");
        await RefusedAsync(web, ClientKey(other), "UnknownIssuer");
    }

    [TestMethod]
    public async Task A_certificate_without_a_role_is_refused()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await RefusedAsync(web, await web.KeyStoreAsync("nobody", Cancel), "NotAuthorized");
    }

    [TestMethod]
    public async Task A_role_that_may_not_sign_in_opens_nothing()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await web.Ca.Role("Viewers", [new(AccessResources.ViewCertificate, AccessDecision.Accept)], "viewer", Cancel);
        await RefusedAsync(web, await web.KeyStoreAsync("viewer", Cancel), "NotAuthorized");
    }

    [TestMethod]
    public async Task A_certificate_that_is_not_for_TLS_clients_is_refused_as_the_link_of_an_RA()
    {
        await using Web web = await Web.StartAsync(Cancel);
        await RefusedAsync(web, await web.KeyStoreAsync("admin", Cancel, "SERVER"), "WrongKeyUsage");
    }

    [TestMethod]
    public async Task An_expired_certificate_is_refused()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using KeyStore admin = await web.KeyStoreAsync("admin", Cancel);
        web.Ca.Clock.Advance(admin.Certificate.NotAfter - web.Ca.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        await RefusedAsync(web, admin, "Expired");
    }

    [TestMethod]
    public async Task A_revocation_ends_a_session_that_is_open()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using KeyStore admin = await web.KeyStoreAsync("admin", Cancel);
        using var browser = new Browser(web.Url, admin);
        Assert.AreEqual(HttpStatusCode.OK, (await browser.GetAsync("/", Cancel)).Status);

        var work = new CaWork();
        (await web.Ca.Get<Revoker>().RevokeAsync(
            new() { Actor = web.Ca.Admin, CaName = TestCa.RootName, Serial = admin.Certificate.Serial.ToString(), Reason = RevocationReason.KeyCompromise }, work, Cancel)).OrThrow();
        await web.Ca.Ledger.CommitAsync(work, Cancel);
        web.Ca.Clock.Advance(TimeSpan.FromSeconds(2));
        Answer after = await browser.GetAsync("/", Cancel);
        Assert.AreEqual(HttpStatusCode.Forbidden, after.Status);
        StringAssert.Contains(after.Text, "Revoked");
    }

    [TestMethod]
    public async Task Many_refused_sign_ins_are_counted_and_not_logged_one_by_one()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using var stranger = new Browser(web.Url, null);
        for (int i = 0; i < 30; i++)
        {
            await stranger.GetAsync("/", Cancel);
        }

        Assert.AreEqual(10, web.Log.Lines.Count(line => line.StartsWith("[5003]", StringComparison.Ordinal)));
        web.Ca.Clock.Advance(TimeSpan.FromMinutes(2));
        await stranger.GetAsync("/", Cancel);
        Assert.IsTrue(web.Log.Lines.Any(line => line.Contains("30 sign-ins were refused within 60 s; 20 of them", StringComparison.Ordinal)));
    }

    // TestPki's shape has no extended key usage; this certificate has it, so that only its issuer is wrong.
    private static KeyStore ClientKey(TestPki pki) => pki.Issue("CN=admin,O=Test", shape: new CertificateShape { Purposes = [Oids.ClientAuth] });

    private async Task RefusedAsync(Web web, KeyStore keyStore, string code)
    {
        using (keyStore)
        {
            using var browser = new Browser(web.Url, keyStore);
            Answer page = await browser.GetAsync("/certificates", Cancel);
            Assert.AreEqual(HttpStatusCode.Forbidden, page.Status);
            StringAssert.Contains(page.Text, code);
            Assert.IsTrue(web.Log.Lines.Any(line => line.StartsWith("[5003]", StringComparison.Ordinal)), "The refusal is logged.");
        }
    }
}
