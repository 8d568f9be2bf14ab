using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CmpProxy.Http;
using CmpProxy.Tests.World;
using Microsoft.AspNetCore.Http;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using TestKit;

namespace CmpProxy.Tests.Backends;

/// <summary>Forwarding to another CMP server: it may be slow, wrong, endless or away, the client gets a clear answer.</summary>
[TestClass]
public sealed class HttpBackendTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task CMP_T_14_octets_pass_unchanged_with_their_length_and_type()
    {
        (byte[] Body, string? Type, long? Length) seen = default;
        byte[] answer = [];
        await using FakeServer server = await FakeServer.StartAsync((http, body) =>
        {
            seen = (body, http.Request.ContentType, http.Request.ContentLength);
            return FakeServer.SendAsync(http, answer = Messages.AnswerTo(body));
        });
        await using ProxyWorld world = await StartAsync(server.Url);
        byte[] request = Messages.Recorded("ir");
        RawAnswer got = await world.PostAsync(request, Cancel);
        Assert.AreEqual(200, got.Status);
        CollectionAssert.AreEqual(request, seen.Body);
        Assert.AreEqual(CmpEndpoint.ContentType, seen.Type);
        Assert.AreEqual(request.Length, seen.Length);
        CollectionAssert.AreEqual(answer, got.Body);
        Assert.IsEmpty(world.Store.Rows);
    }

    [TestMethod]
    [DataRow(302, 502, DisplayName = "a redirect is not followed")]
    [DataRow(201, 502)]
    [DataRow(404, 404)]
    [DataRow(503, 503)]
    public async Task Another_status_is_passed_on_bare(int status, int expected)
    {
        int calls = 0;
        await using FakeServer server = await FakeServer.StartAsync((http, _) =>
        {
            Interlocked.Increment(ref calls);
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "/elsewhere";
            return http.Response.WriteAsync("secrets of the server");
        });
        await using ProxyWorld world = await StartAsync(server.Url);
        RawAnswer answer = await world.PostAsync(Messages.Genm(), Cancel);
        Assert.AreEqual(expected, answer.Status);
        Assert.IsEmpty(answer.Body);
        Assert.AreEqual(1, calls);
    }

    [TestMethod]
    [DataRow("not CMP")]
    [DataRow("another transaction")]
    [DataRow("endless")]
    public async Task What_is_no_answer_to_this_request_is_502(string what)
    {
        await using FakeServer server = await FakeServer.StartAsync(async (http, body) =>
        {
            byte[] answer = what == "not CMP" ? "<html>"u8.ToArray() : Messages.AnswerTo(Messages.Header());
            for (int i = what == "endless" ? 10_000 : 1; i > 0; i--)
            {
                await http.Response.Body.WriteAsync(answer, http.RequestAborted);
            }
        });
        await using ProxyWorld world = await StartAsync(server.Url);
        Assert.AreEqual(502, (await world.PostAsync(Messages.Genm(), Cancel)).Status);
        Assert.IsNotEmpty(world.Log.OfId(2005));
    }

    [TestMethod]
    public async Task CMP_T_15_a_server_that_is_away_or_silent_is_503_or_systemUnavail()
    {
        var silence = new TaskCompletionSource();
        await using FakeServer server = await FakeServer.StartAsync((_, _) => silence.Task);
        await using ProxyWorld world = await StartAsync(server.Url, settings =>
        {
            settings.Set("Upstream:Url", "http://127.0.0.1:1/", "away");
            settings.Set("TimeoutAnswer", "CmpError", "away");
        });
        Assert.AreEqual(PkiFailureInfo.SystemUnavail, ProxyWorld.ErrorOf(await world.PostAsync(Messages.Genm(), Cancel, "/cmp/away")).Failure);

        Task<RawAnswer> call = world.PostAsync(Messages.Genm(), Cancel);
        await Eventually.BecomesTrueAsync(
            () =>
            {
                world.Clock.Advance(TimeSpan.FromSeconds(10));
                return call.IsCompleted;
            },
            ProxyWorld.Patience,
            Cancel,
            "the call is over");
        RawAnswer answer = await call;
        Assert.AreEqual(503, answer.Status);
        Assert.AreEqual("10", answer.Headers["Retry-After"]);
        silence.SetResult();
    }

    /// <summary>A firewall that drops SYN packets: the connection neither comes about nor is refused.</summary>
    [TestMethod]
    public async Task CMP_T_15_a_server_to_which_no_connection_comes_about_is_503()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var full = new List<Socket>();
        while (full.Count < 16 && await ConnectsAsync(full, listener.LocalEndPoint!))
        {
            // until its queue is full and the system answers nobody any more
        }

        await using ProxyWorld world = await StartAsync($"http://{listener.LocalEndPoint}/", settings => settings.Set("Upstream:ConnectTimeout", TimeSpan.FromMilliseconds(200)));

        Assert.AreEqual(503, (await world.PostAsync(Messages.Genm(), Cancel)).Status);

        Assert.IsNotEmpty(world.Log.OfId(2005));
        full.ForEach(socket => socket.Dispose());
    }

    /// <summary>They outlive their clients: who posts and goes away must not begin any number.</summary>
    [TestMethod]
    public async Task CMP_L_4_exchanges_under_way_are_bounded()
    {
        var release = new TaskCompletionSource();
        await using FakeServer server = await FakeServer.StartAsync(async (http, body) =>
        {
            await release.Task;
            await FakeServer.SendAsync(http, Messages.AnswerTo(body));
        });
        await using ProxyWorld world = await StartAsync(server.Url, settings => settings.Set("Upstream:MaxExchanges", 2));
        Task<RawAnswer>[] held = [world.PostAsync(Messages.Genm(), Cancel), world.PostAsync(Messages.Genm(), Cancel)];
        await Eventually.BecomesTrueAsync(() => world.Held == 2, ProxyWorld.Patience, Cancel, "both wait");

        Assert.AreEqual(503, (await world.PostAsync(Messages.Genm(), Cancel)).Status);

        release.SetResult();
        Assert.IsTrue((await Task.WhenAll(held)).All(answer => answer.Status == 200));
        Assert.AreEqual(200, (await world.PostAsync(Messages.Genm(), Cancel)).Status);
    }

    /// <summary>CMP-O-85: a long CRL is an answer as any other, where the alias accepts its length.</summary>
    [TestMethod]
    public async Task An_answer_full_of_small_values_passes()
    {
        byte[] entries = [.. Enumerable.Repeat((byte[])[0x02, 0x01, 0x00], 200_000).SelectMany(value => value)];
        await using FakeServer server = await FakeServer.StartAsync((http, body) => FakeServer.SendAsync(http, Messages.AnswerTo(body, new InfoTypeAndValue(Oids.CurrentCrl, Messages.Tlv(0x30, entries)))));
        await using ProxyWorld world = await StartAsync(server.Url, settings => settings.Set("Upstream:MaxAnswerBytes", 1024 * 1024));

        RawAnswer answer = await world.PostAsync(Messages.Genm(), Cancel);

        Assert.AreEqual(200, answer.Status);
        Assert.IsGreaterThan(entries.Length, answer.Body.Length);
    }

    private static async Task<bool> ConnectsAsync(List<Socket> sockets, EndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sockets.Add(socket);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            await socket.ConnectAsync(server, patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [TestMethod]
    public async Task CMP_T_16_T_17_an_exchange_outlives_its_client_and_a_repetition_joins_it()
    {
        var release = new TaskCompletionSource();
        var seen = new ConcurrentQueue<byte[]>();
        await using FakeServer server = await FakeServer.StartAsync(async (http, body) =>
        {
            seen.Enqueue(body);
            await release.Task;
            await FakeServer.SendAsync(http, Messages.AnswerTo(body));
        });
        await using ProxyWorld world = await StartAsync(server.Url);
        PkiMessage message = Messages.Genm();
        using (Wire wire = await Wire.ConnectAsync(world.Port, Cancel))
        {
            await wire.SendAsync(Wire.Post(message.Encoded.ToArray()), Cancel);
            await Eventually.BecomesTrueAsync(() => seen.Count == 1, ProxyWorld.Patience, Cancel, "the server has the request");
        }

        await Eventually.BecomesTrueAsync(() => world.Held == 0, ProxyWorld.Patience, Cancel, "the client is gone");
        Task<RawAnswer>[] again = [world.PostAsync(message, Cancel), world.PostAsync(message, Cancel)];
        await Eventually.BecomesTrueAsync(() => world.Held == 2, ProxyWorld.Patience, Cancel, "both wait");
        release.SetResult();
        RawAnswer[] answers = await Task.WhenAll(again);
        CollectionAssert.AreEqual(answers[0].Body, answers[1].Body);
        Assert.HasCount(1, seen, "asked once");
        world.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.AreEqual(200, (await world.PostAsync(message, Cancel)).Status);
        Assert.HasCount(2, seen, "forgotten after the window: the server judges it");
    }

    private Task<ProxyWorld> StartAsync(string url, Action<ProxySettings>? more = null) => ProxyWorld.StartAsync(Cancel, settings =>
    {
        settings.Set("Upstream:Url", url);
        settings.Set("Upstream:MaxAnswerBytes", 4096);
        more?.Invoke(settings);
    });
}
