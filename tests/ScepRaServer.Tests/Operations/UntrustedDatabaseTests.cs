using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Logging;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Operations;

/// <summary>ARCHITECTURE.md 1: whoever owns the message database can deny service and nothing else (SCEP.md D-03, D-04, T-16, T-17).</summary>
[TestClass]
public sealed class UntrustedDatabaseTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_changed_answer_raises_an_alarm_and_the_client_waits()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = await AnsweredAsync(world, "d03");
        string uniqueId = world.Store.Rows.Single().UniqueId;
        string answer = world.Store.Rows.Single().Message!;
        world.Store.Tamper(uniqueId, row => row with { Message = answer[..^8] + "AAAAAAAA" });
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.AreEqual(LogLevel.Critical, world.Log.OfId(1003).Single().Level, "D-03");

        // Repaired, it is delivered after all.
        world.Store.Tamper(uniqueId, row => row with { Message = answer });
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task An_answer_that_stays_wrong_becomes_a_failure_after_a_while_and_a_new_request_may_begin()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = await AnsweredAsync(world, "d03");
        world.Store.Tamper(world.Store.Rows.Single().UniqueId, row => row with { Message = "AAAA" });
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        world.Clock.Advance(TimeSpan.FromMinutes(31));
        (await client.PollAsync(Cancel)).MustBe(FailInfo.BadRequest, "the CA's answer cannot be used");
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    /// <summary>FLAWS.md B1: keys of legacy rows have 32 bits, so that somebody else's row may stand where ours belongs.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public async Task A_key_that_somebody_elses_row_has_taken_keeps_nobody_from_enrolling(int strangers)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("b1");
        for (int i = 0; i < strangers; i++)
        {
            (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
            MessageRow mine = world.Store.Rows.Single(row => row.Status == MessageStatus.Waiting);
            world.Store.Tamper(mine.UniqueId, row => row with { MessageId = "somebody else's", RequestDigest = new string('0', 64), Status = MessageStatus.Processed, Message = "AAAA" });
        }

        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(strangers + 1, world.Store.Rows, "the repetition is found again");
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task Answers_of_two_rows_cannot_be_swapped()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient one = await AnsweredAsync(world, "b3 one");
        TestClient two = await AnsweredAsync(world, "b3 two");
        MessageRow[] rows = [.. world.Store.Rows];
        world.Store.Tamper(rows[0].UniqueId, row => row with { Message = rows[1].Message });
        world.Store.Tamper(rows[1].UniqueId, row => row with { Message = rows[0].Message });
        (await one.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        (await two.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(2, world.Log.OfId(1003).ToList());
    }

    [TestMethod]
    public async Task An_answer_signed_by_somebody_else_is_not_believed()
    {
        KeyStore impostor = TestWorld.NewLink("impostor");
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            string real = settings.WriteFile("real-worker.pem", settings.Worker.Certificate.ToPem());
            settings.Configuration["ScepRa:Link:WorkerCertificates:0"] = real;
        });
        TestClient client = world.NewClient("d03");
        await client.EnrolAsync(Cancel);
        // The request is the real worker's to open; the impostor only knows the row, and answers in its own name.
        MessageRow row = world.Store.Rows.Single();
        var sealer = new ExtRa.Messages.Sealing.MessageSealer(impostor, world.Clock);
        string answer = sealer.Seal(
            new MessageContent
            {
                Kind = MessageKind.Response,
                UniqueId = row.UniqueId,
                MessageId = row.MessageId,
                Type = row.Type,
                Created = world.Clock.GetUtcNow(),
                InReplyTo = MessageIds.ColumnHash(row.Message!),
                SubMessages = [PKCS10Response.Failure(1, RefusalCode.Rejected)],
            },
            ExtRa.Messages.Sealing.Protection.Full,
            world.Settings.Link.Certificate);
        world.Store.Tamper(row.UniqueId, r => r with { Status = MessageStatus.Processed, Message = answer });
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(1, world.Log.OfId(1003).ToList());
    }

    [TestMethod]
    public async Task A_certificate_for_another_key_is_not_handed_out()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t17");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel, request => world.FakeCa.Issue(request, client.Subject, TestKeys.Named("somebody").Public));
        (await client.PollAsync(Cancel)).MustBe(FailInfo.BadRequest, "the CA's answer cannot be used");
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "the CA's answer cannot be used");
        Assert.AreEqual(LogLevel.Critical, world.Log.OfId(1012).First().Level, "T-17");
    }

    [TestMethod]
    public async Task A_certificate_of_another_ca_is_not_handed_out()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t17");
        await client.EnrolAsync(Cancel);
        Certificate foreign = TestCa.Root("Foreign CA").Issue(client.Subject, client.Key.Public);
        await world.FakeCa.AnswerAllAsync(Cancel, request => PKCS10Response.Issued(request.RequestId, foreign.Encoded.ToArray(), []));
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(1, world.Log.OfId(1003).ToList());
    }

    [TestMethod]
    public async Task A_success_without_a_certificate_is_not_passed_on()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t16");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel, request => new PKCS10Response { RequestId = request.RequestId, Success = true });
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(1, world.Log.OfId(1003).ToList(), "T-16");
    }

    [TestMethod]
    public async Task An_answer_of_another_class_is_a_refusal_only_if_it_says_so()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("f02");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel, request => ExtRAResponse.Failure(request.RequestId, RefusalCode.NotAuthorized));
        (await client.PollAsync(Cancel)).MustBe(FailInfo.BadRequest, "The signer lacks a right that the request needs.");
        Assert.HasCount(1, world.Log.OfId(1017).ToList(), "F-02");
    }

    [TestMethod]
    public async Task The_row_shows_neither_names_nor_the_challenge()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("secret-router-name");
        client.Challenge = "very-secret-challenge";
        await client.EnrolAsync(Cancel);
        byte[] sealedMessage = Convert.FromBase64String(world.Store.Rows.Single().Message!);
        Assert.AreEqual(-1, sealedMessage.AsSpan().IndexOf("secret-router-name"u8), "D-03, X-37");
        Assert.AreEqual(-1, sealedMessage.AsSpan().IndexOf("very-secret-challenge"u8), "P-06");
        Assert.DoesNotContain("very-secret-challenge", world.Log.Text, "P-06");
    }

    private async Task<TestClient> AnsweredAsync(TestWorld world, string name)
    {
        TestClient client = world.NewClient(name);
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        return client;
    }
}
