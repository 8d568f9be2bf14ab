using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace AdminWeb.Assets;

/// <summary>The one style sheet. It travels inside the program, so that there is no folder to serve files from.</summary>
internal static class StyleSheet
{
    public const string Path = "/site.css";

    private static readonly byte[] Content = Read();
    private static readonly EntityTagHeaderValue Tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(Content))[..16]}\"");

    public static IResult Get(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-cache"; // asked for again, answered by its tag
        return Results.Bytes(Content, "text/css; charset=utf-8", entityTag: Tag);
    }

    private static byte[] Read()
    {
        using Stream css = typeof(StyleSheet).Assembly.GetManifestResourceStream("site.css")!;
        using var copy = new MemoryStream();
        css.CopyTo(copy);
        return copy.ToArray();
    }
}
