using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>
/// The least that stands between a CMP client and the message database: takes PKIMessages over HTTP, writes rows, waits for
/// the answers. On a port of its own, for one test.
/// </summary>
internal sealed class CmpRelay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ExtRaClient client;
    private readonly string alias;
    private readonly Task serving;

    public CmpRelay(ExtRaClient client, string alias)
    {
        this.client = client;
        this.alias = alias;
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient connection = await listener.AcceptTcpClientAsync(stop.Token);
                await AnswerAsync(connection.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
        {
            // the test is over, or the client hung up
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, stop.Token);
            head.Append((char)one[0]);
        }

        string length = head.ToString().Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
        byte[] body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stop.Token);
        ExtRaAnswer answer = (await client.SendAsync([new CMPRequest { RequestId = 1, Alias = alias, PkiMessage = body }], TimeSpan.FromSeconds(30), stop.Token)).OrThrow();
        byte[] message = ((CMPResponse)answer.Responses.Single()).PkiMessage ?? [];
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Type: application/pkixcmp\r\nContent-Length: {message.Length}\r\nConnection: close\r\n\r\n"), stop.Token);
        await stream.WriteAsync(message, stop.Token);
    }
}
