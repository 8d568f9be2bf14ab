using System.Net;
using System.Net.Http.Headers;
using CmpProxy.Configuration;
using CmpProxy.Http;
using Pki.Hosting;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace CmpProxy.Backends;

/// <summary>
/// Another CMP server, asked by HTTP. No redirect is followed, no proxy or cookie used, time and size are bounded. An
/// exchange goes on when its client goes away, and who repeats a request joins it (CMP-T-16, T-17).
/// </summary>
internal sealed class HttpBackend(HttpClient http, UpstreamOptions options, AnswerMemory memory, TimeProvider clock, ILogger<HttpBackend> log) : IBackend
{
    private readonly Uri url = new(options.Url);
    private int underWay;

    public async Task<BackendAnswer> AskAsync(CmpCall call, PkiMessage message, CancellationToken cancel)
    {
        AliasOptions alias = call.Target.Alias.Options;
        Task<BackendAnswer> exchange = alias.ReplayWindow == TimeSpan.Zero
            ? ExchangeAsync(message)
            : memory.Join(RequestNames.Binding(call.Target.Alias.Name, message.Encoded.Span, []), () => ExchangeAsync(message));
        try
        {
            return await exchange.WaitAsync(alias.HoldTimeout, clock, cancel);
        }
        catch (TimeoutException)
        {
            return BackendAnswer.Silent.Instance;
        }
    }

    /// <summary>It outlives its client, so that clients who go away at once must not be able to begin any number.</summary>
    private async Task<BackendAnswer> ExchangeAsync(PkiMessage message)
    {
        try
        {
            if (Interlocked.Increment(ref underWay) <= options.MaxExchanges)
            {
                return await AskInTimeAsync(message);
            }

            log.UpstreamFailed(url, $"{options.MaxExchanges} exchanges are under way");
            return BackendAnswer.Unreachable.Instance;
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }
    }

    private async Task<BackendAnswer> AskInTimeAsync(PkiMessage message)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        try
        {
            return await SendAsync(message, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            log.UpstreamFailed(url, "it did not answer in time");
            return BackendAnswer.Silent.Instance;
        }
        catch (OperationCanceledException)
        {
            log.UpstreamFailed(url, "no connection came about in time"); // ConnectTimeout, by the handler's own clock
            return BackendAnswer.Unreachable.Instance;
        }
        catch (HttpRequestException e)
        {
            log.UpstreamFailed(url, $"{e.HttpRequestError}: {e.Message}");
            return BackendAnswer.Unreachable.Instance;
        }
        catch (IOException e)
        {
            log.UpstreamFailed(url, e.Message);
            return BackendAnswer.Unreachable.Instance;
        }
    }

    private async Task<BackendAnswer> SendAsync(PkiMessage message, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Version = HttpVersion.Version11, Content = new ReadOnlyMemoryContent(message.Encoded) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(CmpEndpoint.ContentType);
        request.Content.Headers.ContentLength = message.Encoded.Length; // OpenSSL's server answers 400 to a chunked body
        request.Headers.ConnectionClose = !options.KeepAlive;
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            log.UpstreamFailed(url, $"it answered with status {(int)response.StatusCode}");
            return new BackendAnswer.Status((int)response.StatusCode >= StatusCodes.Status400BadRequest ? (int)response.StatusCode : StatusCodes.Status502BadGateway);
        }

        return await ReadAsync(response.Content, cancel) is { } answer && ObjectionTo(answer, message.Header) is null
            ? new BackendAnswer.Answered(answer)
            : new BackendAnswer.Status(StatusCodes.Status502BadGateway);
    }

    private Refusal? ObjectionTo(byte[] answer, PkiHeader request)
    {
        Refusal? objection = AnswerCheck.ObjectionTo(answer, request, options.MaxAnswerBytes);
        if (objection is not null)
        {
            log.UpstreamFailed(url, LogText.Of(objection.ToString()));
        }

        return objection;
    }

    private async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancel);
        using var answer = new MemoryStream();
        byte[] buffer = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            await answer.WriteAsync(buffer.AsMemory(0, read), cancel);
            if (answer.Length > options.MaxAnswerBytes)
            {
                log.UpstreamFailed(url, $"its answer has more than {options.MaxAnswerBytes} octets");
                return null;
            }
        }

        return answer.ToArray();
    }
}
