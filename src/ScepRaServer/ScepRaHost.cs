using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using ScepRaServer.Aliases;
using ScepRaServer.Configuration;
using ScepRaServer.Http;
using ScepRaServer.Observing;

namespace ScepRaServer;

/// <summary>Builds the host. Tests build it the same way, with stores and clock of their own.</summary>
internal static class ScepRaHost
{
    private const string ServiceName = "scep-ra";

    /// <summary>Builds the host and loads all keys, so that what is wrong shows before anything listens.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="adjust">Lets tests add configuration and services.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        builder.AddPkiDefaults(ServiceName, args);
        // A GET carries the whole message in its URL; our own line says what happened, safely and in short (L-03, L-04).
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        adjust?.Invoke(builder);
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
        builder.Services.AddScepRa();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(ConfigureKestrel);

        WebApplication app = builder.Build();
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Services.GetRequiredService<AliasBook>();
        app.Services.GetRequiredService<ExtRa.Messages.Client.ExtRaLink>();

        IList<string> listen = app.Services.GetRequiredService<IOptions<ScepRaOptions>>().Value.Listen;
        foreach (string url in listen.Count > 0 ? listen : [ScepRaOptions.DefaultListen])
        {
            app.Urls.Add(url);
        }

        app.UseForwardedHeaders();
        app.Run(HandleAsync);
        return app;
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        ScepRaOptions options = kestrel.ApplicationServices.GetRequiredService<IOptions<ScepRaOptions>>().Value;
        LimitOptions limits = options.Limits;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestLineSize = limits.MaxRequestLineBytes;
        kestrel.Limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestLineBytes * 2, 1024 * 1024);
        kestrel.Limits.MaxRequestBodySize = limits.MaxMessageBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20); // H-19: a slow client must not hold a place
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        kestrel.Limits.MaxConcurrentConnections = limits.Connections;
        ConnectionLimit.AddTo(kestrel, limits.ConnectionsPerAddress, [.. options.TrustedProxies]);
    }

    // No router: the paths of SCEP have a grammar of their own (ScepPath), and this is all there is beside them.
    private static async Task HandleAsync(HttpContext http)
    {
        switch (http.Request.Path.Value)
        {
            case "/health/live":
                await WriteHealthAsync(http, isWell: true);
                break;
            case "/health/ready":
                await WriteHealthAsync(http, await http.RequestServices.GetRequiredService<Readiness>().IsReadyAsync(http.RequestAborted));
                break;
            default:
                await http.RequestServices.GetRequiredService<ScepEndpoint>().HandleAsync(http);
                break;
        }
    }

    private static Task WriteHealthAsync(HttpContext http, bool isWell)
    {
        byte[] text = isWell ? "ok\n"u8.ToArray() : "not ready\n"u8.ToArray();
        http.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain";
        http.Response.ContentLength = text.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(text, http.RequestAborted).AsTask();
    }
}
