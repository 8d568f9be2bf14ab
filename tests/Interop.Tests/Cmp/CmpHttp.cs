using System.Net;
using System.Net.Http.Headers;
using Pki.Protocols.Cmp;

namespace Interop.Tests.Cmp;

/// <summary>Carries the messages of our own client.</summary>
internal sealed class CmpHttp : IDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Sends a message; the answer must be CMP (CMP-T-2).</summary>
    public async Task<byte[]> PostAsync(Uri url, PkiMessage message, CancellationToken cancel)
    {
        (HttpStatusCode status, byte[] answer) = await PostAsync(url, message.Encoded, cancel);
        Assert.AreEqual(HttpStatusCode.OK, status);
        return answer;
    }

    /// <summary>Sends octets and takes what comes.</summary>
    public async Task<(HttpStatusCode Status, byte[] Answer)> PostAsync(Uri url, ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        using var content = new ReadOnlyMemoryContent(octets);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/pkixcmp");
        using HttpResponseMessage response = await http.PostAsync(url, content, cancel);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel));
    }

    public void Dispose() => http.Dispose();
}
