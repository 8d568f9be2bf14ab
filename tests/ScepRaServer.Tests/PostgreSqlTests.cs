using ExtRa.Messages.Store;
using Pki.PrivateServers;
using Pki.Protocols.Scep;
using ScepRaServer.Tests.World;
using TestKit;

namespace ScepRaServer.Tests;

/// <summary>The same on a real message database: two nodes, doorbell, one-time challenges, an outage.</summary>
[TestClass, NeedsTool("postgres")]
public sealed class PostgreSqlTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Two_nodes_on_one_database_share_all_transactions()
    {
        string connection = await NewDatabaseAsync();
        await using TestWorld one = await StartAsync(connection);
        await using TestWorld two = await StartAsync(connection, one.Settings.ShareKeysWith);
        TestClient client = one.NewClient("t15");
        SentRequest request = client.NewPkcsReq();
        var elsewhere = new TestClient(two, "t15", client.Path) { Id = client.Id, Key = client.Key, Sender = client.Sender };

        TestReply[] both = await Task.WhenAll(client.SendAsync(request, Cancel), elsewhere.SendAsync(request, Cancel));
        Assert.IsTrue(both.All(reply => reply.Status == PkiStatus.Pending), $"T-09: {both[0]}, {both[1]}");
        Assert.AreEqual(1, await one.FakeCa.AnswerAllAsync(Cancel), "T-15: one row");
        TestReply reply = await elsewhere.PollAsync(Cancel);
        reply.MustBe(PkiStatus.Success);
        Assert.AreEqual(reply.Certificate.Serial, (await client.PollAsync(Cancel)).Certificate.Serial, "T-15");
    }

    [TestMethod]
    public async Task A_held_request_is_answered_when_the_bell_rings()
    {
        await using TestWorld world = await StartAsync(await NewDatabaseAsync(), settings => settings.Set("ReplyWait", "00:00:20"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task ca = world.FakeCa.RunAsync(stop.Token);
        TestReply reply = await world.NewClient("r13").EnrolAsync(Cancel);
        await stop.CancelAsync();
        await ca;
        reply.MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task A_stopped_database_is_503_for_requests_and_pending_for_polls_and_nothing_is_lost()
    {
        await using PrivatePostgreSql server = await TestDatabases.OwnPostgreSqlAsync(Cancel);
        string connection = server.ConnectionString();
        await CreateSchemaAsync(connection);
        await using TestWorld world = await StartAsync(connection);
        TestClient client = world.NewClient("h17");
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);

        await server.StopAsync(Cancel);
        Assert.AreEqual(503, (await client.EnrolAsync(Cancel)).Http.Status, "H-17");
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.AreEqual(200, (await RawHttp.GetAsync(world.Port, client.Path + "?operation=GetCACert", Cancel)).Status, "G-10");
        Assert.IsEmpty(world.Log.OfId(1015));
    }

    private static async Task CreateSchemaAsync(string connection)
    {
        await using MessageDatabase database = MessageDatabase.Open(new() { ConnectionString = connection }, TimeProvider.System);
        await database.CreateSchemaAsync(CancellationToken.None);
    }

    private Task<string> NewDatabaseAsync() => TestDatabases.NewPostgreSqlAsync("scep-ra", CreateSchemaAsync, Cancel);

    private async Task<TestWorld> StartAsync(string connection, Action<TestSettings>? more = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await TestWorld.StartAsync(patience.Token, settings =>
        {
            settings.RealStore = true;
            settings.Configuration["ScepRa:Database:ConnectionString"] = connection;
            more?.Invoke(settings);
        });
    }
}
