using System.Globalization;
using ExtRa.Legacy;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Legacy;

/// <summary>
/// The cut-over: what waits, what the legacy worker had taken when it was stopped, and what is answered and not fetched
/// yet (MIGRATION §7, §10 trap 13).
/// </summary>
[TestClass]
public sealed class LegacyTakeOverTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task A_request_that_the_legacy_worker_had_executed_is_answered_with_what_it_had_issued(MessageDialect dialect)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel, dialect);
        LegacyRa ra = await AcceptAsync(system, dialect);
        await system.StartWorkerAsync(Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate issued = Issued(await ra.AnswerAsync(await ra.StoreAsync("first", Enrol(ra, "router", key), Cancel), Cancel));

        string stuck = await ra.StoreAsync("stuck", Enrol(ra, "router", key), Cancel, status: MessageStatus.InProcess);
        string other = await ra.StoreAsync("other", ra.Write(Protection.None, null, TestSystem.Enrol("another")), Cancel, status: MessageStatus.InProcess);
        Assert.AreEqual(2, await system.Messages.Messages.TakeOverAsync(Cancel));

        Certificate again = Issued(await ra.AnswerAsync(stuck, Cancel));
        CollectionAssert.AreEqual(issued.Encoded.ToArray(), again.Encoded.ToArray());
        Issued(await ra.AnswerAsync(other, Cancel));
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router'", Cancel));
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'another'", Cancel));

        // The mark is gone with the answer: what the client writes next into this row is a new request.
        Certificate renewed = Issued(await ra.AnswerAsync(await ra.StoreAsync("stuck", Enrol(ra, "router", key, requestId: 2), Cancel), Cancel));
        CollectionAssert.AreNotEqual(issued.Encoded.ToArray(), renewed.Encoded.ToArray());
    }

    /// <summary>Whoever asks for another's name gets nothing that is the other's: neither certificate nor answer.</summary>
    [TestMethod]
    public async Task Another_key_gets_a_certificate_of_its_own()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        LegacyRa ra = await AcceptAsync(system, MessageDialect.PostgreSql);
        await system.StartWorkerAsync(Cancel);
        using KeyPair first = KeyPair.Generate("P-256");
        using KeyPair second = KeyPair.Generate("P-256");
        Issued(await ra.AnswerAsync(await ra.StoreAsync("first", Enrol(ra, "router", first), Cancel), Cancel));
        string stuck = await ra.StoreAsync("stuck", Enrol(ra, "router", second), Cancel, status: MessageStatus.InProcess);
        await system.Messages.Messages.TakeOverAsync(Cancel);
        Assert.IsTrue(Issued(await ra.AnswerAsync(stuck, Cancel)).PublicKey.SameKeyAs(second.Public));
    }

    [TestMethod]
    public async Task Until_it_is_taken_over_and_once_it_is_answered_a_row_is_left_alone()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        LegacyRa ra = await AcceptAsync(system, MessageDialect.PostgreSql);
        string stuck = await ra.StoreAsync("stuck", ra.Write(Protection.None, null, TestSystem.Enrol("router")), Cancel, status: MessageStatus.InProcess);
        string answered = await ra.StoreAsync("answered", "<java>an answer</java>", Cancel, status: MessageStatus.Processed);
        await system.StartWorkerAsync(Cancel);
        Issued(await ra.AnswerAsync(await ra.StoreAsync("waiting", ra.Write(Protection.None, null, TestSystem.Enrol("waits")), Cancel), Cancel));

        Assert.AreEqual(MessageStatus.InProcess, (await system.Messages.Messages.FindAsync(stuck, Cancel))!.Status);
        MessageRow kept = (await system.Messages.Messages.FindAsync(answered, Cancel))!;
        Assert.AreEqual((MessageStatus.Processed, "<java>an answer</java>"), (kept.Status, kept.Message));
        await system.AssertNothingIssuedAsync("router", Cancel);
    }

    /// <summary>FLAWS.md B2: the row of a device that enrols again years later has its first createtime.</summary>
    [TestMethod]
    public async Task A_request_in_a_row_of_long_ago_is_executed_and_one_that_lies_there_since_then_is_not()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        LegacyRa ra = await AcceptAsync(system, MessageDialect.PostgreSql);
        string anew = await ra.StoreAsync("anew", ra.Write(Protection.None, null, TestSystem.Enrol("anew")), Cancel, status: MessageStatus.InProcess);
        string forgotten = await ra.StoreAsync("forgotten", ra.Write(Protection.None, null, TestSystem.Enrol("forgotten")), Cancel, status: MessageStatus.InProcess);
        long longAgo = DateTimeOffset.UtcNow.AddYears(-3).ToUnixTimeMilliseconds();
        await ra.RunAsync(string.Create(CultureInfo.InvariantCulture, $"update message set createtime = {longAgo}, status = 1; update message set modifytime = {longAgo} where uniqueId = '{forgotten}'"), Cancel);
        await system.StartWorkerAsync(Cancel);

        Issued(await ra.AnswerAsync(anew, Cancel));
        // The worker refuses it, or housekeeping removes it: whichever comes first.
        MessageRow? row = null;
        await Eventually.BecomesTrueAsync(
            async token => (row = await system.Messages.Messages.FindAsync(forgotten, token)) is null or { Status: MessageStatus.Processed }, Eventually.Patience, Cancel, "it is done with");
        if (row is not null)
        {
            Assert.AreEqual(FailInfoText.Of(RefusalCode.NotBound), (await ra.AnswerAsync(forgotten, Cancel))["FAILINFO"]);
        }

        await system.AssertNothingIssuedAsync("forgotten", Cancel);
    }

    /// <summary>FLAWS.md A3: 64 such rows at a time would be all the memory there is.</summary>
    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task A_row_that_holds_more_than_any_message_may_is_refused_once(MessageDialect dialect)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel, dialect);
        LegacyRa ra = await AcceptAsync(system, dialect);
        await system.StartWorkerAsync(Cancel);
        string key = LegacyIds.UniqueId(MessageType.ExtRa, "huge");
        await ra.RunAsync($"insert into message (createtime, message, messageid, modifytime, status, type, uniqueId) values (1, concat('<java>', repeat('A', 7000000)), 'huge', 1, 1, 1, '{key}')", Cancel);

        LegacyAnswer answer = await ra.AnswerAsync(key, Cancel);
        Assert.AreEqual((false, FailInfoText.Of(RefusalCode.TooLarge)), ((bool)answer["SUCCESS"]!, (string?)answer["FAILINFO"]));
        Issued(await ra.AnswerAsync(await ra.StoreAsync("ordinary", ra.Write(Protection.None, null, TestSystem.Enrol("ordinary")), Cancel), Cancel));
    }

    private static string Enrol(LegacyRa ra, string user, KeyPair key, long requestId = 1) =>
        ra.Write(Protection.None, null, TestSystem.Enrol(user, key) with { RequestId = requestId });

    private static Certificate Issued(LegacyAnswer answer)
    {
        Assert.AreEqual(true, answer["SUCCESS"], (string?)answer["FAILINFO"]);
        return Der.Decode<Certificate>(Convert.FromBase64String((string)answer["CERTIFICATE"]!)).OrThrow();
    }

    private async Task<LegacyRa> AcceptAsync(TestSystem system, MessageDialect dialect)
    {
        system.UseWorker(await LegacyRa.IssueAsync(system, "legacy-worker", Cancel, member: false));
        KeyStore own = await LegacyRa.IssueAsync(system, "legacy-ra", Cancel);
        system.WorkerSection["LegacyRequests"] = "Accept";
        system.WorkerSection["LegacySignatureRequired"] = false;
        system.WorkerSection["LegacyEncryptionRequired"] = false;
        system.WorkerSection["UnsignedActsAs"] = "RA";
        return new(system, dialect, own, system.Worker, JavaMapKind.LinkedHashMap);
    }
}
