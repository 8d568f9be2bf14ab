using System.Net.Http.Headers;
using System.Security.Cryptography;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Pki.Bench;

/// <summary>
/// ir and certConf of devices with a P-256 key each. Keys and ir are made beforehand; the credentials' key is derived once,
/// so that almost only the server works.
/// </summary>
internal sealed class CmpLoad(Uri url, CmpCredentials credentials, Certificate server) : IDisposable
{
    private static readonly MediaTypeHeaderValue MessageType = new("application/pkixcmp");

    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1024 }) { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>A connection for each message, for a server that may close the one it has.</summary>
    public bool ConnectionClose { get => http.DefaultRequestHeaders.ConnectionClose == true; init => http.DefaultRequestHeaders.ConnectionClose = value; }

    /// <summary>Runs transactions; one counts when it ends with pkiConf.</summary>
    public async Task<LoadResult> RunAsync(string prefix, int count, int clients, CancellationToken cancel)
    {
        var begun = new (CmpClientTransaction Transaction, ReadOnlyMemory<byte> Request)[count];
        Parallel.For(0, count, i => begun[i] = Begin($"{prefix}-{i}"));
        return await ParallelClients.RunAsync(count, clients, one => FinishAsync(begun[one].Transaction, begun[one].Request, cancel));
    }

    public void Dispose() => http.Dispose();

    private (CmpClientTransaction, ReadOnlyMemory<byte>) Begin(string name)
    {
        using KeyPair key = KeyPair.Generate("P-256");
        var transaction = new CmpClientTransaction(credentials, server, TimeProvider.System, RandomNumberGenerator.Fill);
        PkiBody request = CmpClientTransaction.RequestFor(PkiBodyKind.InitializationRequest, key, new() { Subject = DistinguishedName.Parse($"CN={name},O=Bench").OrThrow() });
        return (transaction, transaction.Next(request).Encoded);
    }

    private async Task<bool> FinishAsync(CmpClientTransaction transaction, ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        if (await AskAsync(transaction, request, cancel) is not { } answer || !CmpClientTransaction.IssuedIn(answer).Succeeded(out Certificate? issued, out _))
        {
            return false;
        }

        PkiMessage confirmation = transaction.Next(CmpClientTransaction.ConfirmationOf(issued).OrThrow());
        return await AskAsync(transaction, confirmation.Encoded, cancel) is PkiBody.Confirmation;
    }

    private async Task<PkiBody?> AskAsync(CmpClientTransaction transaction, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        using HttpResponseMessage response = await PostAsync(message, cancel);
        return response.IsSuccessStatusCode && transaction.Read(await response.Content.ReadAsByteArrayAsync(cancel)).Succeeded(out PkiBody? body, out _) ? body : null;
    }

    private async Task<HttpResponseMessage> PostAsync(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        while (true)
        {
            using var content = new ReadOnlyMemoryContent(message);
            content.Headers.ContentType = MessageType;
            try
            {
                return await http.PostAsync(url, content, cancel);
            }
            catch (HttpRequestException) when (ConnectionClose)
            {
                // Between two connections OpenSSL's server resets one now and then; the same octets once more.
            }
        }
    }
}
