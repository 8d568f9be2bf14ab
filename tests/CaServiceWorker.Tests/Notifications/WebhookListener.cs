using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CaServiceWorker.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Notifications;

/// <summary>A program that takes notices: Kestrel on a free port, with TLS or without.</summary>
internal sealed class WebhookListener : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<ReceivedCall> calls = new();

    private WebhookListener(KeyStore? server)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (server is not null)
            {
                using Secret password = Secret.FromText("server");
                listen.UseHttps(X509CertificateLoader.LoadPkcs12(Pkcs12.Save(server, password, "server"), "server"));
            }
        }));
        app = builder.Build();
        app.MapPost("/hook", TakeAsync);
        app.MapPost("/moved", () => Results.Redirect("/hook", permanent: false, preserveMethod: true));
    }

    /// <summary>What it answers with.</summary>
    public int Status { get; set; } = StatusCodes.Status204NoContent;

    public IReadOnlyList<ReceivedCall> Calls => [.. calls];

    public string Url => $"{app.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}/hook";

    public static async Task<WebhookListener> StartAsync(CancellationToken cancel, KeyStore? server = null)
    {
        var listener = new WebhookListener(server);
        await listener.app.StartAsync(cancel);
        return listener;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        calls.Enqueue(new(body.ToArray(), request.Headers[WebhookTarget.SignatureHeader].ToString(), request.Headers[WebhookTarget.DeliveryHeader].ToString(), Status));
        return Results.StatusCode(Status);
    }
}

/// <summary>A call as it came, and how it was answered.</summary>
internal sealed record ReceivedCall(byte[] Body, string Signature, string Delivery, int Status)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Data(string name) => Json.GetProperty("data").GetProperty(name).GetString()!;
}
