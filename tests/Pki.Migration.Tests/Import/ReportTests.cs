using System.Diagnostics;
using System.Security.Cryptography;
using Pki.Cli;
using Pki.Migration.Tests.World;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace Pki.Migration.Tests.Import;

/// <summary>The report can be checked by others, and the audit log knows its digest.</summary>
[TestClass]
[NeedsTool("openssl")]
public sealed class ReportTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task The_report_is_signed_and_audited()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        using var pki = new TestPki("CN=Operators");
        using KeyStore signer = pki.Issue("CN=Operator");
        using Secret password = Secret.FromText("sign-word");
        File.WriteAllBytes(site.File("operator.p12"), Pkcs12.Save(signer, password, "operator"));
        File.WriteAllText(site.File("operator.password"), "sign-word\n");
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, 30);
        (ExitCode code, string output, string error) = await site.ImportAsync(dump, "--sign-with", site.File("operator.p12"), "--sign-password-file", site.File("operator.password"));
        Assert.AreEqual(ExitCode.Success, code, error + output);

        string signed = site.File("signed.json");
        OpenSsl("cms", "-verify", "-inform", "DER", "-in", site.Report + ".p7m", "-noverify", "-binary", "-out", signed);
        byte[] report = await File.ReadAllBytesAsync(site.Report, Cancel);
        CollectionAssert.AreEqual(report, await File.ReadAllBytesAsync(signed, Cancel));
        string text = System.Text.Encoding.UTF8.GetString(report);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(dump, Cancel))), text, "the digest of the source");
        Assert.DoesNotContain("sign-word", text);
        string audited = await site.QueryAsync("select details from audit_record where details like '%reportSha256%'", Cancel);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(report)), audited);
        Assert.AreEqual("1", (await site.QueryAsync("select count(*) from audit_record where module = 'IMPORT' and event = 'RA_ADDENDENTITY'", Cancel)).Trim(), "one record for the batch of users");
        await site.MustAsync("audit", "verify");
    }

    [TestMethod]
    public async Task CRL_numbers_are_the_highest_of_full_and_delta_and_no_row_lifts_them_far()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        using var other = new OldSite();
        await ImportCrlsAsync(site, [
            .. old.Crls(20),
            Changed(old, null, "9007199254740000"), // its CRL says 41
            Changed(old, null, "99999999999999999999"),
            Changed(old, "", "50"),
            Changed(old, "", "9007199254740000"),
            Changed(old, "MIIB", "60"),
            Changed(old, other.Crls(20).First()[1], "70"), // signed by an older key, as far as anybody here can tell
        ]);
        Assert.AreEqual("170\n", await site.QueryAsync("select crl_number_floor from authority", Cancel), "too low would be worse than too high");
        Assert.AreEqual($"{OldSite.FullCrlNumber}\n", await site.QueryAsync("select number from crl", Cancel), "the last full one can still be published");
        string[] aside = await File.ReadAllLinesAsync(site.SetAside, Cancel);
        Assert.HasCount(5, aside);
        string all = string.Concat(aside);
        foreach (string expected in new[] { "cRLNumber is not the CRL's", "far above 43", "base64Crl is no CRL", "has not signed it" })
        {
            Assert.Contains(expected, all);
        }
    }

    [TestMethod]
    public async Task Numbers_that_nobody_has_signed_are_for_a_person_to_believe()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        await ImportCrlsAsync(site, [Changed(old, "", "50")]);
        Assert.AreEqual("-1\n", await site.QueryAsync("select crl_number_floor from authority", Cancel), "not known: the CA is not activated without --first-crl-number");
        Assert.Contains("--first-crl-number", await File.ReadAllTextAsync(site.SetAside, Cancel));
    }

    private static async Task ImportCrlsAsync(NewSite site, IEnumerable<string?[]> rows)
    {
        string sql = site.File("crls.sql");
        await using (StreamWriter file = File.CreateText(sql))
        {
            OldSite.Insert(file, "CRLData", "fingerprint,base64Crl,cAFingerprint,cRLNumber,deltaCRLIndicator,issuerDN,nextUpdate,rowProtection,rowVersion,thisUpdate", 1, rows);
        }

        await site.ImportAsync(sql, "--crl-number-gap", "100");
    }

    private static string?[] Changed(OldSite old, string? text, string number)
    {
        string?[] row = old.Crls(20).First();
        (row[1], row[3]) = (text switch { null => row[1], "" => null, _ => text }, number);
        return row;
    }

    private static void OpenSsl(params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", args) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, error);
    }
}
