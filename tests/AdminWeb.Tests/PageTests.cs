using System.Net;
using System.Security.Cryptography.X509Certificates;
using AdminWeb.Security;
using Ca.Core.EndEntities;
using Ca.Core.Tests;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;
using TestKit;
using Certificate = Pki.Protocols.X509.Certificate;

namespace AdminWeb.Tests;

/// <summary>What the pages show, to somebody who may see everything.</summary>
[TestClass]
[NeedsTool("postgres")]
public sealed class PageTests
{
    private static readonly string[] Pages = ["/", "/certificates", "/end-entities", "/audit", "/messages", "/authorities", "/approvals"];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        using var stranger = new Browser(web.Url, null);
        List<Answer> answers = [await stranger.GetAsync("/", Cancel), await admin.GetAsync("/nowhere", Cancel), await admin.GetAsync("/site.css", Cancel), await admin.GetAsync("/certificates?p=x", Cancel)];
        foreach (string path in Pages)
        {
            answers.Add(await admin.GetAsync(path, Cancel));
            Assert.AreEqual(HttpStatusCode.OK, answers[^1].Status, answers[^1].Text);
        }

        await web.Ca.ExecuteAsync("alter table audit_record rename to gone", Cancel);
        answers.Add(await admin.GetAsync("/audit", Cancel));
        Assert.AreEqual(HttpStatusCode.InternalServerError, answers[^1].Status);
        Assert.IsFalse(answers[^1].Text.Contains("audit_record", StringComparison.Ordinal), "What went wrong is for the log.");
        foreach (Answer answer in answers)
        {
            Assert.AreEqual(SecurityHeaders.ContentSecurityPolicy, answer.Headers["Content-Security-Policy"]);
            StringAssert.StartsWith(answer.Headers["Strict-Transport-Security"], "max-age=");
            Assert.AreEqual("nosniff", answer.Headers["X-Content-Type-Options"]);
            Assert.AreEqual("no-referrer", answer.Headers["Referrer-Policy"]);
            Assert.IsFalse(answer.Headers.ContainsKey("Server"));
            Assert.IsFalse(answer.Text.Contains("<script", StringComparison.OrdinalIgnoreCase) || answer.Text.Contains("style=\"", StringComparison.OrdinalIgnoreCase));
        }
    }

    [TestMethod]
    public async Task Certificates_are_found_by_name_serial_user_profile_status_and_end()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        string one = await web.DeviceAsync("router-one", Cancel);
        string two = await web.DeviceAsync("router-two", Cancel);
        await FindsAsync(admin, "names=ROUTER-on", one, two);
        await FindsAsync(admin, $"serial={one.ToUpperInvariant()}", one, two);
        await FindsAsync(admin, "user=router-two", two, one);
        await FindsAsync(admin, "profile=ENDUSER&names=router-two", two, one);
        await FindsAsync(admin, "status=Active&names=router-one", one, two);
        await FindsAsync(admin, "days=3650&user=router-one", one, two);
        await FindsNothingAsync(admin, "days=1");
        await FindsNothingAsync(admin, "status=Revoked");
        await FindsNothingAsync(admin, "names=100%25"); // a percent sign means itself
        await FindsNothingAsync(admin, "profile=SERVER");
    }

    [TestMethod]
    public async Task A_long_list_has_pages_that_keep_the_search()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        await web.DeviceAsync("first", Cancel);
        // Sixty copies of a row: what is tested is the paging, not the issuing.
        await web.Ca.ExecuteAsync("""
            insert into certificate select (jsonb_populate_record(c, jsonb_build_object('fingerprint', 'f' || n, 'serial', '10' || lpad(n::text, 3, '0')))).*
            from certificate c, generate_series(1, 60) n where c.username = 'first'
            """, Cancel);
        Answer first = await admin.GetAsync("/certificates?names=first", Cancel);
        Assert.AreEqual(51, first.Text.Split("<tr>").Length - 1, "fifty rows and their heading");
        StringAssert.Contains(first.Text, "names=first&amp;p=2");
        Answer second = await admin.GetAsync("/certificates?names=first&p=2", Cancel);
        Assert.AreEqual(12, second.Text.Split("<tr>").Length - 1, "eleven rows and their heading");
        StringAssert.Contains(second.Text, "p=1");
        Assert.IsFalse(second.Text.Contains("p=3", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("/certificates?p=0")]
    [DataRow("/certificates?p=999999")]
    [DataRow("/certificates?p=x")]
    [DataRow("/certificates?status=99")]
    [DataRow("/certificates?days=-1")]
    [DataRow("/audit?from=yesterday")]
    public async Task Inputs_out_of_bounds_are_refused(string path)
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.GetAsync(path, Cancel)).Status);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.GetAsync("/certificates?names=" + new string('a', 201), Cancel)).Status);
    }

    [TestMethod]
    public async Task A_certificate_is_decoded_and_can_be_downloaded_whole()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        string path = $"/certificates/{TestCa.RootName}/{serial}";
        Answer page = await admin.GetAsync(path, Cancel);
        Answer der = await admin.GetAsync(path + "?handler=Der", Cancel);
        Certificate certificate = Der.Decode<Certificate>(der.Content).OrThrow();
        StringAssert.Contains(page.Text, Showing.Show.Fingerprint(certificate.Sha256Fingerprint()));
        StringAssert.Contains(page.Text, "P-256");
        StringAssert.Contains(page.Text, "TLS client");
        CollectionAssert.AreEqual(der.Content, Certificate.FromPem((await admin.GetAsync(path + "?handler=Pem", Cancel)).Text).OrThrow().Encoded.ToArray());
        using var chain = new DisposableChain((await admin.GetAsync(path + "?handler=Chain", Cancel)).Text);
        Assert.AreEqual(2, chain.Certificates.Count);
        Assert.AreEqual(HttpStatusCode.NotFound, (await admin.GetAsync($"/certificates/{TestCa.RootName}/1234", Cancel)).Status);
    }

    [TestMethod]
    public async Task A_name_that_is_a_script_is_shown_and_does_not_run()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        string serial = await web.DeviceAsync("evil", Cancel, @"CN=evil,O=\<script\>alert(1)\</script\>");
        foreach (string path in (string[])["/certificates", $"/certificates/{TestCa.RootName}/{serial}", "/end-entities", "/end-entities/detail?user=evil"])
        {
            Answer page = await admin.GetAsync(path, Cancel);
            Assert.IsFalse(page.Text.Contains("<script", StringComparison.OrdinalIgnoreCase), path);
            StringAssert.Contains(page.Text, "&lt;script");
        }

        Answer search = await admin.GetAsync("/certificates?names=%22%3E%3Cscript%3E", Cancel);
        Assert.IsFalse(search.Text.Contains("<script", StringComparison.OrdinalIgnoreCase));
    }

    [TestMethod]
    public async Task End_entities_are_found_and_lead_to_their_certificates()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        string serial = await web.DeviceAsync("router", Cancel);
        StringAssert.Contains((await admin.GetAsync("/end-entities?names=ROUT&status=" + nameof(EndEntityStatus.Generated), Cancel)).Text, "/end-entities/detail?user=router");
        StringAssert.Contains((await admin.GetAsync("/end-entities/detail?user=router", Cancel)).Text, serial);
        Assert.AreEqual(HttpStatusCode.NotFound, (await admin.GetAsync("/end-entities/detail?user=none", Cancel)).Status);
    }

    [TestMethod]
    public async Task CAs_give_their_certificate_and_CRL()
    {
        await using Web web = await Web.StartAsync(Cancel);
        using Browser admin = await web.AsAdminAsync(Cancel);
        Answer certificate = await admin.GetAsync($"/authorities?handler=Der&ca={TestCa.RootName}", Cancel);
        Assert.IsTrue(Der.Decode<Certificate>(certificate.Content).OrThrow().IsCa);
        Answer crl = await admin.GetAsync($"/authorities?handler=Crl&ca={TestCa.RootName}", Cancel);
        Assert.IsTrue(Der.Decode<CertificateList>(crl.Content).OrThrow().IsSignedBy(Der.Decode<Certificate>(certificate.Content).OrThrow().PublicKey));
    }

    private async Task FindsAsync(Browser admin, string query, string there, string notThere)
    {
        string text = (await admin.GetAsync("/certificates?" + query, Cancel)).Text;
        StringAssert.Contains(text, $"/{there}\"", query);
        Assert.IsFalse(text.Contains($"/{notThere}\"", StringComparison.Ordinal), query);
    }

    private async Task FindsNothingAsync(Browser admin, string query) =>
        StringAssert.Contains((await admin.GetAsync("/certificates?" + query, Cancel)).Text, "No certificates", query);

    private sealed class DisposableChain : IDisposable
    {
        public DisposableChain(string pem) => Certificates.ImportFromPem(pem);

        public X509Certificate2Collection Certificates { get; } = [];

        public void Dispose()
        {
            foreach (X509Certificate2 certificate in Certificates)
            {
                certificate.Dispose();
            }
        }
    }
}
