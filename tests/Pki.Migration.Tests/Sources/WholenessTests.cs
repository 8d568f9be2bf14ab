using System.Security.Cryptography;
using Pki.Cli;
using Pki.Migration.Sources;
using Pki.Migration.Tests.World;

namespace Pki.Migration.Tests.Sources;

/// <summary>An export that was cut off behind a row is not taken for a whole one (MIGRATION §3.2, §9 check 1).</summary>
[TestClass]
public sealed class WholenessTests
{
    private static OldSite old = null!;
    private static NewSite site = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task PrepareAsync(TestContext context)
    {
        old = new OldSite();
        site = await NewSite.WithAsync(old, context.CancellationToken);
        old.WriteDump(site.File("whole.sql"), 40);
        string[] lines = await File.ReadAllLinesAsync(site.File("whole.sql"), context.CancellationToken);
        int last = Array.FindLastIndex(lines, line => line.StartsWith("INSERT INTO `CertificateData`", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(site.File("cut.sql"), lines[..(last - 10)], context.CancellationToken);
        await File.WriteAllTextAsync(site.File("sums"), $"{Digest("whole.sql")}  /export/whole.sql\n", context.CancellationToken);
        Directory.CreateDirectory(site.File("folder"));
        await File.WriteAllTextAsync(Path.Combine(site.File("folder"), "UserData.ndjson"), "", context.CancellationToken);
    }

    [ClassCleanup]
    public static void Clean()
    {
        site.Dispose();
        old.Dispose();
    }

    [TestMethod]
    [DataRow("cut.sql", new string[0], "says that the export is whole", DisplayName = "a dump that ends behind a row")]
    [DataRow("folder", new string[0], "says that the export is whole", DisplayName = "a folder whose rows nobody has counted")]
    [DataRow("cut.sql", new[] { "--without-end-mark", "--sha256", "sums" }, "another digest", DisplayName = "a file whose digest was not taken")]
    [DataRow("cut.sql", new[] { "--expect-rows", "CertificateData=40", "--expect-rows", "CRLData=2" }, "40 there, 29 read", DisplayName = "fewer rows than were counted")]
    [DataRow("whole.sql", new[] { "--expect-rows", "certificatedata=41" }, "41 there, 40 read", DisplayName = "fewer rows than were counted, and whole")]
    [DataRow("whole.sql", new[] { "--expect-rows", "CertificateData" }, "TABLE=NUMBER", DisplayName = "no number")]
    public async Task What_is_not_whole_fails(string source, string[] more, string expected)
    {
        (ExitCode code, _, string error) = await ImportAsync(source, more);
        Assert.AreNotEqual(ExitCode.Success, code);
        Assert.Contains(expected, error);
    }

    [TestMethod]
    public async Task What_is_whole_is_compared_with_what_was_noted()
    {
        (ExitCode code, string output, string error) = await ImportAsync("whole.sql", ["--sha256", "sums", "--expect-rows", "CertificateData=40", "--expect-rows", "UserData=8"]);
        Assert.AreEqual(ExitCode.Success, code, error + output);
        Assert.Contains("its digests are those that were taken", await File.ReadAllTextAsync(site.File("report-whole.sql"), Cancel));
    }

    [TestMethod]
    public async Task What_is_taken_without_its_end_says_so_in_the_report()
    {
        await ImportAsync("cut.sql", ["--without-end-mark"]);
        Assert.Contains("ACCEPTED WITHOUT ITS END", await File.ReadAllTextAsync(site.File("report-cut.sql"), Cancel));
    }

    [TestMethod]
    public async Task A_file_of_a_folder_that_was_noted_and_is_gone_is_missed()
    {
        string folder = site.File("certificates");
        foreach (string status in new[] { "20", "40" })
        {
            Directory.CreateDirectory(Path.Combine(folder, status));
            await File.WriteAllTextAsync(Path.Combine(folder, status, "1.pem"), old.CertificateOf(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)).ToPem(), Cancel);
        }

        string crl = Path.Combine(folder, "last.crl");
        await File.WriteAllBytesAsync(crl, old.Crl(1, null, 3).Encoded.ToArray(), Cancel);
        await File.WriteAllTextAsync(site.File("sums-of-folder"), string.Concat(new[] { "20/1.pem", "40/1.pem", "last.crl" }.Select(file => $"{Digest("certificates/" + file)} *./{file}\n")), Cancel);
        Assert.AreEqual(ExitCode.Success, (await ImportAsync("certificates", ["--sha256", "sums-of-folder"])).Code, "two files of one name in two folders, and nothing else to tell that it is whole");
        Assert.Contains("says that the export is whole", (await ImportAsync("certificates", [])).Error);

        File.Delete(crl);
        Assert.Contains("'./last.crl' was there when the digests were taken", (await ImportAsync("certificates", ["--sha256", "sums-of-folder"])).Error, "without it everything would be active");
        Assert.Contains("says that the export is whole", (await ImportAsync("certificates", ["--expect-rows", "CertificateData=2"])).Error, "whether there are CRLs must be said, too");
    }

    [TestMethod]
    public async Task What_an_export_leaves_out_is_told()
    {
        (_, string output, _) = await ImportAsync("whole.sql", []);
        Assert.Contains("NoConflictCertificateData: not in the source", output);
        Assert.DoesNotContain("UserData: not in the source", output);
    }

    [TestMethod]
    public async Task A_dry_run_leaves_the_list_of_the_import_alone()
    {
        await File.WriteAllTextAsync(site.File("import-set-aside.ndjson"), "of an import that was stopped", Cancel);
        await site.MustAsync("import", "ejbca", "--from", site.File("whole.sql"), "--dry-run", "--report", site.File("report-dry"));
        Assert.AreEqual("of an import that was stopped", await File.ReadAllTextAsync(site.File("import-set-aside.ndjson"), Cancel));
    }

    [TestMethod]
    public async Task A_file_that_is_put_in_its_place_later_is_not_read()
    {
        string path = site.File("swapped.sql");
        await File.WriteAllTextAsync(path, "INSERT INTO `UserData` (`username`) VALUES ('first');\n-- Dump completed on 2026-01-01\n", Cancel);
        await using MysqlDump dump = await MysqlDump.OpenAsync(path, Cancel);
        await File.WriteAllTextAsync(path + ".new", "INSERT INTO `UserData` (`username`) VALUES ('other');\n-- Dump completed\n", Cancel);
        File.Move(path + ".new", path, overwrite: true);
        List<string?> users = [];
        await foreach (LegacyRow row in dump.ReadAsync("UserData", 0, Cancel))
        {
            users.Add(row.Text("username"));
        }

        Assert.AreEqual("first", users.Single());
        Assert.IsTrue(dump.HasEndMark);
    }

    private static string Digest(string name) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(site.File(name))));

    private static Task<(ExitCode Code, string Out, string Error)> ImportAsync(string source, string[] more) => site.PkiAsync(
        ["import", "ejbca", "--from", site.File(source), "--dry-run", "--set-aside", site.File("aside-" + Path.GetRandomFileName()), "--report", site.File("report-" + source), .. more.Select(word => word.StartsWith("sums", StringComparison.Ordinal) ? site.File(word) : word)]);
}
