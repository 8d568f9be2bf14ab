using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CmpProxy.Http;

namespace CmpProxy.Tests.World;

/// <summary>A connection that is kept: several requests, answers read one by one.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpClient tcp = new();
    private byte[] unread = [];

    public static async Task<Wire> ConnectAsync(int port, CancellationToken cancel)
    {
        var wire = new Wire();
        await wire.tcp.ConnectAsync(IPAddress.Loopback, port, cancel);
        return wire;
    }

    /// <summary>A POST as octets.</summary>
    public static byte[] Post(byte[] body, string version = "1.1", string path = "/.well-known/cmp", string headers = "Host: proxy\r\n") =>
    [
        .. Encoding.ASCII.GetBytes($"POST {path} HTTP/{version}\r\n{headers}Content-Type: {CmpEndpoint.ContentType}\r\nContent-Length: {body.Length}\r\n\r\n"),
        .. body,
    ];

    public async Task SendAsync(byte[] octets, CancellationToken cancel) => await tcp.GetStream().WriteAsync(octets, cancel);

    public async Task SendAsync(string text, CancellationToken cancel) => await SendAsync(Encoding.Latin1.GetBytes(text), cancel);

    /// <summary>The next answer, or null when the server closed.</summary>
    public async Task<RawAnswer?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (Take() is { } answer)
            {
                return answer;
            }

            byte[] buffer = new byte[16 * 1024];
            int read = await ReadSomeAsync(buffer, cancel);
            if (read == 0)
            {
                return null;
            }

            unread = [.. unread, .. buffer[..read]];
        }
    }

    /// <summary>Closes without a farewell.</summary>
    public void Dispose()
    {
        tcp.Client.LingerState = new(enable: true, seconds: 0);
        tcp.Dispose();
    }

    private async Task<int> ReadSomeAsync(byte[] buffer, CancellationToken cancel)
    {
        try
        {
            return await tcp.GetStream().ReadAsync(buffer, cancel);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private RawAnswer? Take()
    {
        int end = unread.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        string[] lines = Encoding.Latin1.GetString(unread, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        int length = headers.TryGetValue("Content-Length", out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        int all = end + 4 + length;
        if (unread.Length < all)
        {
            return null;
        }

        var answer = new RawAnswer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), lines[0], headers, unread[(end + 4)..all]);
        unread = unread[all..];
        return answer;
    }
}
