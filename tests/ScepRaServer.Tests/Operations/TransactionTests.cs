using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;
using TestKit;

namespace ScepRaServer.Tests.Operations;

/// <summary>SCEP.md section 13: polling and the state of transactions.</summary>
[TestClass]
public sealed class TransactionTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_poll_is_bound_to_the_key_and_not_to_the_certificate()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t01");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        client.Sender = new(client.Key, TestCa.SelfSigned("CN=made anew by sscep", client.Key));
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task A_strangers_poll_and_an_unknown_one_get_the_same_answer()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t02");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        TestClient thief = world.NewClient("t02");
        (thief.Key, thief.Sender) = (TestKeys.Named("thief"), new ScepSender(TestKeys.Named("thief"), TestCa.SelfSigned("CN=thief", TestKeys.Named("thief"))));
        thief.Id = client.Id;
        (await thief.PollAsync(Cancel)).MustBe(FailInfo.BadCertId, "unknown transaction");
        thief.Id = TransactionId.FromText("nobody's");
        (await thief.PollAsync(Cancel)).MustBe(FailInfo.BadCertId, "unknown transaction");
    }

    [TestMethod]
    public async Task The_names_in_a_poll_decide_nothing()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t03");
        await client.EnrolAsync(Cancel);
        var names = new IssuerAndSubject(world.RaCertificate.Subject, TestCa.Dn("CN=somebody else"));
        (await client.SendAsync(client.Builder.CertPoll(names, client.Id), Cancel)).MustBe(PkiStatus.Pending);
        (await new MessageForm(world, client) { MessageType = "20", Plaintext = [1, 2, 3] }.SendAsync(Cancel)).MustBe(FailInfo.BadRequest, null);
    }

    [TestMethod]
    public async Task Pending_repeats_for_a_week_and_the_certificate_can_be_fetched_again_and_again()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t04");
        await client.EnrolAsync(Cancel);
        for (int day = 0; day < 8; day++)
        {
            (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
            world.Clock.Advance(TimeSpan.FromDays(1));
        }

        await world.FakeCa.AnswerAllAsync(Cancel);
        for (int day = 0; day < 8; day++)
        {
            (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
            world.Clock.Advance(TimeSpan.FromDays(1));
        }
    }

    [TestMethod]
    public async Task The_same_request_again_is_one_row_however_it_is_sent()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t05");
        SentRequest first = client.NewPkcsReq();
        (await client.SendAsync(first, Cancel)).MustBe(PkiStatus.Pending);
        (await client.SendAsync(first, Cancel)).MustBe(PkiStatus.Pending); // micromdm: the same octets
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending); // certmonger: a new envelope and nonce; sscep: signed anew
        Assert.HasCount(1, world.Store.Rows, "T-05");
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.SendAsync(first, Cancel)).MustBe(PkiStatus.Success); // certmonger polls this way only
    }

    [TestMethod]
    public async Task Fifty_at_once_are_one_row()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t09");
        SentRequest request = client.NewPkcsReq();
        TestReply[] replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.SendAsync(request, Cancel)));
        Assert.IsTrue(replies.All(reply => reply.Status == PkiStatus.Pending), "T-09");
        Assert.HasCount(1, world.Store.Rows, "T-09");
    }

    [TestMethod]
    public async Task A_finished_transaction_gives_its_certificate_again_until_half_of_its_life_is_over()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t06");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Certificate first = (await client.PollAsync(Cancel)).Certificate;
        Assert.AreEqual(first.Serial, (await client.EnrolAsync(Cancel)).Certificate.Serial, "T-06");

        world.Clock.Advance(TimeSpan.FromDays(51));
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(2, world.Store.Rows, "T-06: a new row, the old one stays");
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.AreNotEqual(first.Serial, (await client.PollAsync(Cancel)).Certificate.Serial, "T-06");
    }

    [TestMethod]
    public async Task A_refusal_is_remembered_for_half_an_hour()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("x35");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel, request => PKCS10Response.Failure(request.RequestId, RefusalCode.Rejected));
        (await client.PollAsync(Cancel)).MustBe(FailInfo.BadRequest, "The request was rejected by an administrator.");
        world.Clock.Advance(TimeSpan.FromMinutes(29));
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "The request was rejected by an administrator.");
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task Generations_follow_each_other_however_many_failures_there_were()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t04 again");
        for (int i = 0; i < 20; i++)
        {
            (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
            await world.FakeCa.AnswerAllAsync(Cancel, request => PKCS10Response.Failure(request.RequestId, RefusalCode.PolicyViolation));
            (await client.PollAsync(Cancel)).MustBe(FailInfo.BadRequest, "A profile does not allow the request.");
            world.Clock.Advance(TimeSpan.FromMinutes(31));
        }

        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(21, world.Store.Rows);
        int before = world.Store.Finds;
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.IsLessThan(20, world.Store.Finds - before, "T-04: found by doubling, not by walking");
        world.Clock.Advance(TimeSpan.FromDays(2));
        await world.Store.PurgeAsync(TimeSpan.FromDays(1), 1000, Cancel);
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task The_same_name_with_another_key_is_another_transaction()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient owner = world.NewClient("t07");
        await owner.EnrolAsync(Cancel);
        TestClient squatter = world.NewClient("t07");
        (squatter.Key, squatter.Sender, squatter.Id) = (TestKeys.Named("squatter"), new ScepSender(TestKeys.Named("squatter"), TestCa.SelfSigned("CN=t07,O=Test", TestKeys.Named("squatter"))), owner.Id);
        (await squatter.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.IsTrue((await owner.PollAsync(Cancel)).Certificate.PublicKey.SameKeyAs(owner.Key.Public), "T-07");
        Assert.IsTrue((await squatter.PollAsync(Cancel)).Certificate.PublicKey.SameKeyAs(squatter.Key.Public), "T-07");
    }

    [TestMethod]
    public async Task Other_content_under_a_living_transaction_is_refused_and_the_first_stands()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t08");
        await client.EnrolAsync(Cancel);
        client.Subject = TestCa.Dn("CN=t08 changed,O=Test");
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "transaction exists with other content");
        Assert.HasCount(1, world.Log.OfId(1005), "T-07: logged");
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.AreEqual("t08", (await client.PollAsync(Cancel)).Certificate.Subject.First("2.5.4.3"));
    }

    [TestMethod]
    public async Task A_challenge_or_a_new_signature_is_not_other_content()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t08");
        await client.EnrolAsync(Cancel);
        client.Challenge = "a challenge that was not there before";
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        client.Extensions = [CertificateExtensions.SubjectAltName(new GeneralNames([GeneralName.Dns("new.example")]))];
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "transaction exists with other content");
    }

    [TestMethod]
    public async Task A_request_that_waits_for_a_person_is_pending_at_once()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set("ReplyWait", "00:00:20"));
        TestClient client = world.NewClient("t18");
        Task<TestReply> reply = client.EnrolAsync(Cancel);
        await TestKit.Eventually.BecomesTrueAsync(() => world.Store.Rows.Count == 1, Eventually.Patience, Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel, _ => null);
        (await reply).MustBe(PkiStatus.Pending); // the manual clock has not moved: nobody waited
        Assert.AreEqual(MessageStatus.Waiting, world.Store.Rows.Single().Status, "T-18");
    }

    [TestMethod]
    public async Task A_wait_that_is_over_ends_with_pending()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set("ReplyWait", "00:00:03"));
        Task<TestReply> reply = world.NewClient("r13").EnrolAsync(Cancel);
        await TestKit.Eventually.BecomesTrueAsync(() => world.Store.Rows.Count == 1, Eventually.Patience, Cancel);
        await TestKit.Eventually.BecomesTrueAsync(
            () =>
            {
                world.Clock.Advance(TimeSpan.FromSeconds(1));
                return reply.IsCompleted;
            },
            Eventually.Patience,
            Cancel);
        (await reply).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task A_client_that_hangs_up_loses_nothing()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set("ReplyWait", "00:00:20"));
        TestClient client = world.NewClient("r13");
        using (var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            Task<TestReply> reply = client.EnrolAsync(hangUp.Token);
            await TestKit.Eventually.BecomesTrueAsync(() => world.Store.Rows.Count == 1, Eventually.Patience, Cancel);
            await hangUp.CancelAsync();
            await Assert.ThrowsAsync<OperationCanceledException>(() => reply);
        }

        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
        Assert.IsEmpty(world.Log.OfId(1015), "a hang-up is no failure of ours");
    }

    [TestMethod]
    public async Task Two_nodes_on_one_database_give_the_same_answers()
    {
        await using TestWorld one = await TestWorld.StartAsync(Cancel);
        await using TestWorld two = await TestWorld.StartAsync(Cancel, settings =>
        {
            one.Settings.ShareKeysWith(settings);
            settings.Store = one.Store;
        });
        TestClient first = one.NewClient("t15");
        await first.EnrolAsync(Cancel);
        TestClient second = two.NewClient("t15");
        (second.Id, second.Key, second.Sender) = (first.Id, first.Key, first.Sender);
        (await second.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        await one.FakeCa.AnswerAllAsync(Cancel);
        (await second.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task Queries_are_no_transactions()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t13");
        int finds = world.Store.Finds;
        (await client.GetCertAsync(Cancel)).MustBe(FailInfo.BadCertId, "certificate not found");
        (await client.GetCrlAsync(Cancel)).MustBe(FailInfo.BadCertId, "no CRL");
        Assert.AreEqual((0, finds), (world.Store.Creations, world.Store.Finds), "T-13: not even looked for");
        Assert.IsEmpty(world.Store.Rows, "T-13");
    }

    [TestMethod]
    public async Task The_same_octets_after_the_row_is_gone_are_harmless()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("t10");
        SentRequest recorded = client.NewPkcsReq();
        await client.SendAsync(recorded, Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        world.Clock.Advance(TimeSpan.FromDays(40));
        await world.Store.PurgeAsync(TimeSpan.FromDays(30), 100, Cancel);
        (await client.SendAsync(recorded, Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        TestReply replay = await client.SendAsync(recorded, Cancel);
        Assert.IsTrue(replay.Certificate.PublicKey.SameKeyAs(client.Key.Public), "T-10: a certificate for the same key, to the same key");
    }

    [TestMethod]
    public async Task Every_answer_has_a_fresh_nonce()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("b01");
        var nonces = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 20; i++)
        {
            CertRep rep = (await client.EnrolAsync(Cancel)).Rep!;
            Assert.HasCount(16, rep.SenderNonce!);
            Assert.IsTrue(nonces.Add(Convert.ToHexString(rep.SenderNonce!)), "B-01");
        }
    }

    [TestMethod]
    public async Task The_path_says_whether_the_chain_comes_along()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("b12");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.HasCount(2, (await client.PollAsync(Cancel)).Rep!.Contents!.Certificates, "B-12");
        var bare = new TestClient(world, "b12", "/scepraserver/scep/noca/pkiclient.exe") { Id = client.Id, Key = client.Key, Sender = client.Sender };
        TestReply reply = await bare.PollAsync(Cancel);
        Assert.HasCount(1, reply.Rep!.Contents!.Certificates, "U-01");
        Assert.IsTrue(SignedData.Decode(reply.Http.Body).OrThrow().Certificates.Any(c => c.Subject.Equals(world.RaCertificate.Subject)), "B-05");
    }
}
