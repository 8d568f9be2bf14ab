using ExtRa.Legacy;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Legacy;

/// <summary>
/// Rows as a program in the DMZ can write them that means harm: keys and names of anything, contents of anything. Each is
/// answered once, nothing is issued for it, and nobody else notices (FLAWS.md B1, B6, F2, F4).
/// </summary>
[TestClass]
public sealed class LegacyHostileRowTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task Every_row_is_answered_and_the_honest_one_is_served(MessageDialect dialect)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel, dialect);
        system.UseWorker(await LegacyRa.IssueAsync(system, "legacy-worker", Cancel, member: false));
        KeyStore own = await LegacyRa.IssueAsync(system, "legacy-ra", Cancel);
        system.WorkerSection["LegacyRequests"] = "Accept";
        system.WorkerSection["LegacySignatureRequired"] = false;
        system.WorkerSection["LegacyEncryptionRequired"] = false;
        system.WorkerSection["UnsignedActsAs"] = "RA";
        var ra = new LegacyRa(system, dialect, own, system.Worker, JavaMapKind.HashMap);
        string request = ra.Write(Protection.None, null, TestSystem.Enrol("victim"));
        (string Key, string Name, string Content)[] rows =
        [
            ("'x2-0000'", "'native key, legacy text'", $"'{request}'"),
            ($"'{LegacyIds.UniqueId(MessageType.ExtRa, "Aa")}'", "'its hash is another'", $"'{request}'"), // FLAWS.md B1
            ("'-1'", "null", $"'{request}'"),
            ("'no message'", "'m'", "null"),
            ("'empty'", "'m'", "''"),
            ("'a number that is no object'", "'m'", "'4294967296'"),
            ("'an object that is not there'", "'m'", "'4294967295'"),
            ($"'{new string('k', 250)}'", $"'{new string('n', 255)}'", "'<'"),
            (Text(dialect, "e2808e6bc2adf09f9880"), Text(dialect, "e280ae0d0a3230323620494e464f"), "'<'"), // directions, line ends, an emoji
        ];
        foreach ((string key, string name, string content) in rows)
        {
            await ra.RunAsync($"insert into message (createtime, message, messageid, modifytime, status, type, uniqueId) values (1, {content}, {name}, {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}, 1, 1, {key})", Cancel);
        }

        if (dialect == MessageDialect.MariaDb)
        {
            // PostgreSQL has no text with it; the CA's own database has none either.
            await ra.RunAsync("insert into message (createtime, message, messageid, modifytime, status, type, uniqueId) values (1, '<', concat('n', char(0)), 1, 1, 1, concat('k', char(0)))", Cancel);
        }

        await system.StartWorkerAsync(Cancel);
        string honest = await ra.StoreAsync("honest", ra.Write(Protection.None, null, TestSystem.Enrol("honest")), Cancel);
        Assert.AreEqual(true, (await ra.AnswerAsync(honest, Cancel))["SUCCESS"]);
        foreach (Request nul in (Request[])
        [
            TestSystem.Enrol("nul") with { Username = "victim\0" },
            new RevocationRequest { RequestId = 1, Username = "victim\0", RevokeUser = true },
            TestSystem.Enrol("nul") with { SubjectAltName = "dNSName=a\0b" },
        ])
        {
            LegacyAnswer refused = await ra.AnswerAsync(await ra.StoreAsync("nul " + nul.WireName, ra.Write(Protection.None, null, nul), Cancel), Cancel);
            Assert.AreEqual((false, false), ((bool)refused["SUCCESS"]!, (string?)refused["FAILINFO"] == FailInfoText.Of(RefusalCode.InternalFailure)), (string?)refused["FAILINFO"]);
        }

        await Eventually.BecomesTrueAsync(
            async _ => (await ra.RunAsync("select count(*) from message where status <> 3", Cancel)).Trim() == "0", Eventually.Patience, Cancel, "every row is answered");
        await system.AssertNothingIssuedAsync("victim", Cancel);
    }

    private static string Text(MessageDialect dialect, string utf8) => dialect == MessageDialect.PostgreSql ? $"convert_from('\\x{utf8}'::bytea, 'UTF8')" : $"convert(unhex('{utf8}') using utf8mb4)";
}
