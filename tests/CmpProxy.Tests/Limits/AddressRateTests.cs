using System.Security.Cryptography;
using CmpProxy.Tests.World;
using Pki.Hosting;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using TestKit;

namespace CmpProxy.Tests.Limits;

/// <summary>
/// What one address may cost (CMP-P-7). The CA must derive the key of a MAC before it knows whether the secret was right, and
/// the sender says how long that takes (CMP-S-4; CMP_ENGINE.md §4); and each message is kept, whoever it is from.
/// </summary>
[TestClass]
public sealed class AddressRateTests
{
    private const int PerMinute = 10_000;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    private static IEnumerable<object[]> Dear =>
    [
        ["PasswordBasedMac", Messages.MacGenm("a guess", "a", iterations: 20_000)],
        ["PBMAC1", Pbmac1Genm(20_000)],
        ["messages in a nested one", PkiMessage.Create(Messages.Header(), new PkiBody.Nested([Messages.MacGenm("x", "a", iterations: 12_000), Messages.MacGenm("x", "b", iterations: 8_000)]))],
    ];

    [TestMethod]
    [DynamicData(nameof(Dear))]
    public async Task CMP_P_7_who_asks_for_much_waits_the_longer_for_the_next(string what, PkiMessage dear)
    {
        await using ProxyWorld world = await StartAsync();
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            Assert.AreEqual(200, (await world.PostAsync(dear, Cancel)).Status, what);
            int reached = world.Worker.Seen.Count;
            RawAnswer next = await world.PostAsync(Messages.MacGenm("a guess", "b"), Cancel);
            Assert.AreEqual(429, next.Status, "whatever the senderKID");
            Assert.AreEqual("10", next.Headers["Retry-After"]);
            Assert.IsEmpty(next.Body);
            Assert.HasCount(reached, world.Worker.Seen);
            world.Clock.Advance(TimeSpan.FromSeconds(59));
            Assert.AreEqual(429, (await world.PostAsync(Messages.MacGenm("a guess", "b"), Cancel)).Status, "twice a minute's worth was taken");
            world.Clock.Advance(TimeSpan.FromSeconds(2));
            Assert.AreEqual(200, (await world.PostAsync(Messages.MacGenm("the secret", "b"), Cancel)).Status);
            return true;
        });
    }

    [TestMethod]
    public async Task CMP_P_7_what_costs_the_CA_no_derivation_and_other_addresses_pass()
    {
        await using ProxyWorld world = await StartAsync();
        using var vendor = new TestPki("CN=Vendor CA,O=Test");
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            Assert.AreEqual(200, (await world.PostAsync(Messages.MacGenm("x", "a", iterations: 20_000), Cancel)).Status);
            Assert.AreEqual(429, (await world.PostAsync(Messages.MacGenm("x", "a"), Cancel)).Status);
            Assert.AreEqual(200, (await world.PostAsync(Messages.SignedGenm(vendor.Issue("CN=device 1,O=Vendor")), Cancel)).Status, "a signature");
            Assert.AreEqual(200, (await world.PostAsync(Messages.Genm(), Cancel)).Status, "no protection");
            RawAnswer other = await RawHttp.PostAsync(
                world.Port, "/cmp", Messages.MacGenm("x", "a").Encoded.ToArray(), Cancel, "Content-Type: application/pkixcmp\r\nX-Forwarded-For: 192.0.2.7\r\n");
            Assert.AreEqual(200, other.Status, "another address");
            return true;
        });
    }

    /// <summary>What is brought lies in the database for weeks: large messages count for more than small ones.</summary>
    [TestMethod]
    public async Task CMP_P_7_the_octets_of_an_address_are_limited()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Configuration["CmpProxy:Limits:OctetsPerMinute"] = "2000");
        PkiMessage large = Messages.Genm(Messages.Header() with { FreeText = PkiFreeText.Of(new string('x', 1000)) });
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            Assert.AreEqual(200, (await world.PostAsync(large, Cancel)).Status);
            Assert.AreEqual(200, (await world.PostAsync(large, Cancel)).Status, "something was left");
            int rows = world.Store.Rows.Count;
            RawAnswer third = await world.PostAsync(Messages.Genm(), Cancel);
            Assert.AreEqual(429, third.Status);
            Assert.AreEqual("10", third.Headers["Retry-After"]);
            Assert.HasCount(rows, world.Store.Rows);
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.AreEqual(200, (await world.PostAsync(Messages.Genm(), Cancel)).Status);
            return true;
        });
    }

    /// <summary>However many calls come at the same moment, one passes where little is left.</summary>
    [TestMethod]
    public void Of_many_that_take_the_last_at_once_one_gets_it()
    {
        var budget = new SourceBudget(burst: 1, perMinute: 1, new ManualClock());
        int passed = 0;
        Parallel.For(0, 1000, _ => Interlocked.Add(ref passed, budget.TryTake("a", 50) ? 1 : 0));
        Assert.AreEqual(1, passed);
    }

    private static PkiMessage Pbmac1Genm(int iterations)
    {
        using Secret secret = Secret.FromText("a guess");
        using MacKey key = Pbmac1.Create(RandomNumberGenerator.GetBytes(16), iterations).DeriveKey(secret);
        return MessageProtection.Mac(Messages.Header(), Messages.Genm().Body, key);
    }

    private Task<ProxyWorld> StartAsync() => ProxyWorld.StartAsync(Cancel, settings =>
    {
        settings.Configuration["CmpProxy:Limits:MacIterationsPerMinute"] = PerMinute.ToString(System.Globalization.CultureInfo.InvariantCulture);
        settings.Configuration["CmpProxy:TrustedProxies:0"] = "127.0.0.1";
        settings.Set("Operations:0", "genm");
        settings.Set("Operations:1", "nested");
    });
}
