using CmpProxy.Aliases;
using CmpProxy.Configuration;
using CmpProxy.Http;
using CmpProxy.Observing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Pki.Hosting;

namespace CmpProxy;

/// <summary>Builds the host. Tests build it the same way, with store and clock of their own.</summary>
internal static class CmpProxyHost
{
    private const string ServiceName = "cmp-proxy";
    private const int MaxMessageBytes = 1024 * 1024; // the cap whatever an alias says (CMP-T-12)

    /// <summary>Builds the host and loads all keys, so that what is wrong shows before anything listens.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="adjust">Lets tests add configuration and services.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        builder.AddPkiDefaults(ServiceName, args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning); // our own line says what happened, safely and in short
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        adjust?.Invoke(builder);
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
        builder.Services.AddCmpProxy();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(ConfigureKestrel);

        WebApplication app = builder.Build();
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Services.GetRequiredService<AliasBook>();
        app.UseForwardedHeaders();
        app.Run(HandleAsync);
        return app;
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        CmpProxyOptions options = kestrel.ApplicationServices.GetRequiredService<IOptions<CmpProxyOptions>>().Value;
        kestrel.AddServerHeader = false; // CMP-T-5
        kestrel.Limits.MaxRequestLineSize = options.Limits.MaxRequestLineBytes;
        kestrel.Limits.MaxRequestBodySize = MaxMessageBytes;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.Connections;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20); // a slow client must not hold a place
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        ConnectionLimit.AddTo(kestrel, options.Limits.ConnectionsPerAddress, [.. options.TrustedProxies]);
        var clients = new TlsClients(options.Tls, kestrel.ApplicationServices.GetRequiredService<TimeProvider>());
        foreach (Listener listener in Listeners(options))
        {
            listener.AddTo(kestrel, clients);
        }
    }

    private static IEnumerable<Listener> Listeners(CmpProxyOptions options)
    {
        foreach (string url in options.Listen.Count > 0 ? options.Listen : [CmpProxyOptions.DefaultListen])
        {
            yield return new(Listener.Parse(url)!, null, IsAdmin: false);
        }

        foreach ((string alias, string url) in options.RootListen)
        {
            yield return new(Listener.Parse(url)!, alias, IsAdmin: false);
        }

        if (options.AdminListen.Length > 0)
        {
            yield return new(Listener.Parse(options.AdminListen)!, null, IsAdmin: true);
        }
    }

    // No router: the paths of CMP have a grammar of their own (CmpPath), and health has a listener of its own (CMP-T-19).
    private static Task HandleAsync(HttpContext http)
    {
        var listener = Listener.Of(http);
        return listener.IsAdmin ? AnswerHealthAsync(http) : http.RequestServices.GetRequiredService<CmpEndpoint>().HandleAsync(http, listener.RootAlias);
    }

    private static async Task AnswerHealthAsync(HttpContext http)
    {
        bool? isWell = http.Request.Path.Value switch
        {
            "/health/live" => true,
            "/health/ready" => await http.RequestServices.GetRequiredService<Readiness>().IsReadyAsync(http.RequestAborted),
            _ => null,
        };
        byte[] text = isWell switch { true => "ok\n"u8.ToArray(), false => "not ready\n"u8.ToArray(), null => [] };
        http.Response.StatusCode = isWell switch { true => StatusCodes.Status200OK, false => StatusCodes.Status503ServiceUnavailable, null => StatusCodes.Status404NotFound };
        http.Response.ContentType = "text/plain";
        http.Response.ContentLength = text.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(text, http.RequestAborted);
        }
    }
}
