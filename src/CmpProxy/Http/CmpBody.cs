using Pki.Hosting;

namespace CmpProxy.Http;

/// <summary>Reads a body within its limit. Never throws for what a client sent.</summary>
internal static class CmpBody
{
    /// <summary>The body, or the status that says why there is none (CMP-T-12).</summary>
    public static async Task<(ReadOnlyMemory<byte> Body, int Status)> ReadAsync(HttpRequest http, int maxBytes, CancellationToken cancel)
    {
        if (http.ContentLength > maxBytes)
        {
            return (default, StatusCodes.Status413PayloadTooLarge); // before a single octet of it is read
        }

        try
        {
            byte[]? body = await BoundedBody.ReadAsync(http.BodyReader, maxBytes, cancel);
            return body switch
            {
                null => (default, StatusCodes.Status413PayloadTooLarge),
                [] => (default, StatusCodes.Status400BadRequest),
                _ => (body, StatusCodes.Status200OK),
            };
        }
        catch (BadHttpRequestException e)
        {
            return (default, e.StatusCode);
        }
    }
}
