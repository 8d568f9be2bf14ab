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

    /// <summary>CMP-M-2: said when it is configured, not when a device fails.</summary>
    [TestMethod]
    public async Task An_administrator_is_told_where_a_hash_cannot_verify_MACs()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string json = Path.Combine(ca.Folder.Root, "some.json");
        string secret = Path.Combine(ca.Folder.Root, "secret");
        await File.WriteAllTextAsync(json, """{ "caName": "ManagementCA" }""", TestContext.CancellationToken);
        await File.WriteAllTextAsync(secret, Secret + "\n", TestContext.CancellationToken);

        Run alias = await ca.MustAsync("cmp", "alias", "create", "devices", "--from", json);
        Run hashed = await ca.MustAsync("user", "add", "hashed", "--subject", "CN=hashed", "--ca", "ManagementCA", "--secret-file", secret);
        await File.WriteAllTextAsync(json, """{ "anyFields": true, "password": { "reversible": true } }""", TestContext.CancellationToken);
        await ca.MustAsync("profile", "create", "endEntity", "codes", "--from", json);
        Run opens = await ca.MustAsync("user", "add", "device", "--subject", "CN=device", "--ca", "ManagementCA", "--end-entity-profile", "codes", "--secret-file", secret);

        StringAssert.Contains(alias.Error, "password.reversible", StringComparison.Ordinal);
        StringAssert.Contains(hashed.Error, "CMP alias devices", StringComparison.Ordinal);
        Assert.DoesNotContain("note:", opens.Error);
        Assert.IsTrue((await ca.MustAsync("user", "show", "device", "--json")).Out.Contains("\"secretOpens\": true", StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, (await ca.MustAsync("audit", "show", "--json")).Out);
    }

    [TestMethod]
    public async Task A_CA_has_a_secret_and_an_alias_RAs_that_it_trusts()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string json = Path.Combine(ca.Folder.Root, "some.json");
        string secret = Path.Combine(ca.Folder.Root, "secret");
        string pem = Path.Combine(ca.Folder.Root, "ra.pem");
        await File.WriteAllTextAsync(json, """{ "caName": "ManagementCA", "mode": "ra" }""", TestContext.CancellationToken);
        await File.WriteAllTextAsync(secret, Secret + "\n", TestContext.CancellationToken);
        await ca.MustAsync("cmp", "alias", "create", "ra", "--from", json);
        await ca.MustAsync("keystore", "issue", "front", "--ca", "ManagementCA", "--subject", "CN=front", "--certificate-profile", "LINK", "--out", Path.Combine(ca.Folder.Root, "ra.p12"), "--certificate-out", pem);

        await ca.MustAsync("cmp", "ca-secret", "set", "ManagementCA", "--secret-file", secret);
        Run added = await ca.MustAsync("cmp", "ra", "add", "ra", "--certificate", pem, "--json");
        Run again = await ca.PkiAsync("cmp", "ra", "add", "ra", "--certificate", pem);

        Assert.HasCount(1, (await ca.MustAsync("cmp", "ca-secret", "list", "ManagementCA", "--json")).Records);
        Assert.AreEqual("CN=front", (await ca.MustAsync("cmp", "ra", "list", "ra", "--json")).Records.Single()!["subjectDn"]!.GetValue<string>());
        Assert.AreEqual(ExitCode.FunctionalError, again.Code);
        string fingerprint = System.Text.Json.Nodes.JsonNode.Parse(added.Out)!["sha256"]!.GetValue<string>();
        await ca.MustAsync("cmp", "ra", "remove", "ra", string.Join(':', fingerprint.ToUpperInvariant().Chunk(2).Select(pair => new string(pair))));
        Assert.IsEmpty((await ca.MustAsync("cmp", "ra", "list", "ra", "--json")).Records);
        Assert.DoesNotContain(Secret, (await ca.MustAsync("audit", "show", "--json")).Out);
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
