using Pki.Cli;
using Pki.Migration.Tests.World;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Sources;

/// <summary>Certificates and CRLs in files, as ca importcert, importcertdir and importcrl took them (MIGRATION §4, §10 trap 4).</summary>
[TestClass]
public sealed class CertificateFolderTests
{
    private const int Certificates = 60;

    private const string Content = "select serial, status, revocation_reason, revoked_at, username from certificate where type = 1 order by serial";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task What_one_site_exports_another_takes_over_with_reasons_and_dates_from_the_CRL()
    {
        using var old = new OldSite();
        using NewSite first = await NewSite.WithAsync(old, Cancel);
        string dump = first.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        await first.ImportAsync(dump);
        string folder = first.File("export");
        await first.MustAsync("cert", "export", "--all", "--out", folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "last.crl"), old.Crl(OldSite.FullCrlNumber, null, Certificates).Encoded.ToArray(), Cancel);

        using NewSite second = await NewSite.WithAsync(old, Cancel);
        (ExitCode code, string output, string error) = await second.ImportAsync(folder, "--user-of", "commonName", "--without-end-mark");
        Assert.AreEqual(ExitCode.Success, code, error + output);
        string hidden = string.Join(',', Enumerable.Range(1, Certificates).Where(i => OldSite.StatusOf(i) == 60).Select(i => $"'{new SerialNumber(1_000_000L + i)}'")); // from the old CRL
        string listed = Content.Replace("type = 1", $"type = 1 and serial not in ({hidden})", StringComparison.Ordinal);
        Assert.AreEqual(await first.QueryAsync(listed, Cancel), await second.QueryAsync(listed, Cancel));
        string revoked = $"select serial, status from certificate where serial in ({hidden}) order by serial";
        Assert.AreEqual(await first.QueryAsync(revoked, Cancel), await second.QueryAsync(revoked, Cancel));
        Assert.AreEqual($"{OldSite.FullCrlNumber + 10}\n", await second.QueryAsync("select crl_number_floor from authority", Cancel));

        Assert.AreEqual(ExitCode.Success, (await second.ImportAsync(folder, "--user-of", "commonName", "--without-end-mark")).Code, "twice");
    }

    /// <summary>A CRL that comes after the certificates revokes what it lists.</summary>
    [TestMethod]
    public async Task A_later_CRL_brings_later_revocations()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string folder = Directory.CreateDirectory(site.File("certificates")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "a router.pem"), old.CertificateOf(20).ToPem(), Cancel);
        Assert.Contains("which CRL numbers it has used", (await site.ImportAsync(folder, "--user-of", "fileName", "--without-end-mark")).Error);
        Assert.Contains("\t20\t-1\t", await site.QueryAsync(Content, Cancel));
        Assert.Contains("a router", await site.QueryAsync(Content, Cancel));
        await File.WriteAllTextAsync(Path.Combine(folder, "later.crl"), old.Crl(99, null, 25).ToPem(), Cancel);
        await site.ImportAsync(folder, "--user-of", "fileName", "--without-end-mark");
        Assert.Contains($"\t40\t{OldSite.ReasonOf(20)}\t", await site.QueryAsync(Content, Cancel));
    }

    [TestMethod]
    public async Task What_is_no_certificate_or_not_the_CAs_is_set_aside_and_a_forged_CRL_revokes_nothing()
    {
        using var old = new OldSite();
        using var stranger = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string folder = Directory.CreateDirectory(site.File("certificates")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.pem"), "no certificate", Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "forged.pem"), stranger.CertificateOf(7).ToPem(), Cancel);
        await File.WriteAllBytesAsync(Path.Combine(folder, "good.der"), old.CertificateOf(20).Encoded.ToArray(), Cancel);
        await File.WriteAllBytesAsync(Path.Combine(folder, "forged.crl"), stranger.Crl(99, null, 25).Encoded.ToArray(), Cancel);

        Assert.AreEqual(ExitCode.FunctionalError, (await site.ImportAsync(folder, "--without-end-mark")).Code);
        string aside = await File.ReadAllTextAsync(site.SetAside, Cancel);
        Assert.Contains("broken.pem", aside);
        Assert.Contains("forged.crl", aside);
        Assert.HasCount(3, aside.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.AreEqual($"{new SerialNumber(1_000_020)}\t20\t-1\tNULL\tNULL\n", await site.QueryAsync(Content, Cancel));
    }

    /// <summary>The old product's script and ours make a folder for each status: what was never in use does not become active.</summary>
    [TestMethod]
    public async Task The_folder_of_a_status_tells_it_whichever_it_is()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        foreach ((string status, int number) in new[] { ("10", 1), ("0", 2), ("77", 3), ("2024", 4) })
        {
            string folder = Directory.CreateDirectory(Path.Combine(site.File("certificates"), "OldCA", status)).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "x.pem"), old.CertificateOf(number).ToPem(), Cancel);
        }

        await site.ImportAsync(site.File("certificates"), "--without-end-mark");
        Assert.AreEqual("10\n10\n20\n", await site.QueryAsync("select status from certificate where type = 1 order by serial", Cancel), "a year is no status");
        Assert.Contains("status 77 is none of", await File.ReadAllTextAsync(site.SetAside, Cancel));
    }
}
