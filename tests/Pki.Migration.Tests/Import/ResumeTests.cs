using System.Text.Json.Nodes;
using Pki.Cli;
using Pki.Migration.Tests.World;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Import;

/// <summary>An import that is killed anywhere goes on where it was, and ends with the same.</summary>
[TestClass]
public sealed class ResumeTests
{
    private const int Certificates = 1500;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Killed_again_and_again_it_ends_with_the_same()
    {
        using var old = new OldSite();
        using NewSite whole = await NewSite.WithAsync(old, Cancel);
        string dump = whole.File("ejbca.sql");
        WriteWithTrouble(old, dump);
        Assert.AreEqual(ExitCode.FunctionalError, (await whole.ImportAsync(dump)).Code, "rows were set aside");
        string expected = await whole.ContentAsync(Cancel);
        string expectedList = await File.ReadAllTextAsync(whole.SetAside, Cancel);
        Assert.HasCount(3, expectedList.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        using NewSite killed = await NewSite.WithAsync(old, Cancel);
        foreach ((string table, long at) in new[] { ("certificate", 1L), ("certificate", 400), ("certificate", 900), ("certificate", 1300), ("end_entity", 100) })
        {
            await killed.KillImportAtAsync(table, at, dump, ["--batch", "100", "--resume"], Cancel);
        }

        (ExitCode refusedCode, _, string refused) = await killed.ImportAsync(dump);
        Assert.AreEqual(ExitCode.FunctionalError, refusedCode);
        Assert.Contains("--resume", refused);
        await killed.ImportAsync(dump, "--batch", "100", "--resume");
        Assert.AreEqual(expected, await killed.ContentAsync(Cancel));
        Assert.AreEqual(expectedList, await File.ReadAllTextAsync(killed.SetAside, Cancel));
    }

    [TestMethod]
    public async Task A_second_run_changes_nothing_but_takes_new_revocations()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, 300);
        Assert.AreEqual(ExitCode.Success, (await site.ImportAsync(dump)).Code);
        string before = await site.ContentAsync(Cancel);
        Assert.AreEqual(ExitCode.Success, (await site.ImportAsync(dump)).Code);
        Assert.AreEqual(before, await site.ContentAsync(Cancel));

        string later = site.File("later.sql");
        await using (StreamWriter file = File.CreateText(later))
        {
            Dictionary<string, string?> revoked = old.Row(await StoredAsync(site, 12), 40, 1, OldSite.UserOf(12));
            Dictionary<string, string?> released = old.Row(await StoredAsync(site, 20), 20, -1, OldSite.UserOf(20));
            OldSite.Insert(file, "CertificateData", string.Join(',', revoked.Keys), 10, [[.. revoked.Values], [.. released.Values]]);
        }

