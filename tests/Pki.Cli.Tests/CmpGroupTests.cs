namespace Pki.Cli.Tests;

/// <summary>CMP aliases and their secrets (CMP.md ).</summary>
[TestClass]
public sealed class CmpGroupTests
{
    private const string Secret = "nobody reads this again";

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task An_alias_is_made_shown_changed_and_given_a_secret_that_nothing_prints()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string alias = Path.Combine(ca.Folder.Root, "alias.json");
        string secret = Path.Combine(ca.Folder.Root, "secret");
        await File.WriteAllTextAsync(alias, """{ "caName": "ManagementCA" }""", TestContext.CancellationToken);
        await File.WriteAllTextAsync(secret, Secret + "\n", TestContext.CancellationToken);

        await ca.MustAsync("cmp", "alias", "create", "devices", "--from", alias);
        Run shown = await ca.MustAsync("cmp", "alias", "show", "devices");
        await File.WriteAllTextAsync(alias, shown.Out.Replace("\"Client\"", "\"Ra\"", StringComparison.Ordinal), TestContext.CancellationToken);
        await ca.MustAsync("cmp", "alias", "set", "devices", "--from", alias);
        await ca.MustAsync("cmp", "secret", "set", "devices", "--key-id", "3078", "--secret-file", secret);

        Run aliases = await ca.MustAsync("cmp", "alias", "list", "--json");
        Assert.AreEqual("ra", aliases.Records.Single(record => record!["name"]!.GetValue<string>() == "devices")!["mode"]!.GetValue<string>());
        foreach (Run run in (Run[])[await ca.MustAsync("cmp", "secret", "list", "devices"), await ca.MustAsync("cmp", "alias", "show", "devices"), await ca.MustAsync("audit", "show", "--json")])
        {
            Assert.DoesNotContain(Secret, run.Out);
        }

        await ca.MustAsync("cmp", "secret", "remove", "devices", "--key-id", "3078");
        Assert.AreEqual(ExitCode.FunctionalError, (await ca.PkiAsync("cmp", "secret", "remove", "devices", "--key-id", "3078")).Code, "it is gone");
        await ca.MustAsync("cmp", "alias", "remove", "devices");
        Assert.AreEqual(ExitCode.FunctionalError, (await ca.PkiAsync("cmp", "alias", "show", "devices")).Code, "it is gone");
    }

    [TestMethod]
    [DataRow("""{ "caName": "Nowhere" }""", "There is no CA 'Nowhere'")]
    [DataRow("""{ "caName": "ManagementCA", "nonsense": 1 }""", "nonsense")]
    [DataRow("""{ "caName": "ManagementCA", "authentication": [] }""", "needs an authentication module")]
    [DataRow("""{ "caName": "ManagementCA", "certificateProfile": "NONE" }""", "There is no certificate profile 'NONE'")]
    [DataRow("""{ "caName": "ManagementCA", "authentication": [{ "module": "EndEntityCertificate", "parameter": "ManagementCA" }] }""", "nothing in client mode")]
    public async Task What_cannot_work_is_refused_when_it_is_saved(string json, string reason)
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string alias = Path.Combine(ca.Folder.Root, "alias.json");
        await File.WriteAllTextAsync(alias, json, TestContext.CancellationToken);

        Run run = await ca.PkiAsync("cmp", "alias", "create", "devices", "--from", alias);

        Assert.AreEqual(ExitCode.FunctionalError, run.Code);
        StringAssert.Contains(run.Error, reason, StringComparison.Ordinal);
    }
}
