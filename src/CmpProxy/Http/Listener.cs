using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CmpProxy.Http;

/// <summary>An address to listen on, and what is served there: CMP, CMP of one alias whatever the path, or health.</summary>
/// <param name="Url">As configured.</param>
/// <param name="RootAlias">The alias of every path (CMP-T-9); null for the paths of CMP-T-6.</param>
/// <param name="IsAdmin">True for health and nothing else (CMP-T-19).</param>
internal sealed record Listener(Uri Url, string? RootAlias, bool IsAdmin)
{
    private static readonly object ItemKey = typeof(Listener);

    /// <summary>A URL with an address, <c>localhost</c> or <c>*</c> (all addresses) as host; null for any other text.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out Uri? url)
        && url.Scheme is "http" or "https" && url.AbsolutePath == "/" && (url.Host == "localhost" || IPAddress.TryParse(url.DnsSafeHost, out _))
            ? url
            : null;

    /// <summary>The listener a call came in by.</summary>
    public static Listener Of(HttpContext http) => (Listener)http.Features.Get<IConnectionItemsFeature>()!.Items[ItemKey]!;

    /// <summary>Opens it. HTTP/1.x alone: no CMP client speaks anything else, and less is listening (CMP-T-4).</summary>
    public void AddTo(KestrelServerOptions kestrel, TlsClients clients)
    {
        if (Url.Host == "localhost")
        {
            kestrel.ListenLocalhost(Url.Port, listen => Configure(listen, clients));
        }
        else if (Url.Host == "0.0.0.0")
        {
            kestrel.ListenAnyIP(Url.Port, listen => Configure(listen, clients));
        }
        else
        {
            kestrel.Listen(IPAddress.Parse(Url.DnsSafeHost), Url.Port, listen => Configure(listen, clients));
        }
    }

    // The connection remembers its listener: an address would not do, since ports may be any free one.
    private void Configure(ListenOptions listen, TlsClients clients)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Items[ItemKey] = this;
            return next(connection);
        });
        if (Url.Scheme == "https")
        {
            listen.UseHttps(https =>
            {
                if (!IsAdmin)
                {
                    clients.Configure(https);
                }
            });
        }
    }
}
