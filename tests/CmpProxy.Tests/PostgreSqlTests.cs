using CmpProxy.Tests.World;
using ExtRa.Messages.Store;
using Pki.Protocols.Cmp;
using TestKit;

namespace CmpProxy.Tests;

/// <summary>The same on a real message database: the doorbell, two proxies, a race of repetitions (CMP-P-8, T-17).</summary>
[TestClass, NeedsTool("postgres")]
public sealed class PostgreSqlTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_held_call_is_answered_when_the_bell_rings()
    {
        await using ProxyWorld world = await StartAsync(await NewDatabaseAsync());
        PkiMessage[] messages = [.. Enumerable.Range(0, 50).Select(_ => Messages.Genm())];
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            RawAnswer[] answers = await Task.WhenAll(messages.Select(message => world.PostAsync(message, Cancel)));
            foreach ((PkiMessage message, RawAnswer answer) in messages.Zip(answers))
            {
                Assert.AreEqual(200, answer.Status);
                Assert.AreEqual(message.Header.SenderNonce!.Value, PkiMessage.Read(answer.Body).OrThrow().Header.RecipientNonce!.Value, new OctetComparer());
            }

            return true;
        });
    }

    [TestMethod]
    public async Task CMP_P_8_T_17_V24_a_race_of_repetitions_at_two_proxies_is_one_row()
    {
        string database = await NewDatabaseAsync();
        await using ProxyWorld one = await StartAsync(database);
        await using ProxyWorld two = await StartAsync(database);
        PkiMessage message = Messages.Genm();
        Task<RawAnswer>[] calls = [.. Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? one : two).PostAsync(message, Cancel))];
        await Eventually.BecomesTrueAsync(() => one.Held == 10 && two.Held == 10, ProxyWorld.Patience, Cancel, "all are held");
        RawAnswer[] answers = await one.WhileTheWorkerRunsAsync(() => Task.WhenAll(calls));
        Assert.IsTrue(answers.All(answer => answer.Status == 200 && answer.Body.AsSpan().SequenceEqual(answers[0].Body)));
        Assert.HasCount(1, one.Worker.Seen);
    }

    private static async Task CreateSchemaAsync(string connection)
    {
        await using MessageDatabase database = MessageDatabase.Open(new() { ConnectionString = connection }, TimeProvider.System);
        await database.CreateSchemaAsync(CancellationToken.None);
    }

    private Task<string> NewDatabaseAsync() => TestDatabases.NewPostgreSqlAsync("cmp-proxy", CreateSchemaAsync, Cancel);

    private Task<ProxyWorld> StartAsync(string connection) => ProxyWorld.StartAsync(Cancel, settings =>
    {
        settings.RealStore = true;
        settings.Set("HoldTimeout", "00:05:00"); // by the real clock, on a machine that is busy
        settings.Configuration["CmpProxy:Database:ConnectionString"] = connection;
    });
}
