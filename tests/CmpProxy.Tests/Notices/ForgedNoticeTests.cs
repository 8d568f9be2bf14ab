using System.Globalization;
using CmpProxy.Notices;
using CmpProxy.Tests.World;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.X509;

namespace CmpProxy.Tests.Notices;

/// <summary>
/// Whoever owns the message database makes up no list, moves none and puts none back (CMP-A-41, CMP_PEERS V27): the proxy
/// goes on with what it has, and after that the CA decides.
/// </summary>
[TestClass]
public sealed class ForgedNoticeTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("garbage")]
    [DataRow("a changed octet")]
    [DataRow("another signer")]
    [DataRow("not signed")]
    [DataRow("the notice of another name")]
    [DataRow("the notice of another version")]
    [DataRow("an old notice as a new version")]
    [DataRow("an answer of the CA")]
    [DataRow("another kind of notice")]
    public async Task V27_a_row_that_is_not_the_CAs_word_is_not_believed_and_complained_about_once(string what)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:00:20", "*"));
        Publication good = await world.PublishAsync(Cancel, Board.Alias("good"));
        await world.Store.PublishAsync(good with { Version = good.Version + 1, Content = Forge(world, good, what) }, Cancel);

        await world.UntilAsync(() => world.Log.OfId(2011).Any(), "the complaint", Cancel);
        await LookAgainAsync(world);
        Assert.HasCount(1, world.Log.OfId(2011).ToList());
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/evil")).Status);
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/cmp/good")).Status);

        await world.PublishAsync(Cancel, Board.Alias("evil"));
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/cmp/evil")).Status, "the CA's next word counts");
    }

    [TestMethod]
    public async Task An_older_list_that_is_put_back_is_not_taken_again()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:00:20", "*"));
        Publication older = await world.PublishAsync(Cancel, Board.Alias("withdrawn"));
        await world.PublishAsync(Cancel, Board.Alias("newer"));
        await world.Store.PublishAsync(older, Cancel);

        await world.UntilAsync(() => world.Log.OfId(2011).Any(), "the complaint", Cancel);
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/withdrawn")).Status);
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/cmp/newer")).Status);
    }

    [TestMethod]
    public async Task A_list_runs_out_and_then_no_proxy_takes_it_and_the_CA_decides()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:00:20", "*"));
        await world.PublishAsync(Cancel, Board.Alias("old"));
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/new")).Status);

        world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/cmp/new")).Status, "it counts no more");

        await using ProxyWorld another = await ProxyWorld.StartAsync(Cancel, settings => (settings.Clock, settings.Store) = (world.Clock, world.Store));
        await another.UntilAsync(() => another.Log.OfId(2011).Any(), "the complaint", Cancel);
        Assert.IsNull(another.Services.GetRequiredService<NoticeMemory<CMPAliasList>>().Current);
    }

    [TestMethod]
    public async Task A_database_that_is_away_leaves_the_list_in_use()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:00:20", "*"));
        await world.PublishAsync(Cancel, Board.Alias("good"));
        world.Store.IsDown = true;
        await world.UntilAsync(() => world.Log.OfId(2003).Any(), "it is noticed", Cancel);
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/evil")).Status);
        world.Store.IsDown = false;
        await world.PublishAsync(Cancel, Board.Alias("evil"));
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/cmp/evil")).Status);
    }

    private static string Forge(ProxyWorld world, Publication good, string what)
    {
        CMPAliasList evil = world.ListOf(Board.Alias("evil"));
        MessageContent content = new()
        {
            Kind = MessageKind.Notice,
            UniqueId = good.Name,
            MessageId = (good.Version + 1).ToString(CultureInfo.InvariantCulture),
            Type = MessageType.Cmp,
            Created = world.Clock.GetUtcNow(),
            SubMessages = [evil],
        };
        KeyStore worker = world.Settings.Worker;
        return what switch
        {
            "a changed octet" => Changed(Sign(worker, content with { SubMessages = [world.ListOf(Board.Alias("good"))] })),
            "another signer" => Sign(ProxySettings.NewStranger(), content),
            "not signed" => new MessageSealer(worker, world.Clock).Seal(content, Protection.None, null),
            "the notice of another name" => Sign(worker, content with { UniqueId = "elsewhere" }),
            "the notice of another version" => Sign(worker, content with { MessageId = "1" }),
            "an old notice as a new version" => good.Content,
            "an answer of the CA" => Sign(worker, content with { Kind = MessageKind.Response }),
            "another kind of notice" => Sign(worker, content with { SubMessages = [new CMPLockoutList { NotAfter = evil.NotAfter, Lockouts = [] }] }),
            _ => "garbage",
        };

        string Sign(KeyStore signer, MessageContent what) => new MessageSealer(signer, world.Clock).Seal(what, new Protection(Signed: true, Encrypted: false), null);
    }

    // In the middle: the signed JSON.
    private static string Changed(string base64)
    {
        byte[] octets = Convert.FromBase64String(base64);
        int at = octets.AsSpan().IndexOf("good"u8);
        "evil"u8.CopyTo(octets.AsSpan(at));
        return Convert.ToBase64String(octets);
    }

    private async Task LookAgainAsync(ProxyWorld world)
    {
        int looks = world.Store.NoticeLooks;
        await world.UntilAsync(() => world.Store.NoticeLooks > looks + 4, "it has looked twice more", Cancel);
    }
}
