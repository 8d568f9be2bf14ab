using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CaServiceWorker.Tests.Notifications;

/// <summary>A mail server of a few lines (RFC 5321), without TLS. It refuses recipients whose address has "refused" in it.</summary>
internal sealed class SmtpListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<ReceivedMail> mails = new();
    private readonly CancellationTokenSource stop = new();
    private readonly bool silent;
    private readonly Task accepting;

    /// <param name="silent">Takes connections and never says a word.</param>
    public SmtpListener(bool silent = false)
    {
        this.silent = silent;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public IReadOnlyList<ReceivedMail> Mails => [.. mails];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var calls = new List<Task>();
        try
        {
            while (true)
            {
                calls.Add(ServeGuardedAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task ServeGuardedAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ServeAsync(client);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        if (silent)
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }

        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        await using var writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        var recipients = new List<string>();
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            string verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (verb == "RCPT" && !line.Contains("refused", StringComparison.Ordinal))
            {
                recipients.Add(line["RCPT TO:".Length..].Trim('<', '>'));
            }

            await writer.WriteLineAsync(verb switch
            {
                "EHLO" or "HELO" or "MAIL" or "RSET" => "250 ok",
                "RCPT" => line.Contains("refused", StringComparison.Ordinal) ? "550 no such mailbox" : "250 ok",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "502 what?",
            });
            if (verb == "DATA")
            {
                mails.Enqueue(new([.. recipients], await ReadDataAsync(reader)));
                recipients.Clear();
                await writer.WriteLineAsync("250 taken");
            }
        }
    }

    private async Task<string> ReadDataAsync(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".")
        {
            data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        return data.ToString();
    }
}

/// <summary>A mail as it came.</summary>
internal sealed record ReceivedMail(IReadOnlyList<string> Recipients, string Data)
{
    public IReadOnlyList<string> HeaderLines => Data.Split("\r\n\r\n")[0].Split("\r\n");

    /// <summary>The text without quoted-printable (RFC 2045 §6.7), for ASCII.</summary>
    public string Body => string.Concat(Data.Split("\r\n\r\n", 2)[1].Replace("=\r\n", "", StringComparison.Ordinal).Split('=')
        .Select((part, index) => index == 0 ? part : (char)int.Parse(part.AsSpan(0, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + part[2..]));
}
