using System.Net;
using Pki.Hosting;

namespace ScepRaServer.Http;

/// <summary>
/// What a client asked for. Reading never throws for what a client sent: a call that cannot be read is a case of the
/// call.
/// </summary>
internal abstract record ScepCall
{
    private ScepCall()
    {
    }

    /// <summary>GetCACaps (RFC 8894 §3.5.1).</summary>
    internal sealed record Capabilities(ScepPath Path, string? Identifier) : ScepCall;

    /// <summary>GetCACert (RFC 8894 §4.2), or GetCACertChain of the older drafts.</summary>
    internal sealed record CaCertificates(ScepPath Path, string? Identifier, bool OldChain) : ScepCall;

    /// <summary>GetNextCACert (RFC 8894 §4.7).</summary>
    internal sealed record NextCaCertificate(ScepPath Path, string? Identifier) : ScepCall;

    /// <summary>PKIOperation (RFC 8894 §4.3): the CMS message as it came.</summary>
    internal sealed record PkiOperation(ScepPath Path, ReadOnlyMemory<byte> Message, IPAddress? Remote) : ScepCall;

    /// <summary>Not a SCEP call, or one of which nothing can be read.</summary>
    internal sealed record Unreadable(int Status, string Text) : ScepCall;

    /// <summary>Reads a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="maxBodyBytes">The largest body (SCEP.md H-10).</param>
    /// <param name="cancel">The client went away.</param>
    public static async Task<ScepCall> ReadAsync(HttpRequest http, int maxBodyBytes, CancellationToken cancel)
    {
        if (ScepPath.Parse(http.Path.Value ?? "") is not { } path)
        {
            return new Unreadable(StatusCodes.Status404NotFound, "not found");
        }

        bool isPost = HttpMethods.IsPost(http.Method);
        bool isHead = HttpMethods.IsHead(http.Method);
        if (!isPost && !isHead && !HttpMethods.IsGet(http.Method))
        {
            return new Unreadable(StatusCodes.Status405MethodNotAllowed, "method not allowed");
        }

        ScepQuery query = ScepQuery.Parse(http.QueryString.Value);

        // A POST can be nothing else, and some clients do not say so (RFC 8894 §4.3).
        string operation = query.Operation ?? (isPost ? "pkioperation" : "");
        return operation.ToUpperInvariant() switch
        {
            "GETCACAPS" => new Capabilities(path, query.Message),
            "GETCACERT" => new CaCertificates(path, query.Message, OldChain: false),
            "GETCACERTCHAIN" or "GETCACHAIN" => new CaCertificates(path, query.Message, OldChain: true),
            "GETNEXTCACERT" => new NextCaCertificate(path, query.Message),
            // A HEAD must change nothing, so it cannot enrol.
            "PKIOPERATION" when isHead => new Unreadable(StatusCodes.Status405MethodNotAllowed, "method not allowed"),
            "PKIOPERATION" when isPost => await ReadPostAsync(path, http, maxBodyBytes, cancel),
            "PKIOPERATION" => ReadGet(path, query.Message, http),
            "" => new Unreadable(StatusCodes.Status400BadRequest, "operation missing"),
            _ => new Unreadable(StatusCodes.Status400BadRequest, "unknown operation"),
        };
    }

    private static ScepCall ReadGet(ScepPath path, string? message, HttpRequest http) =>
        string.IsNullOrEmpty(message)
            ? new Unreadable(StatusCodes.Status400BadRequest, "message missing")
            : MessageText.DecodeQuery(message) is { } bytes
                ? new PkiOperation(path, bytes, http.HttpContext.Connection.RemoteIpAddress)
                : new Unreadable(StatusCodes.Status400BadRequest, "message is not base64");

    private static async Task<ScepCall> ReadPostAsync(ScepPath path, HttpRequest http, int maxBodyBytes, CancellationToken cancel)
    {
        try
        {
            byte[]? body = await BoundedBody.ReadAsync(http.BodyReader, maxBodyBytes, cancel);
            if (body is null)
            {
                return new Unreadable(StatusCodes.Status413PayloadTooLarge, "message too large");
            }

            return MessageText.DecodeBody(body) is { } message
                ? new PkiOperation(path, message, http.HttpContext.Connection.RemoteIpAddress)
                : new Unreadable(StatusCodes.Status400BadRequest, "message missing");
        }
        catch (BadHttpRequestException e)
        {
            return new Unreadable(e.StatusCode, "message not readable");
        }
        catch (IOException)
        {
            return new Unreadable(StatusCodes.Status400BadRequest, "message not readable");
        }
    }
}
