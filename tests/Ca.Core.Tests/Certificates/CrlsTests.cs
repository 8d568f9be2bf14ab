using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace Ca.Core.Tests.Certificates;

/// <summary>CA_CORE §10, §17 checks 7 and 8.</summary>
[TestClass]
public sealed class CrlsTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod, NeedsTool("openssl")]
    public async Task A_revoked_certificate_is_on_the_list_and_openssl_refuses_it()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using var openssl = new OpenSsl();
        Issued good = (await ca.IssueAsync(ca.Request("good"), Cancel)).OrThrow();
        Issued bad = (await ca.IssueAsync(ca.Request("bad"), Cancel)).OrThrow();
        await RevokeAsync(ca, bad, RevocationReason.KeyCompromise);
        CertificateList crl = await CreateAsync(ca);

        string root = openssl.Write("root.pem", [good.Chain[0]]);
        string list = openssl.Write("crl.pem", crl.ToPem() + "\n");
        string time = ca.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await openssl.RunAsync(Cancel, "verify", "-attime", time, "-crl_check", "-CRLfile", list, "-CAfile", root, openssl.Write("good.pem", [good.Certificate]));
        (int exit, string output) = await openssl.TryAsync(Cancel, "verify", "-attime", time, "-crl_check", "-CRLfile", list, "-CAfile", root, openssl.Write("bad.pem", [bad.Certificate]));
        Assert.AreNotEqual(0, exit);
        Assert.Contains("certificate revoked", output);
        string text = await openssl.RunAsync(Cancel, "crl", "-noout", "-text", "-in", list);
        foreach (string part in new[] { "X509v3 CRL Number", "X509v3 Authority Key Identifier", "Key Compromise" })
        {
            Assert.Contains(part, text);
        }
    }

    /// <summary>RFC 5280 §5.3.2; the revocation date stays the CA's own.</summary>
    [TestMethod, NeedsTool("openssl")]
    public async Task Openssl_reads_since_when_a_key_is_not_to_be_trusted()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using var openssl = new OpenSsl();
        Issued issued = (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        var order = new RevocationOrder
        {
            Actor = ca.Admin,
            CaName = TestCa.RootName,
            Serial = issued.Certificate.Serial.ToString(),
            Reason = RevocationReason.KeyCompromise,
            InvalidityDate = new(2025, 3, 4, 7, 6, 7, TimeSpan.FromHours(2)),
        };
        var work = new CaWork();
        (await ca.Get<Revoker>().RevokeAsync(order, work, Cancel)).OrThrow();
        await ca.Ledger.CommitAsync(work, Cancel);

        string text = await openssl.RunAsync(Cancel, "crl", "-noout", "-text", "-in", openssl.Write("crl.pem", (await CreateAsync(ca)).ToPem() + "\n"));

        string[] lines = [.. text.Split('\n').Select(line => line.Trim())];
        Assert.AreEqual("Mar  4 05:06:07 2025 GMT", lines[Array.FindIndex(lines, line => line.StartsWith("Invalidity Date", StringComparison.Ordinal)) + 1], text);
        Assert.DoesNotContain("Revocation Date: Mar  4", text);
    }

    [TestMethod]
    public async Task Hold_is_listed_with_reason_6_and_gone_after_the_release()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Issued issued = (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        await RevokeAsync(ca, issued, RevocationReason.CertificateHold);
        Assert.AreEqual(RevocationReason.CertificateHold, (await CreateAsync(ca)).Find(issued.Certificate.Serial)!.Reason);

        await RevokeAsync(ca, issued, RevocationReason.RemoveFromCrl);
        Assert.IsNull((await CreateAsync(ca)).Find(issued.Certificate.Serial));
    }

    [TestMethod]
    public async Task A_certificate_that_expired_is_listed_once_more_and_then_archived()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Issued issued = (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        await RevokeAsync(ca, issued, RevocationReason.KeyCompromise);
        Assert.IsNotNull((await CreateAsync(ca)).Find(issued.Certificate.Serial), "before");
        ca.Clock.Advance(TimeSpan.FromDays(731));

        Assert.IsNotNull((await CreateAsync(ca)).Find(issued.Certificate.Serial), "once after expiry");
        Assert.IsNull((await CreateAsync(ca)).Find(issued.Certificate.Serial), "no longer");
        CertificateView view = (await ca.Get<CertificateStore>().FindAsync(TestCa.RootName, issued.Certificate.Serial.ToString(), Cancel))!;
        Assert.AreEqual(CertificateStatus.Archived, view.Status);
        Assert.AreEqual(RevocationReason.KeyCompromise, view.Reason);
    }

    [TestMethod]
    public async Task Numbers_grow_strictly_however_many_jobs_run_on_however_many_nodes()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa other = await ca.AnotherProcessAsync(Cancel, o => o.NodeId = "node-2");

        CrlView[] made = (await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? ca : other).Get<Crls>().CreateAsync(ca.Admin, TestCa.RootName, Cancel)))).Select(o => o.OrThrow()).ToArray();

        CollectionAssert.AreEquivalent(Enumerable.Range(2, 8).Select(n => (long)n).ToArray(), made.Select(c => c.Number).ToArray());
        foreach (CrlView crl in made)
        {
            Assert.AreEqual(crl.Number, (long)Der.Decode<CertificateList>(crl.Encoded).OrThrow().Number!.Value);
        }
    }

    [TestMethod]
    public async Task A_CRL_is_due_shortly_before_it_runs_out_or_when_its_interval_is_over_and_not_before()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Crls crls = ca.Get<Crls>();
        Assert.IsEmpty(await crls.CreateDueAsync(ca.Admin, Cancel));
        ca.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(11));
        Assert.IsEmpty(await crls.CreateDueAsync(ca.Admin, Cancel));
        ca.Clock.Advance(TimeSpan.FromMinutes(1));
        CrlView crl = (await crls.CreateDueAsync(ca.Admin, Cancel)).Single().Crl!;
        Assert.AreEqual(2, crl.Number);
        Assert.AreEqual(TimeSpan.FromDays(1), crl.NextUpdate - crl.ThisUpdate);

        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(ca.Admin, TestCa.RootName, new() { CrlIssueInterval = TimeSpan.FromHours(1) }, Cancel)).OrThrow();
        Assert.IsEmpty(await crls.CreateDueAsync(ca.Admin, Cancel));
        ca.Clock.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(3, (await crls.CreateDueAsync(ca.Admin, Cancel)).Single().Crl!.Number);
    }

    [TestMethod]
    public async Task One_CA_that_cannot_sign_does_not_stop_the_others()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret pin = Secret.FromText("other");
        (await ca.Get<Ca.Core.Keys.CryptoTokens>().CreateAsync(ca.Admin, "cold", pin, Cancel)).OrThrow();
        (await ca.Get<CertificateAuthorities>().CreateAsync(ca.Admin, new() { Name = "A", SubjectDn = "CN=A", Token = "cold", KeySpec = "P-256" }, Cancel)).OrThrow();
        await ca.Get<Ca.Core.Keys.CryptoTokens>().DeactivateAsync(ca.Admin, "cold", Cancel);
        ca.Clock.Advance(TimeSpan.FromDays(1));

        IReadOnlyList<CrlRun> runs = await ca.Get<Crls>().CreateDueAsync(ca.Admin, Cancel);

        Assert.Contains("offline", runs.Single(r => r.CaName == "A").Problem!);
        Assert.IsNotNull(runs.Single(r => r.CaName == TestCa.RootName).Crl);
    }

    private async Task<CertificateList> CreateAsync(TestCa ca) => Der.Decode<CertificateList>((await ca.Get<Crls>().CreateAsync(ca.Admin, TestCa.RootName, Cancel)).OrThrow().Encoded).OrThrow();

    private async Task RevokeAsync(TestCa ca, Issued issued, RevocationReason reason)
    {
        var work = new CaWork();
        (await ca.Get<Revoker>().RevokeAsync(new() { Actor = ca.Admin, CaName = TestCa.RootName, Serial = issued.Certificate.Serial.ToString(), Reason = reason }, work, Cancel)).OrThrow();
        await ca.Ledger.CommitAsync(work, Cancel);
    }
}
