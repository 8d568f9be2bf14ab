using System.Diagnostics;
using CmpProxy.Tests.World;
using Pki.Protocols.Cmp;
using TestKit;

namespace CmpProxy.Tests.Limits;

/// <summary>Many calls that wait (CMP-T-15, T-16). Alone, because it counts the threads of the process.</summary>
[TestClass, DoNotParallelize]
public sealed class HeldCallTests
{
    private const int Calls = 1000;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task CMP_T_15_a_thousand_held_calls_need_no_thread_each_and_are_all_answered()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        List<(Wire Wire, PkiMessage Message)> clients = [];
        for (int i = 0; i < Calls; i++)
        {
            PkiMessage message = Messages.Genm();
            Wire wire = await Wire.ConnectAsync(world.Port, Cancel);
            await wire.SendAsync(Wire.Post(message.Encoded.ToArray()), Cancel);
            clients.Add((wire, message));
        }

        await world.UntilHeldAsync(Calls, Cancel);
        using (var self = Process.GetCurrentProcess())
        {
            Assert.IsLessThan(200, self.Threads.Count, "threads while a thousand calls are held");
        }

        await world.WhileTheWorkerRunsAsync(async () =>
        {
            foreach ((Wire wire, PkiMessage message) in clients)
            {
                RawAnswer? answer = await wire.ReadAsync(Cancel);
                Assert.AreEqual(message.Header.SenderNonce!.Value, PkiMessage.Read(answer!.Body).OrThrow().Header.RecipientNonce!.Value, new OctetComparer(), "each its own");
                wire.Dispose();
            }

            return true;
        });
        await Eventually.BecomesTrueAsync(() => world.Held == 0, ProxyWorld.Patience, Cancel, "all places are free again");
    }

    [TestMethod]
    [DataRow("CmpProxy:Limits:HeldCalls", "/cmp/other", 503, DisplayName = "of the proxy")]
    [DataRow("CmpProxy:Limits:HeldCallsPerAddress", "/cmp/other", 503, DisplayName = "of an address")]
    [DataRow("CmpProxy:Aliases:cmp:HeldCalls", "/cmp/cmp", 503, DisplayName = "of an alias")]
    [DataRow("CmpProxy:Aliases:cmp:HeldCalls", "/cmp/other", 200, DisplayName = "another alias has its own places")]
    public async Task CMP_T_16_who_finds_no_place_is_told_so_at_once(string limit, string path, int status)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Configuration[limit] = "2";
            settings.Set("HoldTimeout", "00:00:20", "other");
        });
        using Wire one = await Wire.ConnectAsync(world.Port, Cancel);
        using Wire two = await Wire.ConnectAsync(world.Port, Cancel);
        await one.SendAsync(Wire.Post(Messages.Genm().Encoded.ToArray()), Cancel);
        await two.SendAsync(Wire.Post(Messages.Genm().Encoded.ToArray()), Cancel);
        await world.UntilHeldAsync(2, Cancel);
        Task<RawAnswer> third = world.PostAsync(Messages.Genm(), Cancel, path);
        if (status == 200)
        {
            await world.UntilHeldAsync(3, Cancel);
            await world.Worker.AnswerAllAsync(Cancel);
        }

        RawAnswer answer = await third;
        Assert.AreEqual(status, answer.Status);
        Assert.AreEqual(status == 503, answer.Headers.ContainsKey("Retry-After"));
        Assert.AreEqual(status == 200 ? 3 : 2, world.Store.Rows.Count, "nothing was stored");
    }
}
