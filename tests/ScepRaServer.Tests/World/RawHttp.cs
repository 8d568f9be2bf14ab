using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TestKit;

namespace ScepRaServer.Tests.World;

/// <summary>HTTP as bytes on a socket, to send what no decent client would.</summary>
internal static class RawHttp
{
    // A server that never answers fails the test instead of hanging it.
    private static readonly TimeSpan Patience = Eventually.Patience;

    /// <summary>Sends bytes, reads until the server closes or the body is complete.</summary>
    public static async Task<RawAnswer> SendAsync(int port, byte[] request, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        cancel = patience.Token;
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, cancel);
        NetworkStream stream = tcp.GetStream();
        Task sending = SendAllAsync(stream, request, cancel);
        RawAnswer answer = await ReadAsync(stream, request.AsSpan().StartsWith("HEAD"u8), cancel);
        await sending;
        return answer;
    }

    /// <summary>Sends text: Latin-1, so that any byte may be in it.</summary>
    public static Task<RawAnswer> SendAsync(int port, string request, CancellationToken cancel) => SendAsync(port, Encoding.Latin1.GetBytes(request), cancel);

    /// <summary>A GET of a target, HTTP/1.1.</summary>
    public static Task<RawAnswer> GetAsync(int port, string target, CancellationToken cancel) =>
        SendAsync(port, $"GET {target} HTTP/1.1\r\nHost: ra\r\nConnection: close\r\n\r\n", cancel);

    /// <summary>A POST of a body, HTTP/1.1.</summary>
    public static Task<RawAnswer> PostAsync(int port, string target, byte[] body, CancellationToken cancel, string headers = "") => SendAsync(
        port,
        [.. Encoding.ASCII.GetBytes($"POST {target} HTTP/1.1\r\nHost: ra\r\nConnection: close\r\n{headers}Content-Length: {body.Length}\r\n\r\n"), .. body],
        cancel);

    // The server may answer and close before it has read everything: then sending fails, and that is fine.
    private static async Task SendAllAsync(NetworkStream stream, byte[] request, CancellationToken cancel)
    {
        try
        {
            await stream.WriteAsync(request, cancel);
        }
        catch (IOException)
        {
        }
    }

    private static async Task<RawAnswer> ReadAsync(NetworkStream stream, bool isHead, CancellationToken cancel)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[8192];
        while (true)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer, cancel);
            }
            catch (IOException)
            {
                read = 0;
            }

            all.Write(buffer, 0, read);
            if (RawAnswer.TryParse(all.ToArray(), isHead, isEnd: read == 0) is { } answer)
            {
                return answer;
            }
        }
    }
}

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, string StatusLine, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string? ContentType => Headers.GetValueOrDefault("Content-Type");

    public string Text => Encoding.Latin1.GetString(Body);

    public static RawAnswer? TryParse(byte[] bytes, bool isHead, bool isEnd)
    {
        int end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return isEnd ? throw new IOException("The server closed without an answer.") : null;
        }

        string[] lines = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        Dictionary<string, string> headers = lines.Skip(1)
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        byte[] body = bytes[(end + 4)..];
        int length = isHead ? 0 : headers.TryGetValue("Content-Length", out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : int.MaxValue;
        return body.Length >= length || isEnd ? new(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), lines[0], headers, body) : null;
    }
}
