using Pki.Protocols.Scep;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests;

/// <summary>The whole way: client, RA, row, CA, row, RA, client.</summary>
[TestClass]
public sealed class EndToEndTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task A_request_is_pending_until_the_ca_answers_and_the_poll_brings_the_certificate()
    {
        CancellationToken cancel = TestContext.CancellationToken;
        await using TestWorld world = await TestWorld.StartAsync(cancel);
        TestClient client = world.NewClient("router one");

        (await client.EnrolAsync(cancel)).MustBe(PkiStatus.Pending);
        (await client.PollAsync(cancel)).MustBe(PkiStatus.Pending);
        Assert.AreEqual(1, await world.FakeCa.AnswerAllAsync(cancel));
        TestReply reply = await client.PollAsync(cancel);

        reply.MustBe(PkiStatus.Success);
        Assert.IsTrue(reply.Certificate.PublicKey.SameKeyAs(client.Key.Public));
        Assert.IsTrue(reply.Certificate.Subject.Equals(client.Subject));
        Assert.HasCount(2, reply.Rep!.Contents!.Certificates);
        Assert.AreEqual("router one", world.FakeCa.Seen.Single().Username);
    }

    [TestMethod]
    public async Task A_quick_ca_answers_in_the_first_reply()
    {
        CancellationToken cancel = TestContext.CancellationToken;
        await using TestWorld world = await TestWorld.StartAsync(cancel, settings => settings.Set("ReplyWait", "00:00:03"));
        TestClient client = world.NewClient("quick");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task ca = world.FakeCa.RunAsync(stop.Token);

        TestReply reply = await client.EnrolAsync(cancel);

        await stop.CancelAsync();
        await ca;
        reply.MustBe(PkiStatus.Success);
        Assert.IsTrue(reply.Certificate.IsSignedBy(world.Ca.Key.Public));
    }
}
