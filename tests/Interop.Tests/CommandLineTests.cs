using System.Text.Json;
using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests;

/// <summary>Our own command line against the running demo, as programs use it: <c>--json</c> and exit code 0.</summary>
[TestClass, NeedsTool("initdb")]
public sealed class CommandLineTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Scep_caps_lists_what_the_server_can()
    {
        JsonElement[] keywords = await PkiAsync("scep", "caps", Demo.ScepServer);
        Assert.Contains("SCEPStandard", keywords.Select(keyword => keyword.GetString()));
    }

    [TestMethod]
    public async Task Scep_ca_shows_the_RA_and_then_the_CA()
    {
        JsonElement[] served = await PkiAsync("scep", "ca", Demo.ScepServer);
        CollectionAssert.AreEqual(new[] { "CN=scep-ra,O=Demo", "CN=ScepCA,O=Demo" }, served.Select(certificate => Text(certificate, "subjectDn")).ToArray());
    }

    [TestMethod]
    public async Task What_scep_enroll_gets_is_found_in_the_lists_of_certificates_and_messages()
    {
        using var files = new ScratchDirectory();
        await PkiAsync("scep", "enroll", Demo.ScepServer, "--subject", "CN=own-client,O=Interop", "--challenge-file", Demo.ChallengeFile, "--out", files.File("own"));
        Certificate issued = Certificate.FromPem(await File.ReadAllTextAsync(files.File("own.pem"), Cancel)).OrThrow();

        JsonElement row = (await PkiAsync("cert", "list")).Single(certificate => Text(certificate, "serial") == issued.Serial.ToString());
        Assert.AreEqual("CN=own-client,O=Interop", Text(row, "subjectDn"));
        Assert.AreEqual("active", Text(row, "status"));
        Assert.Contains("processed", (await PkiAsync("message", "list")).Select(message => Text(message, "status")));
    }

    [TestMethod]
    public async Task Scep_enroll_renews_with_the_old_key_and_never_writes_over_a_key_that_has_a_certificate()
    {
        using var files = new ScratchDirectory();
        string[] enrol = ["scep", "enroll", Demo.ScepServer];
        await PkiAsync([.. enrol, "--subject", "CN=renewed-client,O=Interop", "--san", "dNSName=renewed.example", "--challenge-file", Demo.ChallengeFile, "--out", files.File("old")]);
        string key = await File.ReadAllTextAsync(files.File("old.key"), Cancel);

        await PkiAsync([.. enrol, "--renew", files.File("old"), "--out", files.File("new")]);

        Certificate renewed = Certificate.FromPem(await File.ReadAllTextAsync(files.File("new.pem"), Cancel)).OrThrow();
        Assert.AreEqual("CN=renewed-client,O=Interop", renewed.Subject.ToString());
        Assert.AreNotEqual(key, await File.ReadAllTextAsync(files.File("new.key"), Cancel));
        ToolResult again = await RunAsync([.. enrol, "--subject", "CN=renewed-client,O=Interop", "--out", files.File("old")]);
        Assert.AreNotEqual(0, again.ExitCode);
        Assert.Contains("--renew", again.Error);
        Assert.AreEqual(key, await File.ReadAllTextAsync(files.File("old.key"), Cancel));
    }

    [TestMethod]
    public async Task Audit_verify_finds_every_chain_whole()
    {
        JsonElement[] chains = await PkiAsync("audit", "verify");
        Assert.IsNotEmpty(chains);
        Assert.IsTrue(chains.All(chain => Text(chain, "problem") is null && chain.GetProperty("records").GetInt64() > 0));
    }

    private static string? Text(JsonElement record, string name) => record.GetProperty(name).GetString();

    private async Task<JsonElement[]> PkiAsync(params string[] command)
    {
        ToolResult result = await RunAsync(command);
        JsonElement json = JsonDocument.Parse(result.EndedWith(0).Out).RootElement;
        return json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray()] : [json];
    }

    private async Task<ToolResult> RunAsync(params string[] command)
    {
        using var pki = new Tool(Built.DotNet);
        return await pki.RunAsync([Built.Program("Pki.Cli", "pki"), "--config", Demo.Setting("caConfig"), .. command, "--json"], Cancel);
    }
}
