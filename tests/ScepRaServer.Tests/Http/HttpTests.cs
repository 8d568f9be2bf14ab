using System.Globalization;
using System.Text;
using Pki.Protocols.Scep;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Http;

/// <summary>SCEP.md sections 1, 2 and 3, as bytes on a socket.</summary>
[TestClass]
public sealed class HttpTests
{
    private const string Path = "/scepraserver/scep/pkiclient.exe";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("/scepraserver/scep/pkiclient.exe?operation=GetCACaps", DisplayName = "U-01")]
    [DataRow("/scepraserver/scep/noca/pkiclient.exe?operation=GetCACaps", DisplayName = "U-01 noca")]
    [DataRow("/scep?operation=GetCACaps", DisplayName = "U-02 bare")]
    [DataRow("/scep/?operation=GetCACaps", DisplayName = "U-02 slash")]
    [DataRow("/scep/pkiclient.exe/pkiclient.exe?operation=GetCACaps", DisplayName = "U-02 appended twice")]
    [DataRow("/cgi-bin/pkiclient.exe?operation=GetCACaps", DisplayName = "U-02 cgi-bin")]
    [DataRow("/scep/PKICLIENT.EXE?operation=GetCACaps", DisplayName = "U-02 case")]
    [DataRow("/scep/routers/pkiclient.exe?operation=GetCACaps", DisplayName = "U-03 alias")]
    [DataRow("/scep/ROUTERS?operation=GetCACaps", DisplayName = "U-03 alias in another case (PIX)")]
    [DataRow(Path + "?MESSAGE=x&foo=1&Operation=getcacaps", DisplayName = "H-03, C-05")]
    [DataRow(Path + "?operation=GetCACaps&message=", DisplayName = "C-05 jscep's empty identifier")]
    [DataRow(Path + "?operation=GetCACaps&message=CAIdentifier", DisplayName = "U-04 sscep")]
    [DataRow(Path + "?operation=GetCACaps&message=0", DisplayName = "U-04 certmonger")]
    [DataRow(Path + "?operation=GetCACaps&message=MobileIronSCEP", DisplayName = "U-04 MobileIron")]
    [DataRow(Path + "?operation=GetCACaps&message=DummyCAIdentity", DisplayName = "U-04 MikroTik")]
    [DataRow(Path + "?operation=GetCACaps&message=scep%20ca", DisplayName = "U-04 the CA's name")]
    public async Task Every_way_to_ask_for_capabilities_gives_the_same_list(string target)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.GetAsync(world.Port, target, Cancel);
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual("text/plain", answer.ContentType, "C-01, H-12: no charset");
        Assert.AreEqual("AES\nDES3\nPOSTPKIOperation\nRenewal\nSCEPStandard\nSHA-1\nSHA-256\nSHA-384\nSHA-512\n", answer.Text, "C-02, C-07");
    }

    [TestMethod]
    [DataRow("GET", "/?operation=GetCACaps", 404, DisplayName = "U-02 unknown path")]
    [DataRow("GET", "/scep/nobody?operation=GetCACaps", 404, DisplayName = "U-03 unknown alias")]
    [DataRow("GET", "/scep/a/b/c?operation=GetCACaps", 404, DisplayName = "U-02 no such path")]
    [DataRow("GET", Path, 400, DisplayName = "H-15 no operation")]
    [DataRow("GET", Path + "?operation=", 400, DisplayName = "H-15 empty operation")]
    [DataRow("GET", Path + "?operation=Frob", 400, DisplayName = "H-15, FLAWS G8 unknown operation")]
    [DataRow("GET", Path + "?operation=PKIOperation", 400, DisplayName = "H-15 no message")]
    [DataRow("GET", Path + "?operation=PKIOperation&message=%252B%252B%252B%252B", 400, DisplayName = "H-08 escaped twice")]
    [DataRow("GET", Path + "?operation=PKIOperation&message=AAAA", 400, DisplayName = "H-15 not CMS")]
    [DataRow("GET", Path + "?operation=GetNextCACert", 404, DisplayName = "N-02 none")]
    [DataRow("PUT", Path + "?operation=GetCACaps", 405, DisplayName = "H-16 PUT")]
    [DataRow("DELETE", Path, 405, DisplayName = "H-16 DELETE")]
    [DataRow("OPTIONS", Path, 405, DisplayName = "H-16 OPTIONS")]
    [DataRow("HEAD", Path + "?operation=PKIOperation&message=AAAA", 405, DisplayName = "a HEAD enrols nobody")]
    [DataRow("POST", Path, 400, DisplayName = "H-05 an empty POST is an empty PKIOperation")]
    public async Task What_is_no_scep_call_gets_a_status_and_a_short_text(string method, string target, int status)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.SendAsync(world.Port, $"{method} {target} HTTP/1.1\r\nHost: ra\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", Cancel);
        Assert.AreEqual(status, answer.Status);
        Assert.AreEqual("text/plain", answer.ContentType);
        Assert.IsLessThan(60, answer.Body.Length, "H-15, FLAWS G8: a fixed text");
        Assert.AreEqual(status == 405 ? "GET, HEAD, POST" : null, answer.Headers.GetValueOrDefault("Allow"));
    }

    [TestMethod]
    public async Task Every_answer_has_a_length_and_no_trace_of_the_server()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        string[] targets = [$"{Path}?operation=GetCACaps", $"{Path}?operation=GetCACert", $"{Path}?operation=GetCACertChain", $"{Path}?operation=x", "/health/live"];
        foreach (string target in targets)
        {
            RawAnswer answer = await RawHttp.SendAsync(
                world.Port, $"GET {target} HTTP/1.1\r\nHost: ra\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n", Cancel);
            Assert.AreEqual(answer.Body.Length.ToString(CultureInfo.InvariantCulture), answer.Headers["Content-Length"], "H-12");
            Assert.IsFalse(answer.Headers.ContainsKey("Transfer-Encoding"), "H-12");
            Assert.IsFalse(answer.Headers.ContainsKey("Content-Encoding"), "H-12");
            Assert.IsFalse(answer.Headers.ContainsKey("Server"));
        }
    }

    [TestMethod]
    public async Task A_pki_answer_is_kept_by_no_cache()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer answer = await world.NewClient("h13").PostAsync(world.NewClient("h13").NewPkcsReq().Encoded, Cancel);
        Assert.AreEqual("application/x-pki-message", answer.ContentType, "B-16");
        Assert.AreEqual("no-store", answer.Headers["Cache-Control"], "H-13");
        Assert.AreEqual("no-cache", answer.Headers["Pragma"], "H-13");
        Assert.AreEqual("0", answer.Headers["Expires"], "H-13");
    }

    [TestMethod]
    [DataRow("GET /scep?operation=GetCACaps HTTP/1.0\r\n\r\n", DisplayName = "H-11 HTTP/1.0 without Host")]
    [DataRow("GET /scep?operation=GetCACaps HTTP/1.0\r\nHost: ra\r\n\r\n", DisplayName = "H-11 HTTP/1.0 with Host")]
    public async Task Http_1_0_is_answered(string request)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.SendAsync(world.Port, request, Cancel);
        Assert.AreEqual(200, answer.Status);
        Assert.StartsWith("AES\n", answer.Text);
    }

    [TestMethod]
    public async Task A_head_gets_the_headers_without_the_body()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.SendAsync(world.Port, $"HEAD {Path}?operation=GetCACert HTTP/1.1\r\nHost: ra\r\nConnection: close\r\n\r\n", Cancel);
        Assert.AreEqual(200, answer.Status, "H-16");
        Assert.IsEmpty(answer.Body);
        Assert.AreNotEqual("0", answer.Headers["Content-Length"]);
    }

    [TestMethod]
    [DataRow("", DisplayName = "H-04 no Content-Type (sscep, strongSwan)")]
    [DataRow("Content-Type: application/octet-stream\r\n", DisplayName = "H-04 micromdm, jscep")]
    [DataRow("Content-Type: text/plain; charset=utf-8\r\n", DisplayName = "H-04 anything")]
    public async Task A_post_is_read_whatever_its_content_type(string header)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.PostAsync(world.Port, Path + "?operation=PKIOperation", world.NewClient("h04").NewPkcsReq().Encoded, Cancel, header);
        Assert.AreEqual(200, answer.Status);
    }

    [TestMethod]
    public async Task A_post_without_operation_is_a_pki_operation()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        byte[] message = world.NewClient("h05").NewPkcsReq().Encoded;
        Assert.AreEqual(200, (await RawHttp.PostAsync(world.Port, Path, message, Cancel)).Status, "H-05");
        byte[] text = Encoding.ASCII.GetBytes(Convert.ToBase64String(message, Base64FormattingOptions.InsertLineBreaks));
        Assert.AreEqual(200, (await RawHttp.PostAsync(world.Port, Path, text, Cancel)).Status, "H-06");
        Assert.AreEqual(200, (await RawHttp.PostAsync(world.Port, Path, [.. message, (byte)'\r', (byte)'\n'], Cancel)).Status, "S-01: a line end is forgiven");
        Assert.AreEqual(400, (await RawHttp.PostAsync(world.Port, Path, [.. message, 0], Cancel)).Status, "S-01: anything else is not");
    }

    [TestMethod]
    public async Task The_four_encodings_of_a_get_message_are_one_message()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        string base64 = Convert.ToBase64String(world.NewClient("h07").NewPkcsReq().Encoded);
        string lines = string.Join("%0A", base64.Chunk(64).Select(chunk => new string(chunk)));
        string[] forms =
        [
            Uri.EscapeDataString(base64),
            base64,
            base64.Replace('+', '-').Replace('/', '_').TrimEnd('='),
            lines.Replace("+", "%2B", StringComparison.Ordinal).Replace("=", "%3D", StringComparison.Ordinal),
            base64.Replace("+", "%20", StringComparison.Ordinal),
        ];
        foreach (string form in forms)
        {
            RawAnswer answer = await RawHttp.GetAsync(world.Port, $"{Path}?operation=PKIOperation&message={form}", Cancel);
            Assert.AreEqual(200, answer.Status, $"H-02, H-07: {form[..40]}");
        }

        Assert.HasCount(1, world.Store.Rows, "T-05: and one transaction");
    }

    [TestMethod]
    public async Task A_get_of_64_KiB_is_read_and_a_longer_one_gets_414()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        string base64 = Uri.EscapeDataString(Convert.ToBase64String(world.NewClient("h09").NewPkcsReq().Encoded));
        string target = $"{Path}?operation=PKIOperation&x={new string('x', 64 * 1024 - base64.Length)}&message={base64}";
        Assert.AreEqual(200, (await RawHttp.GetAsync(world.Port, target, Cancel)).Status, "H-09");
        Assert.AreEqual(414, (await RawHttp.GetAsync(world.Port, target + "&y=" + new string('y', 16 * 1024), Cancel)).Status, "H-09");
    }

    [TestMethod]
    public async Task A_body_beyond_the_limit_gets_413_without_being_read()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer declared = await RawHttp.SendAsync(
            world.Port, $"POST {Path} HTTP/1.1\r\nHost: ra\r\nContent-Length: 10000000\r\nConnection: close\r\n\r\n0", Cancel);
        Assert.AreEqual(413, declared.Status, "H-10");

        var chunked = new StringBuilder($"POST {Path} HTTP/1.1\r\nHost: ra\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        for (int i = 0; i < 40; i++)
        {
            chunked.Append("1000\r\n").Append('0', 0x1000).Append("\r\n");
        }

        Assert.AreEqual(413, (await RawHttp.SendAsync(world.Port, chunked.ToString() + "0\r\n\r\n", Cancel)).Status, "H-10 chunked");
    }

    [TestMethod]
    public async Task A_chunked_body_within_the_limit_is_read()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        byte[] message = world.NewClient("chunked").NewPkcsReq().Encoded;
        byte[] head = Encoding.ASCII.GetBytes($"POST {Path} HTTP/1.1\r\nHost: ra\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{message.Length:x}\r\n");
        RawAnswer answer = await RawHttp.SendAsync(world.Port, [.. head, .. message, .. "\r\n0\r\n\r\n"u8], Cancel);
        Assert.AreEqual(200, answer.Status);
    }

    [TestMethod]
    public async Task Two_calls_share_one_connection()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{world.Port}") };
        Assert.AreEqual(await client.GetStringAsync($"{Path}?operation=GetCACaps", Cancel), await client.GetStringAsync($"{Path}?operation=GetCACaps", Cancel), "H-19");
    }

    [TestMethod]
    public async Task Health_is_apart_from_scep_and_tells_nothing_else()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        Assert.AreEqual("ok\n", (await RawHttp.GetAsync(world.Port, "/health/live", Cancel)).Text, "H-21");
        Assert.AreEqual("ok\n", (await RawHttp.GetAsync(world.Port, "/health/ready", Cancel)).Text, "H-21");
        world.Store.IsDown = true;
        RawAnswer ready = await RawHttp.GetAsync(world.Port, "/health/ready", Cancel);
        Assert.AreEqual(503, ready.Status);
        Assert.AreEqual("not ready\n", ready.Text);
        Assert.AreEqual(200, (await RawHttp.GetAsync(world.Port, "/health/live", Cancel)).Status);
    }

    [TestMethod]
    public async Task Without_the_database_capabilities_and_ca_certificates_are_served()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        world.Store.IsDown = true;
        Assert.AreEqual(200, (await RawHttp.GetAsync(world.Port, $"{Path}?operation=GetCACaps", Cancel)).Status, "C-04");
        Assert.AreEqual(200, (await RawHttp.GetAsync(world.Port, $"{Path}?operation=GetCACert", Cancel)).Status, "G-10");
    }

    [TestMethod]
    public async Task Without_the_database_a_request_gets_503_and_a_poll_pending()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("h17");
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        world.Store.IsDown = true;
        TestReply reply = await client.EnrolAsync(Cancel);
        Assert.AreEqual(503, reply.Http.Status, "H-17");
        Assert.AreEqual("30", reply.Http.Headers["Retry-After"]);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Pending);
        world.Store.IsDown = false;
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task A_forwarded_address_counts_only_from_a_trusted_proxy()
    {
        await using TestWorld plain = await TestWorld.StartAsync(Cancel);
        await RawHttp.PostAsync(plain.Port, Path, plain.NewClient("h20").NewPkcsReq().Encoded, Cancel, "X-Forwarded-For: 192.0.2.7\r\n");
        await plain.FakeCa.AnswerAllAsync(Cancel);
        Assert.AreEqual("127.0.0.1", plain.FakeCa.Seen.Single().RequesterAddress, "H-20");

        await using TestWorld proxied = await TestWorld.StartAsync(Cancel, settings => settings.Configuration["ScepRa:TrustedProxies:0"] = "127.0.0.0/8");
        await RawHttp.PostAsync(proxied.Port, Path, proxied.NewClient("h20").NewPkcsReq().Encoded, Cancel, "X-Forwarded-For: 192.0.2.7\r\n");
        await proxied.FakeCa.AnswerAllAsync(Cancel);
        Assert.AreEqual("192.0.2.7", proxied.FakeCa.Seen.Single().RequesterAddress, "H-20");
    }
}
