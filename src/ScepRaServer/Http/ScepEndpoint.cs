using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ScepRaServer.Configuration;

namespace ScepRaServer.Http;

/// <summary>Read, decide, reply. HTTP stops here.</summary>
internal sealed class ScepEndpoint(IScepService scep, IOptions<ScepRaOptions> options, ILogger<ScepEndpoint> log)
{
    public const string PkiMessageType = "application/x-pki-message";
    private const string TextType = "text/plain";
    private const string AllowedMethods = "GET, HEAD, POST";

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            ScepCall call = await ScepCall.ReadAsync(http.Request, options.Value.Limits.MaxMessageBytes, http.RequestAborted);
            await WriteAsync(http, await DecideAsync(call, http.RequestAborted));
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client went away. What it asked for is stored; it will ask again.
        }
    }

    // The one place that catches everything: a mistake of ours is logged whole, and the client learns nothing of it (G8).
    private async Task<ScepReply> DecideAsync(ScepCall call, CancellationToken cancel)
    {
        try
        {
            return await scep.DecideAsync(call, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            log.CallFailed(e);
            return new ScepReply.NotScep(StatusCodes.Status500InternalServerError, "internal error");
        }
    }

    private static Task WriteAsync(HttpContext http, ScepReply reply)
    {
        switch (reply)
        {
            case ScepReply.CertRep(var signed):
                return WriteAsync(http, StatusCodes.Status200OK, PkiMessageType, signed);
            case ScepReply.Document(var bytes, var contentType):
                return WriteAsync(http, StatusCodes.Status200OK, contentType, bytes);
            case ScepReply.NotScep(var status, var text, var retryAfter):
                SetRefusalHeaders(http.Response.Headers, status, retryAfter);
                return WriteAsync(http, status, TextType, Encoding.ASCII.GetBytes(text + "\n"));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void SetRefusalHeaders(IHeaderDictionary headers, int status, TimeSpan? retryAfter)
    {
        if (status == StatusCodes.Status405MethodNotAllowed)
        {
            headers.Allow = AllowedMethods;
        }

        if (retryAfter is { } wait)
        {
            headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static async Task WriteAsync(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length; // so that nothing is ever chunked: HTTP/1.0 clients cannot read that (H-12)
        response.Headers.CacheControl = CacheControlHeaderValue.NoStoreString;
        response.Headers.Pragma = CacheControlHeaderValue.NoCacheString; // the two for HTTP/1.0 proxies (H-13)
        response.Headers.Expires = "0";
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(body, http.RequestAborted);
        }
    }
}
