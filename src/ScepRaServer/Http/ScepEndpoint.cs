using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ScepRaServer.Configuration;

namespace ScepRaServer.Http;

/// <summary>Read, decide, reply. HTTP stops here.</summary>
internal sealed class ScepEndpoint(IScepService scep, IOptions<ScepRaOptions> options)
{
    public const string PkiMessageType = "application/x-pki-message";
    private const string TextType = "text/plain";
    private const string AllowedMethods = "GET, HEAD, POST";

    public async Task HandleAsync(HttpContext http)
    {
        ScepCall call = await ScepCall.ReadAsync(http.Request, options.Value.Limits.MaxMessageBytes, http.RequestAborted);
        ScepReply reply = await scep.DecideAsync(call, http.RequestAborted);
        await WriteAsync(http, reply);
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
