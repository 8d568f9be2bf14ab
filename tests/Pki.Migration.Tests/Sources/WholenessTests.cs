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
        ["import", "ejbca", "--from", site.File(source), "--dry-run", "--set-aside", site.File("aside-" + Path.GetRandomFileName()), "--report", site.File("report-" + source), .. more.Select(word => word == "sums" ? site.File(word) : word)]);
}
