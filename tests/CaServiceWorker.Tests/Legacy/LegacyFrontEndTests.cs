using ExtRa.Legacy;
using ExtRa.Legacy.Client;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Legacy;

/// <summary>
/// A program of ours on a link to a legacy CA, whose part a worker plays that accepts legacy requests: it knows no
/// more of them than their format.
/// </summary>
[TestClass]
public sealed class LegacyFrontEndTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static TestSystem system = null!;
    private static KeyStore ra = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        CancellationToken cancel = context.CancellationToken;
        system = await TestSystem.CreateAsync(cancel);
        system.UseWorker(await LegacyRa.IssueAsync(system, "legacy-worker", cancel, member: false));
        ra = await LegacyRa.IssueAsync(system, "front-end", cancel);
        system.WorkerSection["LegacyRequests"] = "Accept";
        await system.StartWorkerAsync(cancel);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await system.DisposeAsync();

    [TestMethod]
    [DataRow(JavaMapKind.HashMap, DisplayName = "as version 4 writes")]
    [DataRow(JavaMapKind.LinkedHashMap, DisplayName = "as version 6 writes")]
    public async Task A_front_end_is_served_through_the_legacy_format(JavaMapKind maps)
    {
        var client = new ExtRaClient(system.Messages.Messages, LinkTo(system.Worker, maps));
        using KeyPair key = KeyPair.Generate("P-256");
        ExtRaReply<PKCS10Response> reply = (await client.AskAsync(TestSystem.Enrol($"front-{maps}", key), Patience, Cancel)).OrThrow();
        Assert.IsTrue(Pki.Protocols.Asn1.Der.Decode<Certificate>(reply.Response!.Certificate!).OrThrow().PublicKey.SameKeyAs(key.Public));

        MessageRow row = (await system.Messages.Messages.FindAsync(reply.Message.Id.UniqueId, Cancel))!;
        Assert.AreEqual(LegacyIds.UniqueId(MessageType.ExtRa, row.MessageId), row.UniqueId);
        StringAssert.StartsWith(row.Message, "<?xml");

        Outcome<ExtRaReply<PKCS10Response>> no = await client.AskAsync(TestSystem.Enrol("refused") with { CaName = "NoSuchCA" }, Patience, Cancel);
        Assert.IsFalse(no.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(FailInfoText.Of(RefusalCode.NotFound), refusal.Detail); // the code does not travel in this format
    }

    /// <summary>B3: in this format only the REQUESTID of an answer tells whose it is; ours differ in each row.</summary>
    [TestMethod]
    public async Task Flaw_B3_An_answer_from_another_row_is_not_accepted()
    {
        var client = new ExtRaClient(system.Messages.Messages, LinkTo(system.Worker));
        SentMessage mine = await client.SubmitAsync([TestSystem.Enrol("mine")], Cancel);
        SentMessage other = await client.SubmitAsync([TestSystem.Enrol("other")], Cancel);
        await system.AnsweredRowAsync(mine.Id.UniqueId, Cancel);
        await system.AnsweredRowAsync(other.Id.UniqueId, Cancel);

        await TestDatabases.RunPostgreSqlAsync(
            system.MessageConnection,
            $"update message set message = (select message from message where uniqueid = '{other.Id.UniqueId}') where uniqueid = '{mine.Id.UniqueId}'", Cancel);

        Outcome<ExtRaAnswer> swapped = await client.AwaitAsync(mine, Patience, Cancel);
        Assert.IsFalse(swapped.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotBound, refusal.Code);
    }

    /// <summary>Any RA gets such an answer by asking something hopeless; put into a row it would be final for the client.</summary>
    [TestMethod]
    public void Flaw_B3_A_signed_failure_that_names_no_request_is_nobodys_answer()
    {
        var client = new ExtRaClient(system.Messages.Messages, LinkTo(system.Worker));
        NewMessage mine = client.Prepare([TestSystem.Enrol("mine")]);
        var content = new MessageContent
        {
            Kind = MessageKind.Response, UniqueId = mine.UniqueId, MessageId = mine.MessageId, Type = mine.Type, Created = DateTimeOffset.UtcNow,
            SubMessages = [ExtRAResponse.Failure(requestId: 0, RefusalCode.Malformed)],
        };
        string answer = new LegacyFormat(system.Worker, new(), TimeProvider.System).Seal(content, new(Signed: true, Encrypted: false), recipient: null, request: null);
        var row = new MessageRow(mine.UniqueId, mine.MessageId, mine.Type, MessageStatus.Processed, 0, 0, answer, null, 1, null, null, null);

        Assert.IsFalse(LinkTo(system.Worker).OpenAnswer(row, mine.Message).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotBound, refusal.Code);
    }

    [TestMethod]
    public async Task Flaw_B1_A_row_that_somebody_elses_name_has_taken_is_refused_and_left_alone()
    {
        var client = new ExtRaClient(system.Messages.Messages, LinkTo(system.Worker));
        NewMessage message = client.Prepare([TestSystem.Enrol("colliding")]);
        await TestDatabases.RunPostgreSqlAsync(
            system.MessageConnection,
            $"insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) values ('{message.UniqueId}', 1, 'theirs', 'their name', 1, 3, 1)", Cancel);

        await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => client.SubmitAsync(message, Cancel));
        MessageRow row = (await system.Messages.Messages.FindAsync(message.UniqueId, Cancel))!;
        Assert.AreEqual("theirs", row.Message);

        // And the other way round: ours was there, and the row is another's by the time of the answer.
        Outcome<ExtRaAnswer> answer = await client.AwaitAsync(new(new(message.Type, message.MessageId, message.UniqueId), message.Message), Patience, Cancel);
        Assert.IsFalse(answer.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotBound, refusal.Code);
    }

    /// <summary>B2: what a legacy client does to a row, ours never does.</summary>
    [TestMethod]
    public async Task Flaw_B2_A_second_request_never_replaces_the_first()
    {
        var client = new ExtRaClient(system.Messages.Messages, LinkTo(system.Worker));
        NewMessage message = client.Prepare([TestSystem.Enrol("first-of-two")]);
        SentMessage sent = await client.SubmitAsync(message, Cancel);
        await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => client.SubmitAsync(message with { RequestDigest = new string('0', 64) }, Cancel));
        await client.SubmitAsync(message, Cancel); // the same again is the same
        Assert.IsTrue((await client.AwaitAsync(sent, Patience, Cancel)).OrThrow().Responses.Single().Success);
    }

    [TestMethod]
    public async Task Flaw_D6_An_answer_that_is_not_the_workers_is_not_accepted()
    {
        KeyStore stranger = await LegacyRa.IssueAsync(system, "stranger", Cancel, member: false);
        var client = new ExtRaClient(system.Messages.Messages, LinkTo(system.Worker));
        SentMessage sent = await client.SubmitAsync([TestSystem.Enrol("forged")], Cancel);
        await system.AnsweredRowAsync(sent.Id.UniqueId, Cancel);
        var suspicious = new ExtRaClient(system.Messages.Messages, LinkTo(stranger));
        Assert.IsFalse((await suspicious.AwaitAsync(sent, Patience, Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.UnknownIssuer, refusal.Code);
    }

    [TestMethod]
    public void Flaw_D5_A_link_without_keys_sends_nothing()
    {
        var link = new ExtRaLink(new LegacyFormat(null, new(), TimeProvider.System), new ServiceTrust([system.Worker.Certificate], null), Protection.Full, TimeProvider.System);
        Assert.ThrowsExactly<InvalidOperationException>(() => new ExtRaClient(system.Messages.Messages, link).Prepare([TestSystem.Enrol("nobody")]));
        var ec = new ExtRaLink(new LegacyFormat(ra, new(), TimeProvider.System), new ServiceTrust([system.Ra.Certificate], null), Protection.Full, TimeProvider.System);
        Assert.ThrowsExactly<InvalidOperationException>(() => new ExtRaClient(system.Messages.Messages, ec).Prepare([TestSystem.Enrol("nobody")]));
    }

    /// <summary>What the format has no words for is not sent without it.</summary>
    [TestMethod]
    public void A_request_that_the_format_cannot_say_is_not_sent()
    {
        var client = new ExtRaClient(system.Messages.Messages, LinkTo(system.Worker));
        PKCS10Request enrol = TestSystem.Enrol("unsaid");
        foreach (Request request in (Request[])
        [
            enrol with { RenewedCertificate = [1] },
            enrol with { RequestId = 100_000 },
            new CMPRequest { Alias = "a", PkiMessage = [1] },
        ])
        {
            Assert.ThrowsExactly<NotSupportedException>(() => client.Prepare([request]));
        }
    }

    [TestMethod]
    public async Task The_check_of_a_CA_that_reads_says_so()
    {
        Assert.AreEqual(LegacyCaVerdict.Reads, (await CheckAsync(LinkTo(system.Worker), Patience)).Verdict);
        KeyStore stranger = await LegacyRa.IssueAsync(system, "another-stranger", Cancel, member: false);
        // Encrypted to somebody else, the worker's own answer is a refusal that this link does not believe.
        (LegacyCaVerdict verdict, Refusal? reason) = await CheckAsync(LinkTo(stranger), Patience);
        Assert.AreEqual(LegacyCaVerdict.AnswersUnbelievably, verdict);
        Assert.AreEqual(RefusalCode.UnknownIssuer, reason?.Code);
    }

    /// <summary>6.3.0 finds no signer in any message and puts each back with a new createtime (WIRE.md 1.4, 4.3).</summary>
    [TestMethod]
    public async Task Flaw_F13_A_CA_that_verifies_no_signature_is_found_out()
    {
        await using TestSystem idle = await TestSystem.CreateAsync(Cancel); // no worker runs here
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task ca = PutBackAsync(idle, stop.Token);
        var check = new LegacyCaCheck(idle.Messages.Messages, LinkTo(system.Worker), TimeProvider.System);
        Assert.AreEqual(LegacyCaVerdict.PutsBackUnread, (await check.RunAsync(Patience, Cancel)).Verdict);
        await stop.CancelAsync();
        await ca;

        Assert.AreEqual(LegacyCaVerdict.TakesNothing, (await check.RunAsync(TimeSpan.FromMilliseconds(1), Cancel)).Verdict);
        Assert.IsEmpty(await idle.Messages.Messages.ListAsync(new(), Cancel), "two rows that such a CA puts back make it look for ever (F3)");
    }

    private static async Task PutBackAsync(TestSystem idle, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await TestDatabases.RunPostgreSqlAsync(
                idle.MessageConnection, "update message set createtime = createtime + 5000, modifytime = createtime + 5000 where status = 1", CancellationToken.None);
        }
    }

    private Task<(LegacyCaVerdict Verdict, Refusal? Reason)> CheckAsync(ExtRaLink link, TimeSpan patience) =>
        new LegacyCaCheck(system.Messages.Messages, link, TimeProvider.System).RunAsync(patience, Cancel);

    private static ExtRaLink LinkTo(KeyStore worker, JavaMapKind maps = JavaMapKind.LinkedHashMap) => new(
        new LegacyFormat(ra, new(Maps: maps), TimeProvider.System), new ServiceTrust([worker.Certificate], issuer: null), Protection.Full, TimeProvider.System);
}
