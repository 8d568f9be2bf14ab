using ExtRa.Messages.Store;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>A transaction lives in the databases: neither proxy nor worker has to be the one it began with (CMP-P-8).</summary>
[TestClass]
public sealed class CmpRestartTests
{
    private const string Confirmed = "2";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task A_certConf_is_understood_by_a_proxy_and_a_worker_that_were_not_there_for_the_request(MessageDialect dialect)
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel, dialect);
        using KeyPair key = KeyPair.Generate("P-256");
        CmpClientTransaction transaction = world.Begin("3078");
        Uri proxy = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel);
        byte[] answer = await world.PostAsync(proxy, transaction.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key)), Cancel);
        Certificate issued = CmpClientTransaction.IssuedIn(transaction.Read(answer).OrThrow()).OrThrow();

        await world.StopProxiesAsync();
        await world.System.StopWorkersAsync();
        proxy = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel);

        await world.ConfirmAsync(proxy, transaction, issued, Cancel);
        Assert.AreEqual(Confirmed, await world.System.CountAsync("select state from cmp_transaction", Cancel));
    }

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task Two_proxies_and_two_workers_share_transactions_whose_messages_alternate(MessageDialect dialect)
    {
        const int Devices = 20;
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel, dialect);
        Uri[] proxies = [await world.StartProxyAsync(Cancel), await world.StartProxyAsync(Cancel)];
        await world.System.StartWorkerAsync(Cancel);
        world.System.Configuration["Ca"]!["NodeId"] = "node-2";
        await world.System.StartWorkerAsync(Cancel);

        await Task.WhenAll(Enumerable.Range(0, Devices).Select(async i =>
        {
            using KeyPair key = KeyPair.Generate("P-256");
            CmpClientTransaction transaction = world.Begin($"device{i}");
            byte[] answer = await world.PostAsync(proxies[i % 2], transaction.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, $"device{i}", key)), Cancel);
            await world.ConfirmAsync(proxies[(i + 1) % 2], transaction, CmpClientTransaction.IssuedIn(transaction.Read(answer).OrThrow()).OrThrow(), Cancel);
        }));

        Assert.AreEqual($"{Devices}", await world.System.CountAsync($"select count(*) from cmp_transaction where state = {Confirmed}", Cancel));
        Assert.AreEqual($"{Devices}", await world.System.CountAsync("select count(*) from certificate where username like 'device%'", Cancel));
    }
}
