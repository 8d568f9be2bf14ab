using CmpProxy.Tests.World;
using ExtRa.Messages.Contract;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;
using TestKit;

namespace CmpProxy.Tests.Limits;

/// <summary>
/// Senders that the CA has locked out for their wrong secrets (CMP-M-8), mirrored to the proxy (CMP-P-7): a few of their
/// messages still get the CA's own answer, the rest is a flood like any other.
/// </summary>
[TestClass]
public sealed class LockoutTests
{
    private const int Allowed = 3;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task CMP_P_7_a_flood_of_a_locked_out_sender_does_not_reach_the_CA_whatever_its_secret()
    {
        await using ProxyWorld world = await StartAsync();
        await LockAsync(world, "cmp", "4711", TimeSpan.FromMinutes(30));
        for (int i = 0; i < Allowed; i++)
        {
            Assert.AreEqual(200, (await world.ExchangeAsync(Messages.MacGenm("a guess", "4711"), Cancel)).Status, "answered by the CA in its own words");
        }

        int reached = world.Worker.Seen.Count;
        foreach (string secret in (string[])["another guess", "the right one"])
        {
            RawAnswer answer = await world.PostAsync(Messages.MacGenm(secret, "4711"), Cancel);
            Assert.AreEqual(429, answer.Status);
            Assert.AreEqual("10", answer.Headers["Retry-After"]);
            Assert.IsEmpty(answer.Body, "nobody learns more than in any flood");
        }

        Assert.HasCount(reached, world.Worker.Seen);
        Assert.HasCount(reached, world.Store.Rows);
    }

    [TestMethod]
    public async Task CMP_P_7_others_are_not_touched()
    {
        await using ProxyWorld world = await StartAsync();
        await LockAsync(world, "cmp", "4711", TimeSpan.FromMinutes(30));
        using var vendor = new TestPki("CN=Vendor CA,O=Test");
        KeyStore device = vendor.Issue("CN=device 1,O=Vendor");
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            for (int i = 0; i < Allowed * 3; i++)
            {
                Assert.AreEqual(200, (await world.PostAsync(Messages.MacGenm("secret", "4712"), Cancel)).Status, "another sender");
                Assert.AreEqual(200, (await world.PostAsync(Messages.MacGenm("secret", "4711"), Cancel, "/cmp/other")).Status, "another alias");
                Assert.AreEqual(200, (await world.PostAsync(Messages.SignedGenm(device), Cancel)).Status, "a signature");
                Assert.AreEqual(200, (await world.PostAsync(Messages.Genm(Messages.Header() with { SenderKeyId = "4711"u8.ToArray() }), Cancel)).Status, "no MAC: the CA counts no secrets for it");
            }

            return true;
        });
    }

    [TestMethod]
    public async Task CMP_P_7_without_a_senderKID_the_common_name_is_who_is_locked_out()
    {
        await using ProxyWorld world = await StartAsync();
        await LockAsync(world, "cmp", "device", TimeSpan.FromMinutes(30));
        for (int i = 0; i < Allowed; i++)
        {
            Assert.AreEqual(200, (await world.ExchangeAsync(Messages.MacGenm("a guess", null), Cancel)).Status);
        }

        Assert.AreEqual(429, (await world.PostAsync(Messages.MacGenm("a guess", null), Cancel)).Status);
    }

    [TestMethod]
    public async Task CMP_P_7_a_lockout_ends_when_the_CA_says()
    {
        await using ProxyWorld world = await StartAsync();
        await LockAsync(world, "cmp", "4711", TimeSpan.FromMinutes(30));
        for (int i = 0; i < Allowed; i++)
        {
            await world.ExchangeAsync(Messages.MacGenm("a guess", "4711"), Cancel);
        }

        Assert.AreEqual(429, (await world.PostAsync(Messages.MacGenm("a guess", "4711"), Cancel)).Status);
        world.Clock.Advance(TimeSpan.FromMinutes(31));
        for (int i = 0; i < Allowed * 3; i++)
        {
            Assert.AreEqual(200, (await world.ExchangeAsync(Messages.MacGenm("the right one", "4711"), Cancel)).Status);
        }
    }

    private static async Task LockAsync(ProxyWorld world, string alias, string keyId, TimeSpan time)
    {
        DateTimeOffset now = world.Clock.GetUtcNow();
        var list = new CMPLockoutList
        {
            NotAfter = now.AddHours(1),
            Lockouts = [new() { Alias = alias, Sender = MacSender.DigestOf("mac:" + keyId), Until = now + time }],
        };
        await world.UntilTakenAsync<CMPLockoutList>((await world.PostAsync(CMPLockoutList.PublicationName, list, CancellationToken.None)).Version, CancellationToken.None);
    }

    private Task<ProxyWorld> StartAsync() => ProxyWorld.StartAsync(Cancel, settings =>
    {
        settings.Configuration["CmpProxy:Limits:LockedKeyIdCallsPerMinute"] = Allowed.ToString(System.Globalization.CultureInfo.InvariantCulture);
        settings.Set("HoldTimeout", "00:00:20", "other");
    });
}
