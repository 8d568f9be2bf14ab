using ExtRa.Legacy;
using ExtRa.Messages.Store;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests;

/// <summary>Before a legacy CA: the same server, another format on the link (WIRE.md).</summary>
[TestClass]
public sealed class LegacyCaTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_device_enrols_through_a_legacy_ca()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, Legacy);
        TestClient client = world.NewClient("router one");

        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.AreEqual(1, await world.FakeCa.AnswerAllAsync(Cancel));
        TestReply reply = await client.PollAsync(Cancel);

        reply.MustBe(PkiStatus.Success);
        Assert.IsTrue(reply.Certificate.PublicKey.SameKeyAs(client.Key.Public));
        MessageRow row = world.Store.Rows.Single(one => one.Type == ExtRa.Messages.Store.MessageType.Scep);
        Assert.AreEqual(LegacyIds.UniqueId(row.Type, row.MessageId), row.UniqueId);
        Assert.IsTrue(world.FakeCa.Seen.Single().RequestId > ushort.MaxValue, "no two rows have the same REQUESTID");
    }

    [TestMethod]
    public async Task A_refusal_of_a_legacy_ca_reaches_the_device_as_one()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, Legacy);
        TestClient client = world.NewClient("unwanted");
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel, request => new ExtRa.Messages.Contract.PKCS10Response { RequestId = request.RequestId, Success = false, FailInfo = "For input string: \"abc\"" });
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Failure);
    }

    /// <summary>FLAWS.md G2, G3: the same transactionID with another key is another row.</summary>
    [TestMethod]
    public async Task Flaw_G2_Another_key_under_the_same_transaction_finds_nothing()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, Legacy);
        TestClient first = world.NewClient("first");
        (await first.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        TestClient thief = world.NewClient("thief");
        KeyPair key = TestKeys.Named("thief"); // clients share a few keys, and this one needs one of its own
        (thief.Key, thief.Sender, thief.Id) = (key, new ScepSender(key, TestCa.SelfSigned("CN=thief", key)), first.Id);
        (await thief.PollAsync(Cancel)).MustBe(PkiStatus.Failure);
        (await first.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task The_loosening_is_told_at_start()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, Legacy);
        Assert.IsTrue(world.Log.Text.Contains("ScepRa:Link:Format is Legacy4", StringComparison.Ordinal));
    }

    private static void Legacy(TestSettings settings)
    {
        settings.LegacyCa = true;
        settings.Link = TestWorld.NewLink("scep-ra", "2048", KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment);
        settings.Worker = TestWorld.NewLink("worker", "2048", KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment);
    }
}
