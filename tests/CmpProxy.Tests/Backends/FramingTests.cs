using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CmpProxy.Http;
using CmpProxy.Tests.World;

namespace CmpProxy.Tests.Backends;

/// <summary>
/// However a CMP server behind an alias frames its HTTP answer, a client gets the one framing that all clients understand
/// (CMP-T-2), or a bare status. OpenSSL itself accepts no more than the first two and an answer that ends with its connection.
/// </summary>
[TestClass]
public sealed class FramingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const string Type = "Content-Type: application/pkixcmp\r\n";
    private const string Length = "Content-Length: {length}\r\n\r\n";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(Ok + Type + Length, 200, DisplayName = "http11")]
    [DataRow("HTTP/1.0 200 OK\r\n" + Type + Length, 200, DisplayName = "http10")]
    [DataRow("HTTP/1.0 200 OK\r\n" + Type + "\r\n", 200, DisplayName = "nolen")]
    [DataRow(Ok + Type + "Transfer-Encoding: chunked\r\n\r\n{hexlength}\r\n{body}\r\n0\r\n\r\n", 200, DisplayName = "chunked")]
    [DataRow(Ok + "Content-Type: application/octet-stream\r\n" + Length, 200, DisplayName = "octet")]
    [DataRow(Ok + "Content-Type: application/pkixcmp; charset=utf-8\r\n" + Length, 200, DisplayName = "charset")]
    [DataRow(Ok + "Content-Type: Application/PKIXCMP\r\n" + Length, 200, DisplayName = "upper")]
    [DataRow("HTTP/1.1 100 Continue\r\n\r\n" + Ok + Type + Length, 200, DisplayName = "continue")]
    [DataRow("HTTP/1.1 201 Created\r\n" + Type + Length, 502, DisplayName = "s201")]
    [DataRow("HTTP/1.1 400 Bad Request\r\n" + Type + Length, 400, DisplayName = "s400")]
    [DataRow("HTTP/1.1 500 Error\r\n" + Type + Length, 500, DisplayName = "s500")]
    [DataRow("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n" + Length, 502, DisplayName = "redirect")]
    [DataRow(Ok + Type + "Content-Length: 7\r\n\r\n", 502, DisplayName = "shorter than the message")]
    public async Task CMP_T_2_the_client_gets_one_framing_whatever_the_server_uses(string frame, int expected)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        Task serving = ServeAsync(server, frame);
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Upstream:Url", $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/"));

        RawAnswer answer = await world.PostAsync(Messages.Genm(), Cancel);
        await serving;

        Assert.AreEqual(expected, answer.Status);
        Assert.AreEqual(answer.Body.Length.ToString(CultureInfo.InvariantCulture), answer.Headers["Content-Length"]);
        Assert.AreEqual(expected == 200, answer.Body.Length > 0);
        Assert.AreEqual(expected == 200 ? CmpEndpoint.ContentType : null, answer.Headers.GetValueOrDefault("Content-Type"));
    }

    /// <summary>Answers one request.</summary>
    private async Task ServeAsync(TcpListener server, string frame)
    {
        using TcpClient connection = await server.AcceptTcpClientAsync(Cancel);
        NetworkStream stream = connection.GetStream();
        byte[] body = Messages.AnswerTo(await ReadBodyAsync(stream));
        string head = frame
            .Replace("{length}", body.Length.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{hexlength}", body.Length.ToString("x", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        string[] parts = head.Split("{body}");
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(parts[0]), .. body, .. Encoding.ASCII.GetBytes(parts.ElementAtOrDefault(1) ?? "")], Cancel);
    }

    private async Task<byte[]> ReadBodyAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Cancel);
            head.Append((char)one[0]);
        }

        string length = head.ToString().Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
        byte[] body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, Cancel);
        return body;
    }
}
