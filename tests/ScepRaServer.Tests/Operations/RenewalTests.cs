using System.Security.Cryptography;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Operations;

/// <summary>SCEP.md section 12: renewal is decided by who signed.</summary>
[TestClass]
public sealed class RenewalTests
{
    private const string NotRenewable = "signer certificate cannot be renewed here";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(true, DisplayName = "W-01 as RenewalReq (strongSwan, micromdm)")]
    [DataRow(false, DisplayName = "W-01 as PKCSReq (sscep, jscep, certmonger)")]
    public async Task A_device_renews_with_a_new_key_and_gets_the_answer_to_its_old_one(bool asRenewal)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = await EnrolledAsync(world, "w01");
        Certificate old = client.Sender.Certificate;
        (client.Key, client.Id) = (TestKeys.Named("w01 new key"), TransactionId.FromText("w01 renewal"));
        (await (asRenewal ? client.RenewAsync(Cancel) : client.EnrolAsync(Cancel))).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        TestReply reply = await client.PollAsync(Cancel);
        Assert.IsTrue(reply.Certificate.PublicKey.SameKeyAs(client.Key.Public), "W-06: opened with the old key");
        CollectionAssert.AreEqual(old.Encoded.ToArray(), world.FakeCa.Seen[^1].RenewedCertificate, "W-09");
    }

    [TestMethod]
    public async Task The_same_key_and_transaction_renew_again_and_again()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = await EnrolledAsync(world, "w04");
        var serials = new HashSet<SerialNumber> { client.Sender.Certificate.Serial };
        for (int i = 0; i < 3; i++)
        {
            (await client.RenewAsync(Cancel)).MustBe(PkiStatus.Pending);
            (await client.RenewAsync(Cancel)).MustBe(PkiStatus.Pending);
            await world.FakeCa.AnswerAllAsync(Cancel);
            TestReply reply = await client.RenewAsync(Cancel);
            Assert.IsTrue(serials.Add(reply.Certificate.Serial), "T-06, W-04: each renewal is its own transaction");
            client.Use(reply.Certificate);
        }

        Assert.HasCount(4, world.Store.Rows);
        Assert.IsNotEmpty(world.Log.OfId(1016).ToList(), "W-04: said");
    }

    [TestMethod]
    public async Task A_renewal_needs_no_challenge_unless_the_alias_says_so()
    {
        void Configure(TestSettings settings, bool needed)
        {
            settings.Set("Challenge:Mode", "Static");
            settings.Set("Challenge:SecretFile", settings.WriteFile("challenge", "letmein"));
            settings.Set("Renewal:NeedsChallenge", needed);
        }

        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => Configure(settings, needed: false));
        await using TestWorld strict = await TestWorld.StartAsync(Cancel, settings => Configure(settings, needed: true));
        (await Holder(world, "p09").RenewAsync(Cancel)).MustBe(PkiStatus.Pending);
        (await Holder(strict, "p09").RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, "challenge missing or wrong");
    }

    [TestMethod]
    public async Task A_renewal_request_needs_a_certificate_of_this_ca()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        KeyPair key = TestKeys.Named("w02");
        DistinguishedName subject = TestCa.Dn("CN=w02,O=Test");
        DateTimeOffset now = TestWorld.Start;
        Certificate[] signers =
        [
            TestCa.SelfSigned("CN=w02,O=Test", key),
            TestCa.Root("Foreign CA").Issue(subject, key.Public),
            world.Ca.Issue(subject, key.Public, from: now.AddYears(-2), until: now.AddDays(-1)),
            world.Ca.Issue(subject, key.Public, from: now.AddDays(1), until: now.AddYears(1)),
            Impersonated(world.Ca, subject, key),
        ];
        foreach (Certificate signer in signers)
        {
            TestClient client = world.NewClient("w02");
            (client.Key, client.Subject, client.Sender) = (key, subject, new ScepSender(key, signer));
            (await client.RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, NotRenewable);
        }

        Assert.IsEmpty(world.Store.Rows, "W-02: never a first enrolment without a challenge");
    }

    [TestMethod]
    public async Task The_ra_renews_nobody_with_its_own_certificate()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("w01");
        (client.Key, client.Subject, client.Sender) = (world.Settings.Ra.Key, world.RaCertificate.Subject, new ScepSender(world.Settings.Ra.Key, world.RaCertificate));
        (await client.RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, NotRenewable);
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, NotRenewable);
    }

    [TestMethod]
    public async Task A_renewal_is_for_the_name_of_its_certificate()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = Holder(world, "w03");
        client.Subject = TestCa.Dn("CN=admin,O=Test");
        (await client.RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, null);
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, null);
        client.Subject = TestCa.Dn("CN=W03,O=test"); // W-03: names are compared as names
        (await client.RenewAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task A_revoked_certificate_renews_nothing()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = Holder(world, "w01");
        await QueryTests.PublishCrlAsync(world, [client.Sender.Certificate.Serial], Cancel);
        (await client.RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, NotRenewable);
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, NotRenewable);
    }

    [TestMethod]
    public async Task With_renewal_off_an_issued_certificate_is_a_signer_like_any_other()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Renewal:Enabled", false);
            settings.Set("Challenge:Mode", "Static");
            settings.Set("Challenge:SecretFile", settings.WriteFile("challenge", "letmein"));
        });
        TestClient client = Holder(world, "w08");
        (await client.RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, "renewal is not offered");
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "challenge missing or wrong");
        client.Challenge = "letmein";
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task The_options_of_renewal_hold()
    {
        await using TestWorld newKey = await TestWorld.StartAsync(Cancel, settings => settings.Set("Renewal:AllowSameKey", false));
        (await Holder(newKey, "w04").RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, "renewal needs a new key");

        await using TestWorld window = await TestWorld.StartAsync(Cancel, settings => settings.Set("Renewal:Window", "30.00:00:00"));
        (await Holder(window, "w07").RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, "too early to renew");
        window.Clock.Advance(TimeSpan.FromDays(340));
        (await Holder(window, "w07").RenewAsync(Cancel)).MustBe(PkiStatus.Pending);

        await using TestWorld grace = await TestWorld.StartAsync(Cancel, settings => settings.Set("Renewal:ExpiredGrace", "10.00:00:00"));
        TestClient late = Holder(grace, "w01");
        grace.Clock.Advance(TimeSpan.FromDays(370));
        (await late.RenewAsync(Cancel)).MustBe(PkiStatus.Pending);
        grace.Clock.Advance(TimeSpan.FromDays(10));
        (await late.RenewAsync(Cancel)).MustBe(FailInfo.BadRequest, NotRenewable);
    }

    [TestMethod]
    public async Task An_expired_certificate_may_sign_a_first_enrolment_again()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = Holder(world, "s05");
        world.Clock.Advance(TimeSpan.FromDays(400));
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.IsNull(world.FakeCa.Seen.Single().RenewedCertificate, "an ordinary enrolment");
    }

    [TestMethod]
    public async Task A_renewal_brings_a_certificate_for_its_own_name_only()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = Holder(world, "t17");
        await client.RenewAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel, request => world.FakeCa.Issue(request, TestCa.Dn("CN=somebody else"), client.Key.Public));
        (await client.PollAsync(Cancel)).MustBe(FailInfo.BadRequest, "the CA's answer cannot be used");
        Assert.HasCount(1, world.Log.OfId(1012).ToList());
    }

    /// <summary>A device with a certificate of the CA, without the way there.</summary>
    private static TestClient Holder(TestWorld world, string name)
    {
        TestClient client = world.NewClient(name);
        client.Use(world.Ca.Issue(client.Subject, client.Key.Public, KeyUsages.DigitalSignature));
        return client;
    }

    private async Task<TestClient> EnrolledAsync(TestWorld world, string name)
    {
        TestClient client = world.NewClient(name);
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        client.Use((await client.PollAsync(Cancel)).Certificate);
        return client;
    }

    // A certificate with the CA's name as issuer, signed by somebody else.
    private static Certificate Impersonated(TestCa ca, DistinguishedName subject, KeyPair key) => new ToBeSignedCertificate(
        new SerialNumber(new byte[] { 0x11, 0x22 }),
        SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256),
        ca.Certificate.Subject.Encoded,
        TestWorld.Start.AddDays(-1),
        TestWorld.Start.AddDays(1),
        subject.Encoded,
        key.Public.Encoded,
        []).Sign(key);
}
