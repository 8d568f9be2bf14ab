namespace AdminWeb.Security;

/// <summary>What every answer says to the browser: load nothing from elsewhere, run no script, keep nothing.</summary>
internal static class SecurityHeaders
{
    /// <summary>No scripts at all: the pages work without, so whatever an attacker gets into one stays text.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private const string TwoYears = "max-age=63072000";

    /// <summary>At the last moment: the handler of exceptions throws away what was set before.</summary>
    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(() =>
        {
            Add(http.Response.Headers);
            return Task.CompletedTask;
        });
        return next(http);
    }

    private static void Add(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.StrictTransportSecurity = TwoYears;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store"; // what an administrator saw must not lie in a cache of the browser
        }
    }
}
