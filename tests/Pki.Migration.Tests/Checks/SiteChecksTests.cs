using System.Text.Json.Nodes;
using Pki.Cli;
using Pki.Migration.Tests.World;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Checks;

/// <summary>No revocation is lost on the way, and our CRL continues the old ones (MIGRATION §9 checks 3 to 5 and 11).</summary>
[TestClass]
public sealed class SiteChecksTests
{
    private const int Certificates = 60;
    private const string OldList = "list what is revoked here", NewList = "continues the old ones", Same = "its certificate is that of the old system";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_faithful_import_passes_and_so_does_its_first_CRL()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        Assert.AreEqual(ExitCode.Success, (await site.ImportAsync(dump)).Code);
        JsonArray checks = JsonNode.Parse(await File.ReadAllTextAsync(site.Report, Cancel))!["checks"]!.AsArray();
        foreach (string check in new[] { OldList, Same })
        {
            Assert.IsTrue(checks.Any(c => ((string?)c!["what"])!.Contains(check, StringComparison.Ordinal) && (bool)c["passed"]!), check);
        }

        Assert.DoesNotContain(NewList, await site.MustAsync("import", "verify", "--from", dump), "there is no CRL of ours yet");

        await site.MustAsync("ca", "activate", NewSite.CaName);
        await site.MustAsync("cert", "revoke", new SerialNumber(1_000_017).ToString(), "--reason", "KeyCompromise", "--yes");
        await site.MustAsync("crl", "create", NewSite.CaName);
        string after = await site.MustAsync("import", "verify", "--from", dump);
        Assert.Contains(NewList, after);
        Assert.Contains("7 listed", after, "the old five, the one that status 60 hid, and the new one");
    }

    /// <summary>Each row of a list that says something else than the table.</summary>
    [TestMethod]
    [DataRow("update certificate set status = 20, revocation_reason = -1, revoked_at = null where serial = '{0}'", "1 listed and not revoked here, the first {0}", DisplayName = "listed, and in force here")]
    [DataRow("delete from certificate where serial = '{0}'", "1 listed and not revoked here, the first {0}", DisplayName = "listed, and not here")]
    [DataRow("update certificate set revocation_reason = 1 where serial = '{0}'", "1 another reason or date, the first {0}", DisplayName = "another reason")]
    [DataRow("update certificate set revoked_at = revoked_at - interval '1 second' where serial = '{0}'", "1 another reason or date, the first {0}", DisplayName = "another date")]
    public async Task What_differs_from_the_old_list_is_told(string change, string told)
    {
        const int Revoked = 20; // with reason 3
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        await site.ImportAsync(dump);
        string serial = new SerialNumber(1_000_000 + Revoked).ToString();
        await site.QueryAsync(change.Replace("{0}", serial, StringComparison.Ordinal), Cancel);

        (ExitCode code, string output, string error) = await site.PkiAsync("import", "verify", "--from", dump);
        Assert.AreEqual(ExitCode.FunctionalError, code, output);
        Assert.Contains(told.Replace("{0}", serial, StringComparison.Ordinal), output + error);
    }

    /// <summary>What is right to differ: expired, released from hold, revoked after the list was made.</summary>
    [TestMethod]
    public async Task What_the_time_since_explains_is_no_difference()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        await site.ImportAsync(dump);
        await site.QueryAsync("update certificate set expire_at = '2024-03-01' where username = 'device10'", Cancel);
        await site.QueryAsync("update certificate set status = 40, revocation_reason = 4, revoked_at = '2026-01-01' where username = 'device8'", Cancel);
        Assert.AreEqual(6, OldSite.ReasonOf(50), "on hold");
        await site.QueryAsync("update certificate set status = 20, revocation_reason = 8, revoked_at = null where username = 'device50'", Cancel);
        Assert.Contains("1 expired, 1 released from hold", await site.MustAsync("import", "verify", "--from", dump));
    }

    /// <summary>MIGRATION §10 trap 5: status 60 hides revoked certificates from the old system's CRLs. One more that is revoked here is told, and no harm.</summary>
    [TestMethod]
    public async Task What_is_revoked_here_and_was_not_listed_is_told()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        await site.ImportAsync(dump);
        await site.QueryAsync("update certificate set status = 40, revocation_reason = 0, revoked_at = '2024-02-01' where username = 'device8'", Cancel);
        Assert.Contains("revoked here and not listed", await site.MustAsync("import", "verify", "--from", dump));
    }

    [TestMethod]
    public async Task A_CRL_of_ours_that_forgets_a_revocation_is_found()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        await site.ImportAsync(dump);
        await site.QueryAsync("update certificate set status = 20, revocation_reason = -1, revoked_at = null where username = 'device20'", Cancel);
        await site.MustAsync("ca", "activate", NewSite.CaName);
        await site.MustAsync("crl", "create", NewSite.CaName);
        (ExitCode code, string output, string error) = await site.PkiAsync("import", "verify", "--from", dump);
        Assert.AreEqual(ExitCode.FunctionalError, code);
        Assert.Contains("1 no longer listed", output + error);
    }

    /// <summary>MIGRATION §2.5: a partition's CRL is not the CA's, but its number was seen by somebody.</summary>
    [TestMethod]
    public async Task A_partitions_CRL_counts_for_the_numbers_and_is_never_published_as_the_whole()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string sql = site.File("crls.sql");
        await using (StreamWriter file = File.CreateText(sql))
        {
            const string Columns = "fingerprint,base64Crl,cAFingerprint,cRLNumber,deltaCRLIndicator,issuerDN,nextUpdate,rowProtection,rowVersion,thisUpdate,crlPartitionIndex";
            string?[] partition = [.. old.CrlRow(old.Crl(77, null, 3), 77, isDelta: false), "2"];
            OldSite.Insert(file, "CRLData", Columns, 1, [.. old.Crls(20).Select(row => (string?[])[.. row, "0"]), partition]);
        }

        string output = await OutputAsync(site, sql);
        Assert.AreEqual("87\n", await site.QueryAsync("select crl_number_floor from authority", Cancel));
        Assert.AreEqual($"{OldSite.FullCrlNumber}\n", await site.QueryAsync("select number from crl", Cancel));
        Assert.Contains($"full of partition 2 77, full {OldSite.FullCrlNumber}, delta {OldSite.DeltaCrlNumber}", output);
    }

    private static async Task<string> OutputAsync(NewSite site, string source)
    {
        (_, string output, string error) = await site.ImportAsync(source);
        return output + error;
    }
}
