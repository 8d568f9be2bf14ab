using System.Net.Http.Headers;

namespace Pki.Bench;

/// <summary>Sends messages that were made beforehand, so that only the servers work, each once, from N clients at a time.</summary>
internal sealed class LoadGenerator(Uri url, Func<byte[], bool> isSuccess) : IDisposable
{
    private static readonly MediaTypeHeaderValue MessageType = new("application/x-pki-message");

    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1024 }) { Timeout = TimeSpan.FromSeconds(60) };

    public Task<LoadResult> RunAsync(IReadOnlyList<byte[]> messages, int clients, CancellationToken cancel) =>
        ParallelClients.RunAsync(messages.Count, clients, one => SendAsync(messages[one], cancel));

    public void Dispose() => http.Dispose();

    private async Task<bool> SendAsync(byte[] message, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = MessageType;
        using HttpResponseMessage response = await http.PostAsync(url, content, cancel);
        return response.IsSuccessStatusCode && isSuccess(await response.Content.ReadAsByteArrayAsync(cancel));
    }
}
