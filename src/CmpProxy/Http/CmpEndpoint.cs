using System.Globalization;
using CmpProxy.Aliases;
using CmpProxy.Configuration;
using CmpProxy.Limits;
using CmpProxy.Observing;
using CmpProxy.Operations;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Pki.Hosting;

namespace CmpProxy.Http;

/// <summary>Read, decide, reply. HTTP stops here (CMP-T-1 to T-12).</summary>
internal sealed class CmpEndpoint(
    AliasBook aliases,
    CallSlots slots,
    CallRates rates,
    CmpService cmp,
    CmpMetrics metrics,
    IHostApplicationLifetime lifetime,
    IOptions<CmpProxyOptions> options,
    ILogger<CmpEndpoint> log)
{
    public const string ContentType = "application/pkixcmp";
    private const string PollContentType = "application/pkixcmp-poll";

    public async Task HandleAsync(HttpContext http, string? rootAlias)
    {
        try
        {
            await WriteAsync(http, await DecideAsync(http, rootAlias));
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client went away. What it asked for is stored and goes on (CMP-T-16); it will ask again (CMP-T-17).
            metrics.CountGone();
        }
    }

    // The one place that catches everything: a mistake of ours is logged whole, and the client learns nothing of it.
    private async Task<CmpReply> DecideAsync(HttpContext http, string? rootAlias)
    {
        try
        {
            return await AdmitAsync(http, rootAlias);
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            log.CallFailed(e);
            return new CmpReply.Bare(StatusCodes.Status500InternalServerError);
        }
    }

    private async Task<CmpReply> AdmitAsync(HttpContext http, string? rootAlias)
    {
        HttpRequest request = http.Request;
        if (aliases.Find(request.Path.Value ?? "", rootAlias) is not { } target)
        {
            return Refuse(StatusCodes.Status404NotFound);
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            return Refuse(StatusCodes.Status405MethodNotAllowed);
        }

        if (target.Alias.Options.RefusesOtherContentTypes && !IsCmp(request.ContentType))
        {
            return Refuse(StatusCodes.Status415UnsupportedMediaType);
        }

        string source = ClientAddress.Of(http.Connection.RemoteIpAddress);
        if (!rates.TryCall(source))
        {
            return Refuse(StatusCodes.Status429TooManyRequests);
        }

        // Taken before the body is read, so that slow senders count too.
        using CallSlots.Slot? slot = slots.TryEnter(source, target.Alias);
        if (slot is null)
        {
            return Refuse(StatusCodes.Status503ServiceUnavailable);
        }

        (ReadOnlyMemory<byte> body, int status) = await CmpBody.ReadAsync(request, target.Alias.MaxMessageBytes, http.RequestAborted);
        return status != StatusCodes.Status200OK ? Refuse(status)
            : !rates.TryBring(source, body.Length) ? Refuse(StatusCodes.Status429TooManyRequests)
            : await HoldAsync(new(target, body, source, http.Connection.ClientCertificate?.Subject), http.RequestAborted);
    }

    // A proxy that stops lets its clients go at once: their requests are stored, and they find them at the next proxy.
    private async Task<CmpReply> HoldAsync(CmpCall call, CancellationToken gone)
    {
        CancellationToken stopping = lifetime.ApplicationStopping;
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        try
        {
            return await cmp.DecideAsync(call, leave.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            return Refuse(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private CmpReply.Bare Refuse(int status)
    {
        metrics.CountRefused(status);
        bool passes = status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests;
        return new(status, passes ? options.Value.Limits.RetryAfter : null);
    }

    // CMP-T-1: case does not matter, parameters neither.
    private static bool IsCmp(string? contentType) =>
        contentType?.Split(';', 2)[0].Trim() is { } type
        && (type.Equals(ContentType, StringComparison.OrdinalIgnoreCase) || type.Equals(PollContentType, StringComparison.OrdinalIgnoreCase));

    private static async Task WriteAsync(HttpContext http, CmpReply reply)
    {
        HttpResponse response = http.Response;
        response.Headers.CacheControl = CacheControlHeaderValue.NoStoreString; // CMP-T-5
        switch (reply)
        {
            case CmpReply.Message(var encoded):
                response.ContentType = ContentType;
                response.ContentLength = encoded.Length; // so that it is never chunked (CMP-T-2)
                await response.Body.WriteAsync(encoded, http.RequestAborted);
                break;
            case CmpReply.Bare(var status, var retryAfter):
                response.StatusCode = status;
                response.ContentLength = 0;
                response.Headers.Allow = status == StatusCodes.Status405MethodNotAllowed ? HttpMethods.Post : default;
                response.Headers.RetryAfter = retryAfter is { } wait ? ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : default;
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
