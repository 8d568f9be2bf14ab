using System.Globalization;
using System.Net.Sockets;
using CmpProxy.Tests.World;
using Pki.Protocols.Cmp;
using TestKit;

namespace CmpProxy.Tests.Http;

/// <summary>What no decent client sends: none of it reaches the database, none of it is an error of ours (CMP-T-13, CMP_PEERS.md V25).</summary>
[TestClass]
public sealed class HostileTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("68656C6C6F", DisplayName = "text")]
    [DataRow("30", DisplayName = "a tag alone")]
    [DataRow("3003020100FF", DisplayName = "longer than it says")]
    [DataRow("300A020100", DisplayName = "shorter than it says")]
    [DataRow("30800201000000", DisplayName = "an indefinite length")]
    [DataRow("3084FFFFFFFF00", DisplayName = "a length of 4 GB")]
    [DataRow("3089010101010101010101", DisplayName = "a length of nine octets")]
    [DataRow("0403010203", DisplayName = "not a SEQUENCE")]
    [DataRow("00000000", DisplayName = "zeros")]
    public async Task CMP_T_13_what_is_not_DER_gets_status_400_or_an_error_by_setting(string hex)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("NotDerAnswer", "CmpError", "ejbca"));
        byte[] body = Convert.FromHexString(hex);
        RawAnswer answer = await world.PostAsync(body, Cancel);
        Assert.AreEqual(400, answer.Status);
        Assert.IsEmpty(answer.Body);
        await world.MustRefuseAsync(body, PkiFailureInfo.BadRequest, Cancel, "/cmp/ejbca");
    }

    [TestMethod]
    [DataRow("3000", DisplayName = "an empty SEQUENCE")]
    [DataRow("3003020100", DisplayName = "an INTEGER")]
    [DataRow("30143012 020102 A4023000 A4023000 A405 0403 010203", DisplayName = "a header alone")]
    public async Task CMP_T_13_X_2_DER_that_is_no_PKIMessage_is_badDataFormat(string hex)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        await world.MustRefuseAsync(Convert.FromHexString(hex.Replace(" ", "")), PkiFailureInfo.BadDataFormat, Cancel);
    }

    /// <summary>CMP-T-16: idle connections cost their client nothing.</summary>
    [TestMethod]
    [DataRow("", false, DisplayName = "of one address")]
    [DataRow("127.0.0.0/8", true, DisplayName = "of a trusted proxy")]
    public async Task CMP_T_16_one_address_does_not_take_all_connections(string proxies, bool served)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Configuration["CmpProxy:Limits:ConnectionsPerAddress"] = "2";
            settings.Configuration["CmpProxy:TrustedProxies:0"] = proxies.Length > 0 ? proxies : null;
        });
        Wire? first = await ServedAsync(world.Port);
        using Wire? second = await ServedAsync(world.Port);
        using Wire? third = await ServedAsync(world.Port);
        Assert.IsTrue(first is not null && second is not null);
        Assert.AreEqual(served, third is not null);

        first.Dispose();
        await Eventually.BecomesTrueAsync(async _ =>
        {
            using Wire? next = await ServedAsync(world.Port);
            return next is not null;
        }, Eventually.Patience, Cancel, "the place is free again");
    }

    /// <summary>An open connection that is served; null where it is closed, be it before it is open.</summary>
    private async Task<Wire?> ServedAsync(int port)
    {
        Wire? wire = null;
        try
        {
            wire = await Wire.ConnectAsync(port, Cancel);
            await wire.SendAsync("GET /nothing HTTP/1.1\r\nHost: proxy\r\n\r\n", Cancel);
            if (await wire.ReadAsync(Cancel) is not null)
            {
                return wire;
            }
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
        }

        wire?.Dispose();
        return null;
    }

    [TestMethod]
    public async Task CMP_X_2_an_error_repeats_what_ties_it_to_the_request()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        PkiMessage asked = Messages.Genm(Messages.Header() with { Version = PkiHeader.Cmp2021 });
        byte[] broken = Messages.Tlv(0x30, asked.HeaderEncoded.ToArray(), [0xB3, 0x02, 0x02, 0x00]); // pkiconf with an INTEGER of no octets
        PkiHeader header = PkiMessage.Read((await world.PostAsync(broken, Cancel)).Body).OrThrow().Header;
        Assert.AreEqual(PkiHeader.Cmp2021, header.Version);
        Assert.AreEqual(asked.Header.TransactionId!.Value, header.TransactionId!.Value, new OctetComparer());
        Assert.AreEqual(asked.Header.SenderNonce!.Value, header.RecipientNonce!.Value, new OctetComparer());
        Assert.AreEqual(asked.Header.Sender.Encoded, header.Recipient.Encoded, new OctetComparer());
        Assert.AreEqual(16, header.SenderNonce!.Value.Length);
        Assert.IsEmpty(world.Store.Rows);
    }

    [TestMethod]
    public async Task CMP_T_13_depth_and_number_of_values_are_limited()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] deep = Enumerable.Range(0, 10_000).Aggregate(new byte[] { 5, 0 }, (inner, _) => inner.Length > 30_000 ? inner : Messages.Tlv(0x30, inner));
        byte[] many = Messages.Tlv(0x30, [.. Enumerable.Repeat(new byte[] { 0x30, 0x00 }, 45_000)]);
        Assert.AreEqual(400, (await world.PostAsync(deep, Cancel)).Status);
        Assert.AreEqual(400, (await world.PostAsync(many, Cancel)).Status);
        Assert.IsEmpty(world.Store.Rows);
    }

    [TestMethod]
    public async Task A_client_that_sends_its_body_slowly_or_not_at_all_holds_a_place_and_no_thread()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Configuration["CmpProxy:Limits:HeldCallsPerAddress"] = "1");
        byte[] whole = Wire.Post(Messages.Genm().Encoded.ToArray());
        using (Wire slow = await Wire.ConnectAsync(world.Port, Cancel))
        {
            await slow.SendAsync(whole[..^5], Cancel);
            await Eventually.BecomesTrueAsync(() => world.Held == 1, ProxyWorld.Patience, Cancel, "the slow call has its place");
            Assert.AreEqual(503, (await world.PostAsync(Messages.Genm(), Cancel)).Status, "T-16: slow senders count");
        }

        await Eventually.BecomesTrueAsync(() => world.Held == 0, ProxyWorld.Patience, Cancel, "the place is free again");
        Assert.IsEmpty(world.Store.Rows);
        Assert.IsEmpty(world.Log.OfId(2006));
    }

    [TestMethod]
    [DataRow("POST /cmp HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n300302", DisplayName = "two lengths")]
    [DataRow("POST /cmp HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", DisplayName = "a negative length")]
    [DataRow("POST /cmp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nConnection: close\r\n\r\nZZ\r\n", DisplayName = "a chunk that is none")]
    [DataRow("POST /cmp HTTP/9.9\r\nHost: x\r\n\r\n", DisplayName = "a version of the future")]
    [DataRow("\u0016\u0003\u0001\u0002\r\n\r\n", DisplayName = "TLS to a listener without")]
    public async Task Broken_HTTP_is_refused_and_the_next_client_is_served(string octets)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.SendAsync(world.Port, octets, Cancel);
        Assert.IsTrue(answer.Status is >= 400 and not 500, answer.StatusLine);
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel)).Status);
        Assert.IsEmpty(world.Log.OfId(2006));
    }

    [TestMethod]
    public async Task Three_thousand_broken_messages_are_all_answered_and_never_fail_inside()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("HoldTimeout", "00:00:00");
            settings.Configuration["CmpProxy:Limits:CallBurst"] = "1000000";
            settings.Configuration["CmpProxy:Limits:KeyIdBurst"] = "1000000";
        });
        byte[][] originals = [.. new[] { "ir", "p1", "k1", "rr-mac", "g1", "cc", "cr-rich" }.Select(Messages.Recorded)];
        var random = new Random(4711);
        using Wire wire = await Wire.ConnectAsync(world.Port, Cancel);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] message = [.. originals[random.Next(originals.Length)]];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            await wire.SendAsync(Wire.Post(message), Cancel);
            RawAnswer? answer = await wire.ReadAsync(Cancel);
            Assert.IsTrue(answer?.Status is 200 or 400 or 503, string.Create(CultureInfo.InvariantCulture, $"{i}: {answer?.StatusLine} {Convert.ToHexString(message)}"));
        }

        Assert.IsEmpty(world.Log.OfId(2006), "CMP-L-5");
    }

    [TestMethod]
    public async Task CMP_L_3_nothing_a_stranger_wrote_breaks_the_log()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        await world.ExchangeAsync(Messages.MacGenm("x", "%n%s{0}<script>\r\nALARM"), Cancel);
        Assert.IsFalse(world.Log.OfId(2001).Single().Text.Contains('\n'), "one line");
    }
}
