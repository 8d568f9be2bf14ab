namespace AdminWeb.Security;

/// <summary>What every answer says to the browser: load nothing from elsewhere, run no script, keep nothing.</summary>
internal static class SecurityHeaders
{
    /// <summary>No scripts at all: the pages work without, so whatever an attacker gets into one stays text.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private const string TwoYears = "max-age=63072000";

    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.StrictTransportSecurity = TwoYears;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "interest-cohort=(), camera=(), microphone=(), geolocation=()";
        headers.CacheControl = "no-store"; // what an administrator saw must not lie in a cache of the browser
        return next(http);
    }
}
