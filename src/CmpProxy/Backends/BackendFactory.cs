using CmpProxy.Configuration;

namespace CmpProxy.Backends;

/// <summary>Makes the backend of an alias. All aliases of the message database share one.</summary>
internal sealed class BackendFactory(IServiceProvider services, TimeProvider clock, ILogger<HttpBackend> log) : IDisposable
{
    private readonly List<HttpClient> clients = [];
    private readonly Lazy<DatabaseBackend> database = new(services.GetRequiredService<DatabaseBackend>);

    /// <summary>The backend.</summary>
    public IBackend For(AliasOptions alias) =>
        alias.Upstream is { } upstream ? new HttpBackend(NewClient(upstream), upstream, new AnswerMemory(clock, alias.ReplayWindow), clock, log) : database.Value;

    public void Dispose() => clients.ForEach(client => client.Dispose());

    private HttpClient NewClient(UpstreamOptions upstream)
    {
#pragma warning disable CA2000 // the client owns its handler, and this owns the client
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = upstream.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a moved name is noticed
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // each exchange has its own, by our clock
        };
#pragma warning restore CA2000
        clients.Add(client);
        return client;
    }
}
