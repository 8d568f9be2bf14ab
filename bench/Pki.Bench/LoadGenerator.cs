using System.Diagnostics;
using System.Net.Http.Headers;

namespace Pki.Bench;

/// <summary>Sends messages that were made beforehand, so that only the servers work, each once, from N clients at a time.</summary>
internal sealed class LoadGenerator(Uri url, Func<byte[], bool> isSuccess) : IDisposable
{
    private static readonly MediaTypeHeaderValue MessageType = new("application/x-pki-message");

    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1024 }) { Timeout = TimeSpan.FromSeconds(60) };

    public async Task<LoadResult> RunAsync(IReadOnlyList<byte[]> messages, int clients, CancellationToken cancel)
    {
        int next = -1;
        int failed = 0;
        var latencies = new List<TimeSpan>[clients];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            latencies[client] = [];
            int mine;
            while ((mine = Interlocked.Increment(ref next)) < messages.Count)
            {
                long sent = Stopwatch.GetTimestamp();
                if (await SendAsync(messages[mine], cancel))
                {
                    latencies[client].Add(Stopwatch.GetElapsedTime(sent));
                }
                else
                {
                    Interlocked.Increment(ref failed);
                }
            }
        }));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TimeSpan[] all = [.. latencies.SelectMany(list => list).Order()];
        return new(clients, all.Length, failed, elapsed, all);
    }

    public void Dispose() => http.Dispose();

    private async Task<bool> SendAsync(byte[] message, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = MessageType;
        using HttpResponseMessage response = await http.PostAsync(url, content, cancel);
        return response.IsSuccessStatusCode && isSuccess(await response.Content.ReadAsByteArrayAsync(cancel));
    }
}
