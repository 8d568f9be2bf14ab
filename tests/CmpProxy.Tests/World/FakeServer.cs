using CmpProxy.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace CmpProxy.Tests.World;

/// <summary>Another CMP server, as good or bad as the test wants it.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.First() + "/pkix/";

    /// <summary>Starts it.</summary>
    /// <param name="answer">Answers a request with this body.</param>
    public static async Task<FakeServer> StartAsync(Func<HttpContext, byte[], Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            await answer(http, body.ToArray());
        });
        await app.StartAsync();
        return new(app);
    }

    /// <summary>Sends octets as CMP.</summary>
    public static async Task SendAsync(HttpContext http, byte[] answer)
    {
        http.Response.ContentType = CmpEndpoint.ContentType;
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }
}