        (ExitCode code, string output, string error) = await site.ImportAsync(later);
        Assert.AreEqual(ExitCode.Success, code, error);
        Assert.Contains("1  CertificateData: revoked here and not in the source", output);
        Assert.AreEqual("40\t1\n40\t3\n", await site.QueryAsync($"select status, revocation_reason from certificate where username in ('{OldSite.UserOf(12)}', '{OldSite.UserOf(20)}') order by username", Cancel), "a revocation is taken, a release is not");
    }

    [TestMethod]
    public async Task Two_at_once_do_no_harm()
    {
        using var old = new OldSite();
        using NewSite alone = await NewSite.WithAsync(old, Cancel);
        string dump = alone.File("ejbca.sql");
        old.WriteDump(dump, 400);
        Assert.AreEqual(ExitCode.Success, (await alone.ImportAsync(dump)).Code);

        using NewSite both = await NewSite.WithAsync(old, Cancel);
        Task<(ExitCode Code, string Out, string Error)> ImportAsync(int i) => both.PkiAsync(
            "import", "ejbca", "--from", dump, "--batch", "10", "--resume", "--set-aside", both.File($"aside{i}"), "--report", both.File($"report{i}"));
        var ends = await Task.WhenAll(ImportAsync(1), ImportAsync(2));
        foreach ((ExitCode code, string output, string error) in ends)
        {
            Assert.IsTrue(code == ExitCode.Success || error.Contains("Another program"), error + output);
        }

        Assert.AreEqual(ExitCode.Success, (await ImportAsync(3)).Code, "the checks hold: no row was counted twice");
        Assert.AreEqual(await alone.ContentAsync(Cancel), await both.ContentAsync(Cancel));
    }

    [TestMethod]
    public async Task It_goes_on_with_what_it_began_with_only()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, 20);
        (ExitCode code, string output, string error) = await site.ImportAsync(dump);
        Assert.AreEqual(ExitCode.Success, code, error + output);
        await site.QueryAsync("update import_run set state = replace(state, '\"listLength\":0', '\"listLength\":5')", Cancel);
        Assert.Contains("--set-aside", (await site.ImportAsync(dump, "--resume")).Error, "a list that is shorter than it was would be filled with nothing");
        await site.QueryAsync("update import_run set state = replace(state, '\"listLength\":5', '\"listLength\":0')", Cancel);
        await File.WriteAllTextAsync(site.File("map.json"), "{ \"endEntityProfiles\": { \"*\": \"EMPTY\" } }", Cancel);
        Assert.Contains("another map", (await site.ImportAsync(dump, "--resume", "--map", site.File("map.json"))).Error);
        Assert.AreEqual(ExitCode.Success, (await site.ImportAsync(dump, "--resume")).Code);
    }

    [TestMethod]
    public async Task The_end_of_one_import_does_not_take_another_ones_texts_away()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        await using Pki.Cli.Configuration.CaSession session = site.Open();
        var bulk = session.Get<Ca.Core.Importing.BulkImport>();
        foreach (string run in (string[])["aa", "ab"])
        {
            await bulk.CommitAsync(session.Operator, new(run, null, [], [], [new("f", "text of " + run)]), _ => "{}", Cancel);
        }

        await bulk.DropTextsAsync("aa", Cancel);
        Assert.IsEmpty(await bulk.FindTextsAsync("aa", ["f"], Cancel));
        Assert.AreEqual("text of ab", (await bulk.FindTextsAsync("ab", ["f"], Cancel))["f"]);
        await bulk.ForgetAsync("a", Cancel);
        Assert.HasCount(1, await bulk.FindTextsAsync("ab", ["f"], Cancel));
        await bulk.ForgetAsync("ab", Cancel);
        Assert.AreEqual("0", (await site.QueryAsync("select count(*) from import_text", Cancel)).Trim());
    }

    [TestMethod]
    [DataRow(false, DisplayName = "certificates in their rows")]
    [DataRow(true, DisplayName = "certificates in Base64CertData")]
    public async Task A_dry_run_stores_nothing_and_tells_what_the_real_one_tells(bool apart)
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        WriteWithTrouble(old, dump, apart);
        string before = await site.ContentAsync(Cancel);
        (ExitCode Code, string Counts, string SetAside) dry = await ImportAndTellAsync(site, dump, "--dry-run");
        Assert.AreEqual(ExitCode.FunctionalError, dry.Code);
        Assert.HasCount(3, dry.SetAside.Split('\n', StringSplitOptions.RemoveEmptyEntries), dry.SetAside.Split('\n')[0]);
        Assert.AreEqual(before, await site.ContentAsync(Cancel));
        Assert.AreEqual("0", (await site.QueryAsync("select count(*) from import_run", Cancel)).Trim());

        Assert.AreEqual(dry, await ImportAndTellAsync(site, dump));
        Assert.AreEqual(await ImportAndTellAsync(site, dump, "--dry-run"), await ImportAndTellAsync(site, dump), "what is here is known to a dry run, too");
    }

    private async Task<(ExitCode Code, string Counts, string SetAside)> ImportAndTellAsync(NewSite site, string dump, params string[] more)
    {
        ExitCode code = (await site.ImportAsync(dump, [.. more, "--batch", "400"])).Code;
        JsonNode counts = JsonNode.Parse(await File.ReadAllTextAsync(site.Report, Cancel))!["counts"]!;
        return (code, counts.ToJsonString(), await File.ReadAllTextAsync(site.SetAside, Cancel));
    }

    // A broken row, a row whose columns lie, and a second certificate with the serial number of the first.
    private static void WriteWithTrouble(OldSite old, string dump, bool apart = false)
    {
        old.WriteDump(dump, Certificates, rowsPerInsert: 7, apart);
        using var file = new StreamWriter(dump, append: true);
        Dictionary<string, string?> broken = old.Row(old.CertificateOf(5000), 20, -1, "broken");
        broken["base64Cert"] = "MIIB!!!";
        Dictionary<string, string?> lying = old.Row(old.CertificateOf(5001), 20, -1, "lying");
        lying["serialNumber"] = "7";
        Dictionary<string, string?> twin = old.Row(old.Make(1_000_005, "CN=twin,O=Old,C=SE", old.Ca.PublicKey, isCa: false), 20, -1, "twin");
        OldSite.Insert(file, "CertificateData", string.Join(',', broken.Keys), 3, [[.. broken.Values], [.. lying.Values], [.. twin.Values]]);
    }

    private async Task<Certificate> StoredAsync(NewSite site, int i) => Der.Decode<Certificate>(Convert.FromHexString(
        (await site.QueryAsync($"select encode(encoded, 'hex') from certificate where username = '{OldSite.UserOf(i)}'", Cancel)).Trim())).OrThrow();
}
