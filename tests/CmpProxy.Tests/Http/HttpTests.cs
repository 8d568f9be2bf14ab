using System.Text;
using CmpProxy.Tests.World;
using Pki.Protocols.Cmp;

namespace CmpProxy.Tests.Http;

/// <summary>CMP over HTTP (RFC 9811; CMP-T-1 to T-5, T-11 to T-14), over real sockets.</summary>
[TestClass]
public sealed class HttpTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("application/pkixcmp", 200, 200)]
    [DataRow("Application/PKIXCMP", 200, 200)]
    [DataRow("application/pkixcmp; charset=utf-8", 200, 200)]
    [DataRow("application/pkixcmp-poll", 200, 200)]
    [DataRow("application/octet-stream", 200, 415)]
    [DataRow("", 200, 415, DisplayName = "none")]
    public async Task CMP_T_1_content_types(string type, int interop, int lightweight)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Conformance", "Lightweight", "strict"));
        async Task<int> StatusAsync(string path) =>
            (await world.WhileTheWorkerRunsAsync(() => world.PostAsync(Messages.Genm().Encoded.ToArray(), Cancel, path, type))).Status;
        Assert.AreEqual(interop, await StatusAsync("/cmp/cmp"));
        Assert.AreEqual(lightweight, await StatusAsync("/cmp/strict"));
    }

    [TestMethod]
    public async Task CMP_T_2_T_5_an_answer_has_the_headers_that_clients_insist_on()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        PkiMessage request = Messages.Genm();
        RawAnswer answer = await world.ExchangeAsync(request, Cancel);
        Assert.AreEqual("HTTP/1.1 200 OK", answer.StatusLine);
        Assert.AreEqual("application/pkixcmp", answer.ContentType);
        Assert.AreEqual(answer.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), answer.Headers["Content-Length"]);
        Assert.AreEqual("no-store", answer.Headers["Cache-Control"], "T-5");
        foreach (string unwanted in (string[])["Transfer-Encoding", "Content-Encoding", "Server", "Set-Cookie"])
        {
            Assert.IsFalse(answer.Headers.ContainsKey(unwanted), unwanted);
        }

        Assert.AreEqual(request.Header.TransactionId!.Value, PkiMessage.Read(answer.Body).OrThrow().Header.TransactionId!.Value, new OctetComparer());
    }

    [TestMethod]
    [DataRow("1.0", "Connection: keep-alive\r\nHost: x\r\nPragma: no-cache\r\n", true, DisplayName = "as OpenSSL sends it")]
    [DataRow("1.0", "Connection: keep-alive\r\n", true, DisplayName = "without Host")]
    [DataRow("1.0", "", false)]
    [DataRow("1.1", "Host: x\r\n", true)]
    [DataRow("1.1", "Host: x\r\nConnection: close\r\n", false)]
    public async Task CMP_T_4_connections_are_kept_or_closed_as_asked(string version, string headers, bool kept)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        using Wire wire = await Wire.ConnectAsync(world.Port, Cancel);
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            await wire.SendAsync(Wire.Post(Messages.Genm().Encoded.ToArray(), version, headers: headers), Cancel);
            RawAnswer? answer = await wire.ReadAsync(Cancel);
            Assert.AreEqual(200, answer?.Status);
            Assert.AreEqual(kept && version == "1.0", answer?.Headers.GetValueOrDefault("Connection") == "keep-alive");
            if (kept)
            {
                await wire.SendAsync(Wire.Post(Messages.Genm().Encoded.ToArray(), version, headers: headers), Cancel);
                Assert.AreEqual(200, (await wire.ReadAsync(Cancel))?.Status, "a second exchange");
            }
            else
            {
                Assert.IsNull(await wire.ReadAsync(Cancel), "closed");
            }

            return true;
        });
    }

    [TestMethod]
    public async Task CMP_T_4_100_continue_comes_where_asked_for_and_not_before_a_refusal()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] message = Messages.Genm().Encoded.ToArray();
        byte[] whole = Wire.Post(message, headers: "Host: x\r\nExpect: 100-continue\r\n");
        using Wire wire = await Wire.ConnectAsync(world.Port, Cancel);
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            await wire.SendAsync(whole[..^message.Length], Cancel);
            Assert.AreEqual(100, (await wire.ReadAsync(Cancel))?.Status);
            await wire.SendAsync(message, Cancel);
            Assert.AreEqual(200, (await wire.ReadAsync(Cancel))?.Status);
            return true;
        });
        using Wire large = await Wire.ConnectAsync(world.Port, Cancel);
        await large.SendAsync("POST /cmp HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 200000\r\n\r\n", Cancel);
        Assert.AreEqual(413, (await large.ReadAsync(Cancel))?.Status);
    }

    [TestMethod]
    public async Task CMP_T_4_G_9_an_absolute_request_line_and_pipelined_requests_are_answered_in_order()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        using Wire wire = await Wire.ConnectAsync(world.Port, Cancel);
        PkiMessage[] requests = [Messages.Genm(), Messages.Genm(), Messages.Genm()];
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            await wire.SendAsync([.. requests.SelectMany(request => Wire.Post(request.Encoded.ToArray(), path: "http://proxy/cmp"))], Cancel);
            foreach (PkiMessage request in requests)
            {
                RawAnswer? answer = await wire.ReadAsync(Cancel);
                Assert.AreEqual(request.Header.SenderNonce!.Value, PkiMessage.Read(answer!.Body).OrThrow().Header.RecipientNonce!.Value, new OctetComparer());
            }

            return true;
        });
    }

    [TestMethod]
    [DataRow("GET", "/cmp", 405)]
    [DataRow("HEAD", "/.well-known/cmp", 405)]
    [DataRow("PUT", "/cmpProxy/cmp", 405)]
    [DataRow("GET", "/cmp/nobody", 404)]
    [DataRow("POST", "/cmp/nobody", 404)]
    [DataRow("POST", "/cmp/Cmp", 404, DisplayName = "T-10 case matters")]
    [DataRow("POST", "/<script>", 404)]
    [DataRow("POST", "/health/ready", 404, DisplayName = "T-19 not on this listener")]
    public async Task CMP_T_11_whatever_is_not_CMP_gets_a_bare_status(string method, string path, int status)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.SendAsync(world.Port, $"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", Cancel);
        Assert.AreEqual(status, answer.Status);
        Assert.AreEqual(status == 405 ? "POST" : null, answer.Headers.GetValueOrDefault("Allow"));
        Assert.IsEmpty(answer.Body, "no echo, no server paths");
    }

    [TestMethod]
    public async Task CMP_T_12_sizes()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("MaxMessageBytes", 2048));
        RawAnswer announced = await RawHttp.SendAsync(world.Port, "POST /cmp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2049\r\n\r\n", Cancel);
        Assert.AreEqual(413, announced.Status, "before a single octet of the body");
        string chunk = "\r\n400\r\n" + new string('x', 1024);
        RawAnswer chunked = await RawHttp.SendAsync(world.Port, $"POST /cmp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n{chunk}{chunk}{chunk}\r\n", Cancel);
        Assert.AreEqual(413, chunked.Status, "before the end of a body of unknown length");
        Assert.AreEqual(413, (await RawHttp.SendAsync(world.Port, "POST /cmp HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000\r\n\r\n", Cancel)).Status);
        Assert.AreEqual(400, (await world.PostAsync([], Cancel)).Status, "empty");
        Assert.IsEmpty(world.Store.Rows);
    }

    [TestMethod]
    public async Task CMP_T_12_a_line_end_after_the_message_is_ignored_in_interop_and_nothing_else_is()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("IgnoreTrailingNewline", false, "strict"));
        byte[] message = Messages.Genm().Encoded.ToArray();
        Assert.AreEqual(400, (await world.PostAsync([.. message, 0x0D, 0x0A], Cancel, "/cmp/strict")).Status);
        Assert.AreEqual(400, (await world.PostAsync([.. message, 0x00], Cancel)).Status);
        Assert.AreEqual(400, (await world.PostAsync([.. message, .. message], Cancel)).Status);
        Assert.IsEmpty(world.Store.Rows);
        Assert.AreEqual(200, (await world.WhileTheWorkerRunsAsync(() => world.PostAsync([.. message, 0x0D, 0x0A], Cancel))).Status);
        CollectionAssert.AreEqual(message, world.Worker.Seen.Single().PkiMessage);
    }

    [TestMethod]
    public async Task CMP_T_14_V26_octets_pass_unchanged_in_both_directions()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] time = Messages.Tlv(0xA0, Messages.Tlv(0x18, Encoding.ASCII.GetBytes("20260701120000.500Z"))); // DER forbids the last zeros
        byte[] header = Messages.Tlv(0x30, [0x02, 0x01, 0x02], [0xA4, 0x02, 0x30, 0x00], [0xA4, 0x02, 0x30, 0x00], time, Messages.Tlv(0xA4, Messages.Tlv(0x04, [7, 7])));
        byte[] request = [0x30, 0x83, 0x00, 0x00, (byte)(header.Length + 4), .. header, 0xB5, 0x02, 0x30, 0x00]; // genm; a length with zeros before it
        byte[] answer = Messages.AnswerTo(PkiMessage.ReadHeader(request).OrThrow());
        byte[] odd = [0x30, 0x82, 0x00, (byte)(answer.Length - 2), .. answer[2..]];
        Assert.IsLessThan(130, answer.Length);
        Task<RawAnswer> call = world.PostAsync(request, Cancel);
        await world.UntilHeldAsync(1, Cancel);
        await world.Worker.AnswerAllAsync(Cancel, asked => ExtRa.Messages.Contract.CMPResponse.Answered(asked.RequestId, odd));
        RawAnswer got = await call;
        CollectionAssert.AreEqual(request, world.Worker.Seen.Single().PkiMessage);
        CollectionAssert.AreEqual(odd, got.Body);
    }

    [TestMethod]
    public async Task CMP_T_9_a_root_listener_serves_one_alias_whatever_the_path()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("HoldTimeout", "00:00:20", "stations");
            settings.Configuration["CmpProxy:RootListen:stations"] = "http://127.0.0.1:0";
        });
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            foreach (string path in (string[])["/", "/whatever", "/cmp/cmp"])
            {
                Assert.AreEqual(200, (await RawHttp.PostAsync(world.Ports[1], path, Messages.Genm().Encoded.ToArray(), Cancel)).Status);
            }

            return true;
        });
        Assert.IsTrue(world.Worker.Seen.All(request => request.Alias == "stations"));
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/")).Status, "not on the other listener");
    }

    [TestMethod]
    public async Task CMP_T_19_health_is_on_a_listener_of_its_own()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Configuration["CmpProxy:AdminListen"] = "http://127.0.0.1:0");
        Assert.AreEqual(200, (await RawHttp.GetAsync(world.Ports[1], "/health/live", Cancel)).Status);
        Assert.AreEqual(200, (await RawHttp.GetAsync(world.Ports[1], "/health/ready", Cancel)).Status);
        world.Store.IsDown = true;
        Assert.AreEqual(503, (await RawHttp.GetAsync(world.Ports[1], "/health/ready", Cancel)).Status);
        Assert.AreEqual(404, (await RawHttp.PostAsync(world.Ports[1], "/cmp", Messages.Genm().Encoded.ToArray(), Cancel)).Status, "no CMP here");
    }
}
