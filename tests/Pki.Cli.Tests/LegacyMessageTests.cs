using System.Text.Json.Nodes;
using TestKit;

namespace Pki.Cli.Tests;

/// <summary>Rows of legacy programs in the lists of people, and those that a stopped legacy worker has left (MIGRATION §7).</summary>
[TestClass]
public sealed class LegacyMessageTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Whatever_a_legacy_program_has_written_a_list_shows_it()
    {
        using SmallCa ca = await SmallCa.CreateAsync(Cancel);
        await InsertAsync(ca, "11", status: 3, digest: $"'life-{new string('a', 48)}-0000000000'");
        await InsertAsync(ca, "21", status: 1, created: long.MinValue);
        await InsertAsync(ca, "31", status: 1, created: long.MaxValue);
        Run run = await ca.MustAsync("message", "list", "--json");
        Assert.AreEqual(3, run.Records.Count);
        Assert.IsTrue(run.Records.All(record => record!["code"] is null));
        await ca.MustAsync("message", "list");
    }

    [TestMethod]
    public async Task What_a_legacy_worker_has_left_is_told_and_taken_over()
    {
        using SmallCa ca = await SmallCa.CreateAsync(Cancel);
        await InsertAsync(ca, "11", status: 2);
        string source = Directory.CreateTempSubdirectory("pki-legacy-").FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "CAData.ndjson"), """{"cAId":1,"subjectDN":"CN=Nobody"}""", Cancel);

        Run verify = await ca.PkiAsync("import", "verify", "--from", source);
        Assert.AreEqual(ExitCode.FunctionalError, verify.Code);
        Assert.Contains("1 left", verify.Out + verify.Error);
        Assert.Contains("left by a legacy worker", (await ca.MustAsync("message", "list")).Out);
        Run release = await ca.PkiAsync("message", "release", "11", "--yes");
        Assert.AreEqual(ExitCode.FunctionalError, release.Code, "it would say that it did what it did not");
        Assert.Contains("take-over", release.Error);

        Assert.AreEqual(1, (int)JsonNode.Parse((await ca.MustAsync("message", "take-over", "--yes", "--json")).Out)!["takenOver"]!);
        await ca.MustAsync("import", "verify", "--from", source);
        Assert.AreEqual("waiting", (string?)(await ca.MustAsync("message", "list", "--json")).Records[0]!["status"]);
        Directory.Delete(source, recursive: true);
    }

    private async Task InsertAsync(SmallCa ca, string key, int status, long created = 7, string digest = "null") => await TestDatabases.RunPostgreSqlAsync(
        ca.MessageDatabase, $"insert into message (uniqueid, createtime, message, messageid, modifytime, status, type, requestdigest) values ('{key}', {created}, '<java/>', 'm{key}', {created}, {status}, 1, {digest})", Cancel);
}
