using System.Security.Cryptography;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Microsoft.Extensions.Logging;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Operations;

/// <summary>SCEP.md section 11: who may enrol.</summary>
[TestClass]
public sealed class ChallengeTests
{
    private const string Wrong = "challenge missing or wrong";
    private static readonly byte[] MacKey = RandomNumberGenerator.GetBytes(32);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Without_a_challenge_mode_any_or_none_is_fine()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("p02");
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        TestClient other = world.NewClient("p02");
        other.Challenge = "whatever";
        (await other.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task A_static_challenge_must_be_right()
    {
        await using TestWorld world = await StartStaticAsync();
        foreach (string? wrong in new[] { null, "", "letmei", "letmein ", "LETMEIN", "letmein\0" })
        {
            TestClient client = world.NewClient("p04");
            client.Challenge = wrong;
            TestReply reply = await client.EnrolAsync(Cancel);
            reply.MustBe(FailInfo.BadRequest, Wrong); // P-04: with status 200
        }

        Assert.IsEmpty(world.Store.Rows);
        TestClient right = world.NewClient("p04");
        right.Challenge = "letmein";
        (await right.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.DoesNotContain("letmein", world.Log.Text, "P-06");
        Assert.DoesNotContain("LETMEIN", world.Log.Text, "P-06: wrong ones neither (FLAWS G5)");
    }

    [TestMethod]
    public async Task Guessing_is_stopped_for_the_source_and_for_the_subject_and_only_for_a_while()
    {
        await using TestWorld world = await StartStaticAsync(settings =>
        {
            settings.Configuration["ScepRa:Limits:ChallengeBurst"] = "3";
            settings.Configuration["ScepRa:Limits:ChallengesPerMinute"] = "1";
        });
        for (int i = 0; i < 3; i++)
        {
            TestClient guesser = world.NewClient("p08");
            guesser.Challenge = $"guess {i}";
            (await guesser.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, Wrong);
        }

        TestClient right = world.NewClient("p08");
        right.Challenge = "letmein";
        (await right.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, Wrong); // P-08: the answer is the same
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        (await right.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task A_one_time_challenge_is_good_for_one_request_and_its_repetitions()
    {
        await using TestWorld world = await StartOneTimeAsync();
        await AddAsync(world, "once");
        TestClient client = world.NewClient("p07");
        client.Challenge = "once";
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending); // P-07: certmonger's way to poll
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Success);

        TestClient thief = world.NewClient("p08");
        thief.Challenge = "once";
        (await thief.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, Wrong);
        Assert.AreEqual(LogLevel.Critical, world.Log.OfId(1004).Single().Level, "P-08");
        Assert.HasCount(1, world.Store.Rows);
    }

    [TestMethod]
    public async Task A_repetition_needs_the_challenge_no_more_once_it_is_accepted()
    {
        await using TestWorld world = await StartOneTimeAsync();
        await AddAsync(world, "once");
        TestClient client = world.NewClient("p07");
        client.Challenge = "once";
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        client.Challenge = null;
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task Unknown_expired_and_anothers_challenge_look_the_same()
    {
        await using TestWorld world = await StartOneTimeAsync();
        await AddAsync(world, "short", validFor: TimeSpan.FromMinutes(5));
        await AddAsync(world, "bound", subject: "O=Test,CN=bound device");
        world.Clock.Advance(TimeSpan.FromMinutes(6));
        foreach (string challenge in new[] { "unknown", "short", "bound" })
        {
            TestClient client = world.NewClient("p08");
            client.Challenge = challenge;
            (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, Wrong);
        }

        TestClient owner = world.NewClient("bound device");
        owner.Challenge = "bound";
        (await owner.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(1, world.Store.Rows);
    }

    [TestMethod]
    public async Task A_crash_between_challenge_and_row_costs_nothing()
    {
        await using TestWorld world = await StartOneTimeAsync();
        await AddAsync(world, "once");
        TestClient client = world.NewClient("r11");
        client.Challenge = "once";
        var link = new ExtRa.Messages.Client.ExtRaLink(null, null, ExtRa.Messages.Sealing.Protection.None, ExtRa.Messages.Contract.SubMessageCatalog.BuiltIn, world.Clock);
        string uniqueId = Transactions.TransactionIdentity.OfEnrolment(TestWorld.AliasName, client.Id.ToString(), client.Key.Public).At(link, 0).UniqueId;
        Assert.IsTrue(await world.Store.ConsumeAsync(TestWorld.AliasName, MacOf("once"), uniqueId, Cancel));
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task After_a_refusal_a_new_transaction_needs_a_new_challenge()
    {
        await using TestWorld world = await StartOneTimeAsync();
        await AddAsync(world, "first");
        await AddAsync(world, "second");
        TestClient client = world.NewClient("t10");
        client.Challenge = "first";
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel, request => PKCS10Response.Failure(request.RequestId, RefusalCode.Rejected));
        world.Clock.Advance(TimeSpan.FromMinutes(31));
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, Wrong); // T-10
        client.Challenge = "second";
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task Of_two_devices_with_one_challenge_one_wins()
    {
        await using TestWorld world = await StartOneTimeAsync();
        await AddAsync(world, "race");
        TestClient[] clients = [.. Enumerable.Range(0, 8).Select(i => world.NewClient($"race {i}"))];
        TestReply[] replies = await Task.WhenAll(clients.Select(client =>
        {
            client.Challenge = "race";
            return client.EnrolAsync(Cancel);
        }));
        Assert.AreEqual(1, replies.Count(reply => reply.Status == PkiStatus.Pending));
    }

    [TestMethod]
    public async Task No_alias_borrows_anothers_lack_of_a_challenge()
    {
        TestCa other = TestCa.Root("Other CA");
        ExtendedRa = TestWorld.NewRa(other, "ra-other");
        await using TestWorld world = await StartStaticAsync(settings => settings.AddAlias("open", ExtendedRa, "Other CA"));
        // Encrypted to the open alias' RA, sent to the path of the one with a challenge.
        var client = new TestClient(world, "u07", "/scep/routers/pkiclient.exe") { Recipient = ExtendedRa.Certificate };
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "encrypted to an unknown RA certificate");
        // And the other way round.
        var reverse = new TestClient(world, "u07", "/scep/open/pkiclient.exe") { MoreRaCertificates = [ExtendedRa.Certificate] };
        (await reverse.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "encrypted to an unknown RA certificate");
        // On a path without alias the recipient decides, and its policy applies.
        var bare = new TestClient(world, "u05", "/scep") { Recipient = ExtendedRa.Certificate, MoreRaCertificates = [ExtendedRa.Certificate] };
        (await bare.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        (await new TestClient(world, "u05", "/scep").EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, Wrong);
        Assert.HasCount(1, world.Store.Rows, "U-05, U-07");
    }

    private Pki.Protocols.X509.KeyStore ExtendedRa { get; set; } = null!;

    private Task<TestWorld> StartStaticAsync(Action<TestSettings>? more = null) => TestWorld.StartAsync(Cancel, settings =>
    {
        settings.Set("Challenge:Mode", "Static");
        settings.Set("Challenge:SecretFile", settings.WriteFile("challenge", "letmein\n"));
        more?.Invoke(settings);
    });

    private Task<TestWorld> StartOneTimeAsync() => TestWorld.StartAsync(Cancel, settings =>
    {
        settings.Set("Challenge:Mode", "OneTime");
        settings.Set("Challenge:MacKeyFile", settings.WriteFile("mac-key", Convert.ToHexString(MacKey)));
    });

    private static string MacOf(string challenge)
    {
        using var key = new Secret(MacKey);
        using Secret secret = Secret.FromText(challenge);
        return ChallengeMac.Of(key, TestWorld.AliasName, secret);
    }

    private Task<bool> AddAsync(TestWorld world, string challenge, string? subject = null, TimeSpan? validFor = null) =>
        world.Store.AddAsync(TestWorld.AliasName, MacOf(challenge), subject, validFor ?? TimeSpan.FromHours(1), Cancel);
}
