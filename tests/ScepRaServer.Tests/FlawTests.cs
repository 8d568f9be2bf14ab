using System.Security.Cryptography;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests;

/// <summary>FLAWS.md section G, and B where it shows at the SCEP RA: what the legacy product got wrong stays right.</summary>
[TestClass]
public sealed class FlawTests
{
    private const string Path = "/scepraserver/scep/pkiclient.exe";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Flaw_G1_A_broken_or_foreign_signature_is_refused()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient victim = world.NewClient("g1");
        SentRequest request = victim.NewPkcsReq();
        byte[] signature = SignedData.Decode(request.Encoded).OrThrow().Signers[0].Signature.ToArray();
        (await victim.SendAsync(request with { Encoded = Surgery.Flip(request.Encoded, signature) }, Cancel)).MustBe(FailInfo.BadMessageCheck, "signature does not verify");

        // The attacker's own certificate around the victim's request: the answer would be encrypted to the attacker.
        KeyPair key = TestKeys.Named("attacker");
        var attacker = new ScepSender(key, TestCa.SelfSigned("CN=g1,O=Test", key));
        byte[] stolen = SignedData.Decode(request.Encoded).OrThrow().Content!.Value.ToArray();
        (await new MessageForm(world, victim) { Sender = attacker, EContent = stolen }.SendAsync(Cancel)).MustBe(FailInfo.BadRequest, null);
        Assert.IsEmpty(world.Store.Rows);
    }

    [TestMethod]
    public async Task Flaw_G2_Knowing_a_transaction_id_gives_nothing()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient owner = world.NewClient("g2");
        await owner.EnrolAsync(Cancel);
        TestClient thief = Thief(world, owner);
        (await thief.PollAsync(Cancel)).MustBe(FailInfo.BadCertId, "unknown transaction");
        (await thief.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending); // a transaction of the thief's own
        Assert.HasCount(2, world.Store.Rows);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.IsTrue((await owner.PollAsync(Cancel)).Certificate.PublicKey.SameKeyAs(owner.Key.Public));
    }

    [TestMethod]
    public async Task Flaw_G3_Transaction_ids_with_one_java_hash_are_two_transactions()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient one = world.NewClient("g3");
        TestClient two = world.NewClient("g3");
        (one.Id, two.Id) = (TransactionId.FromText("Aa"), TransactionId.FromText("BB"));
        Assert.AreEqual(DistinguishedName.JavaHash("Aa"), DistinguishedName.JavaHash("BB"));
        await one.EnrolAsync(Cancel);
        await two.EnrolAsync(Cancel);
        Assert.HasCount(2, world.Store.Rows.DistinctBy(row => row.UniqueId, StringComparer.Ordinal).ToList());
    }

    [TestMethod]
    public async Task Flaw_G4_Strong_algorithms_are_offered_and_weak_ones_refused()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        string[] caps = (await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACaps", Cancel)).Text.Split('\n');
        Assert.Contains("AES", caps);
        Assert.Contains("SHA-256", caps);
        (await new MessageForm(world, world.NewClient("g4")) { Cipher = ContentCipher.DesCbc }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
        (await new MessageForm(world, world.NewClient("g4")) { Digest = HashAlgorithmName.MD5 }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
    }

    [TestMethod]
    public async Task Flaw_G5_A_wrong_password_is_in_no_log_and_costs_its_guesser()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Challenge:Mode", "Static");
            settings.Set("Challenge:SecretFile", settings.WriteFile("challenge", "right-secret"));
        });
        TestClient client = world.NewClient("g5");
        client.Challenge = "wrong-secret";
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "challenge missing or wrong");
        Assert.DoesNotContain("wrong-secret", world.Log.Text);
        Assert.DoesNotContain("right-secret", world.Log.Text);
    }

    [TestMethod]
    [DataRow("scep.ra.authPwd")]
    [DataRow("Challenge:Mode")]
    [DataRow("ScepRa:Link:SignatureRequired")]
    public async Task Flaw_G6_A_name_a_client_chooses_is_no_configuration_key(string identifier)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set("StrictIdentifiers", true));
        RawAnswer answer = await RawHttp.GetAsync(world.Port, $"{Path}?operation=GetCACert&message={Uri.EscapeDataString(identifier)}", Cancel);
        Assert.AreEqual(404, answer.Status);
    }

    [TestMethod]
    public async Task Flaw_G7_Two_names_that_begin_alike_are_two_users()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        await world.NewClient("router one").EnrolAsync(Cancel);
        await world.NewClient("router two").EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        CollectionAssert.AreEquivalent(new[] { "router one", "router two" }, world.FakeCa.Seen.Select(request => request.Username).ToList());
    }

    [TestMethod]
    public async Task Flaw_G8_Bad_calls_get_a_status_and_a_fixed_text()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer unknown = await RawHttp.GetAsync(world.Port, Path + "?operation=Frobnicate", Cancel);
        Assert.AreEqual((400, "unknown operation\n"), (unknown.Status, unknown.Text));
        RawAnswer garbage = await RawHttp.PostAsync(world.Port, Path, [0x30, 0x82, 0xff, 0xff], Cancel);
        Assert.AreEqual((400, "not a SCEP message\n"), (garbage.Status, garbage.Text));
        world.Store.IsDown = true;
        RawAnswer down = await RawHttp.PostAsync(world.Port, Path, world.NewClient("g8").NewPkcsReq().Encoded, Cancel);
        Assert.AreEqual((503, "try again later\n"), (down.Status, down.Text));
    }

    [TestMethod]
    public async Task Flaw_G9_What_was_purged_cannot_be_fetched_any_more()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("g9");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
        world.Clock.Advance(TimeSpan.FromDays(40));
        await world.Store.PurgeAsync(TimeSpan.FromDays(30), 100, Cancel);
        (await client.PollAsync(Cancel)).MustBe(FailInfo.BadCertId, "unknown transaction");
    }

    [TestMethod]
    public async Task Flaw_B2_A_repeated_request_changes_nothing_of_the_first()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("b2");
        await client.EnrolAsync(Cancel);
        MessageRow before = world.Store.Rows.Single();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await client.EnrolAsync(Cancel);
        client.Subject = TestCa.Dn("CN=b2 changed");
        await client.EnrolAsync(Cancel);
        Assert.AreEqual(before, world.Store.Rows.Single());
    }

    [TestMethod]
    public async Task Flaw_B3_An_old_answer_is_no_answer_to_a_new_request()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("b3");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel, request => PKCS10Response.Failure(request.RequestId, Pki.Protocols.Trust.RefusalCode.Rejected));
        string oldAnswer = world.Store.Rows.Single().Message!;
        world.Clock.Advance(TimeSpan.FromMinutes(31));
        await client.EnrolAsync(Cancel);
        string second = world.Store.Rows.Single(row => row.Status == MessageStatus.Waiting).UniqueId;
        world.Store.Tamper(second, row => row with { Status = MessageStatus.Processed, Message = oldAnswer });
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.IsNotEmpty(world.Log.OfId(1003).ToList());
    }

    private static TestClient Thief(TestWorld world, TestClient owner)
    {
        KeyPair key = TestKeys.Named("thief");
        TestClient thief = world.NewClient("thief");
        (thief.Key, thief.Sender, thief.Id, thief.Subject) = (key, new ScepSender(key, TestCa.SelfSigned("CN=thief", key)), owner.Id, owner.Subject);
        return thief;
    }
}
