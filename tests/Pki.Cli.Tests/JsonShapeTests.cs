using System.Text.Json.Nodes;
using ExtRa.Messages.Store;

namespace Pki.Cli.Tests;

/// <summary>Scripts read these records: a name that goes or changes breaks them.</summary>
[TestClass]
public sealed class JsonShapeTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("ca list", "caId crlPeriod description fingerprints issuerDn key name notAfter notBefore serial signatureAlgorithm status subjectDn")]
    [DataRow("profile list", "fixed id kind name summary")]
    [DataRow("user list", "caName certificateProfile createdAt email endEntityProfile hasSecret modifiedAt requestsLeft secretOpens status subjectAltName subjectDn username")]
    [DataRow("cert list", "caName fingerprints invalidityDate key notAfter notBefore reason revokedAt serial status subjectAltName subjectDn type username")]
    [DataRow("message list", "ageSeconds attempts code created leaseOwner leaseUntil messageId modified notBefore requestDigest status type uniqueId")]
    [DataRow("role list", "members name rules")]
    [DataRow("worker list", "dataSource encryptionRequired interval name nodes placement queue raIssuer signatureRequired types whiteList")]
    [DataRow("audit verify", "head nodeId problem records")]
    [DataRow("doctor", "severity what whatToDo")]
    public async Task A_list_is_an_array_of_records_with_these_members(string command, string members)
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        await using MessageDatabase database = MessageDatabase.Open(new() { ConnectionString = ca.MessageDatabase, UseDoorbell = false }, TimeProvider.System);
        await database.Messages.CreateAsync(new("u1", "m1", MessageType.Scep, "sealed", new string('a', 64)), TestContext.CancellationToken);
        Run run = await ca.MustAsync([.. command.Split(' '), "--json"]);
        Assert.AreNotEqual(0, run.Records.Count);
        foreach (JsonNode? record in run.Records)
        {
            Assert.AreEqual(members, string.Join(' ', record!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal)));
        }
    }

    [TestMethod]
    public async Task An_empty_list_is_an_empty_array()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        Run run = await ca.MustAsync("message", "list", "--json");
        Assert.AreEqual(0, run.Records.Count);
    }

    [TestMethod]
    public async Task Messages_that_wait_are_counted_for_each_worker()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        await using MessageDatabase database = MessageDatabase.Open(new() { ConnectionString = ca.MessageDatabase, UseDoorbell = false }, TimeProvider.System);
        await database.Messages.CreateAsync(new("u1", "m1", MessageType.Scep, "sealed", new string('a', 64)), TestContext.CancellationToken);
        Run run = await ca.MustAsync("worker", "list", "--json");
        Assert.AreEqual(1L, (long)run.Records[0]!["queue"]!["waiting"]!);
    }
}
