using System.Security.Cryptography.X509Certificates;
using AdminWeb.Assets;
using AdminWeb.Configuration;
using AdminWeb.Messages;
using AdminWeb.Security;
using AdminWeb.SignIn;
using Ca.Core.Storage;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using Pki.Hosting;

namespace AdminWeb;

/// <summary>Builds the host. Tests build it the same way, with clock and configuration of their own.</summary>
internal static class AdminWebHost
{
    private const string ServiceName = "admin-web";
    private const int LargestForm = 64 * 1024;

    /// <summary>Builds the host and loads its key, so that what is wrong shows before anything listens.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="adjust">Lets tests add configuration and services.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        // Named, because the pages are found by it and the program that runs may be a test.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ApplicationName = "AdminWeb" });
        builder.AddPkiDefaults(ServiceName, args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        adjust?.Invoke(builder);
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
        builder.Services.AddAdminWeb(builder.Configuration);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(ConfigureKestrel);

        WebApplication app = builder.Build();
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Services.GetRequiredService<Mailboxes>();
        AdminWebOptions options = app.Services.GetRequiredService<IOptions<AdminWebOptions>>().Value;
        foreach (string url in options.Listen.Count > 0 ? options.Listen : [AdminWebOptions.DefaultListen])
        {
            app.Urls.Add(url);
        }

        Announce(app, options);
        AddPipeline(app);
        return app;
    }

    private static void AddPipeline(WebApplication app)
    {
        app.Use(next => http => SecurityHeaders.AddAsync(http, next));
        app.UseExceptionHandler("/status/500");
        app.UseStatusCodePagesWithReExecute("/status/{0}");
        app.Use(next => http => http.RequestServices.GetRequiredService<SignInGate>().PassAsync(http, next));
        app.UseRouting();
        app.MapGet(StyleSheet.Path, StyleSheet.Get);
        app.MapGet("/health/live", () => Results.Text("ok\n"));
        app.MapGet("/health/ready", async (CaDatabase database, CancellationToken cancel) =>
            await database.IsReadyAsync(cancel) ? Results.Text("ok\n") : Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapRazorPages();
    }

    private static void Announce(WebApplication app, AdminWebOptions options)
    {
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("AdminWeb");
        app.Lifetime.ApplicationStarted.Register(() => log.Listening(string.Join(' ', app.Urls), options.AdministratorIssuer));
        if (options.DemoLink.IsOn)
        {
            log.ConfigurationWarning(
                $"AdminWeb:DemoLink:TokenFile is set: who can read '{options.DemoLink.TokenFile}' can sign in once as role '{options.DemoLink.Role}', without a certificate. For demonstrations only.");
        }
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        const string Key = $"{AdminWebOptions.Section}:KeyStore";
        AdminWebOptions options = kestrel.ApplicationServices.GetRequiredService<IOptions<AdminWebOptions>>().Value;
        ILogger log = kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("AdminWeb.Tls");
        (X509Certificate2 own, X509Certificate2Collection chain) = ServerCertificate.Load(options.KeyStore, Key, log.ConfigurationWarning);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestForm;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20);
        kestrel.ConfigureHttpsDefaults(https =>
        {
            https.ServerCertificate = own;
            https.ServerCertificateChain = chain;
            // Asked for, not demanded: who has none gets a page that says so instead of a broken connection.
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // Which certificates count is decided for each request, against the CA database and not the machine's trust store.
            https.ClientCertificateValidation = (_, _, _) => true;
        });
    }
}
