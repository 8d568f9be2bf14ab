using System.Text.Json.Nodes;
using Pki.Cli.Demo;

namespace Pki.Cli.Tests;

/// <summary><c>pki cert revoke</c>: since when a key is not to be trusted (RFC 5280 §5.3.2; CMP-O-42).</summary>
[TestClass]
public sealed class CertRevocationTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Since_when_a_key_is_not_to_be_trusted_is_shown_and_audited()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string serial = (await ca.MustAsync("cert", "list", "--json")).Records.Single(c => (string?)c!["username"] == DemoCa.Worker)!["serial"]!.GetValue<string>();

        await ca.MustAsync("cert", "revoke", serial, "--ca", DemoCa.Management, "--reason", "keyCompromise", "--invalid-since", "2026-01-02T03:04:05Z", "--yes");

        JsonNode shown = JsonNode.Parse((await ca.MustAsync("cert", "show", serial, "--ca", DemoCa.Management, "--json")).Out)!;
        Assert.AreEqual(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), shown["invalidityDate"]!.GetValue<DateTimeOffset>());
        StringAssert.Contains((await ca.MustAsync("cert", "show", serial, "--ca", DemoCa.Management)).Out, "Not trusted since", StringComparison.Ordinal);
        StringAssert.Contains((await ca.MustAsync("audit", "show", "--json")).Out, "2026-01-02 03:04:05Z", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("2026-01-02T03:04:05", "is no moment", DisplayName = "of nobody knows which time zone")]
    [DataRow("yesterday", "is no moment")]
    [DataRow("2999-01-01", "lies in the future")]
    public async Task A_moment_that_cannot_be_is_refused(string moment, string reason)
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string serial = (await ca.MustAsync("cert", "list", "--json")).Records.Single(c => (string?)c!["username"] == DemoCa.Worker)!["serial"]!.GetValue<string>();

        Run run = await ca.PkiAsync("cert", "revoke", serial, "--ca", DemoCa.Management, "--invalid-since", moment, "--yes");

        Assert.AreNotEqual(ExitCode.Success, run.Code);
        StringAssert.Contains(run.Error, reason, StringComparison.Ordinal);
    }
}
