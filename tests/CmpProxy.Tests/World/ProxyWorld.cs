using System.Globalization;
using CmpProxy.Http;
using CmpProxy.Limits;
using ExtRa.Messages.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CmpProxy.Tests.World;

/// <summary>A whole proxy on real sockets with a CA behind it: message database in memory, time by hand.</summary>
internal sealed class ProxyWorld : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WebApplication app;

    private ProxyWorld(WebApplication app, ProxySettings settings, MemoryStore memory)
    {
        this.app = app;
        Settings = settings;
        Store = memory;
        Worker = new(settings.Worker, app.Services.GetRequiredService<IMessageStore>(), settings.RealStore ? TimeProvider.System : settings.Clock);
        Ports = [.. app.Urls.Select(url => new Uri(url).Port)];
    }

    public ProxySettings Settings { get; }

    public MemoryStore Store { get; }

    public FakeWorker Worker { get; }

    public ManualClock Clock => Settings.Clock;

    public CapturedLog Log => Settings.Log;

    public IServiceProvider Services => app.Services;

    /// <summary>The ports in the order of the configuration: CMP, root listeners, health.</summary>
    public IReadOnlyList<int> Ports { get; }

    public int Port => Ports[0];

    public int Held => app.Services.GetRequiredService<CallSlots>().InUse;

    public static async Task<ProxyWorld> StartAsync(CancellationToken cancel, Action<ProxySettings>? adjust = null)
    {
        var settings = new ProxySettings();
        adjust?.Invoke(settings);
        settings.WriteFiles();
        MemoryStore memory = settings.Store ?? new MemoryStore(settings.Clock);
        WebApplication app = CmpProxyHost.Build([], builder => Adjust(builder, settings, memory));
        try
        {
            await app.StartAsync(cancel);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app, settings, memory);
    }

    /// <summary>Posts a body to a path.</summary>
    public Task<RawAnswer> PostAsync(byte[] body, CancellationToken cancel, string path = "/.well-known/cmp", string contentType = CmpEndpoint.ContentType) =>
        RawHttp.PostAsync(Port, path, body, cancel, $"Content-Type: {contentType}\r\n");

    /// <summary>Posts a message.</summary>
    public Task<RawAnswer> PostAsync(PkiMessage message, CancellationToken cancel, string path = "/.well-known/cmp") => PostAsync(message.Encoded.ToArray(), cancel, path);

    /// <summary>Posts a message that must be refused by an error of CMP and never reach the database.</summary>
    public async Task MustRefuseAsync(byte[] body, PkiFailureInfo failure, CancellationToken cancel, string path = "/.well-known/cmp")
    {
        RawAnswer answer = await PostAsync(body, cancel, path);
        Assert.AreEqual(200, answer.Status, "CMP-T-3");
        Assert.AreEqual(failure, ErrorOf(answer).Failure);
        Assert.IsEmpty(Store.Rows, "it must never reach the database");
    }

    /// <summary>What an answer's error says.</summary>
    public static PkiStatusInfo ErrorOf(RawAnswer answer)
    {
        PkiMessage message = PkiMessage.Read(answer.Body).OrThrow();
        Assert.IsNull(message.Protection, "the proxy has no key of the CA");
        return ((PkiBody.Error)message.Body).Content.Status;
    }

    /// <summary>Until so many calls are held, each with a row of its own.</summary>
    public Task UntilHeldAsync(int calls, CancellationToken cancel) =>
        Eventually.BecomesTrueAsync(() => Held == calls && Store.Rows.Count == calls, Patience, cancel, $"{calls} calls are held");

    /// <summary>Answers while a call runs.</summary>
    public async Task<T> WhileTheWorkerRunsAsync<T>(Func<Task<T>> call)
    {
        using var stop = new CancellationTokenSource();
        Task worker = Worker.RunAsync(stop.Token);
        try
        {
            return await call();
        }
        finally
        {
            await stop.CancelAsync();
            await worker;
        }
    }

    /// <summary>Posts a message that the worker answers.</summary>
    public Task<RawAnswer> ExchangeAsync(PkiMessage message, CancellationToken cancel, string path = "/.well-known/cmp") =>
        WhileTheWorkerRunsAsync(() => PostAsync(message, cancel, path));

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Settings.Dispose();
    }

    private static void Adjust(WebApplicationBuilder builder, ProxySettings settings, MemoryStore memory)
    {
        builder.Configuration.AddInMemoryCollection(settings.Configuration.Where(pair => pair.Value is not null));
        builder.Logging.ClearProviders().AddProvider(settings.Log);
        builder.Services.AddSingleton<TimeProvider>(settings.RealStore ? TimeProvider.System : settings.Clock);
        if (!settings.RealStore)
        {
            builder.Services.AddSingleton<IMessageStore>(memory);
            builder.Services.AddSingleton<IPublicationStore>(memory);
        }
    }
}

/// <summary>What one test world is made of.</summary>
internal sealed class ProxySettings : IDisposable
{
    private const string Password = "test-keystore";
    private static readonly Lazy<TestPki> SharedPki = new(() => new TestPki("CN=Management CA,O=Test"));
    private static readonly Lazy<KeyStore> SharedLink = new(() => SharedPki.Value.Issue("CN=cmp-proxy"));
    private static readonly Lazy<KeyStore> SharedWorker = new(() => SharedPki.Value.Issue("CN=worker"));
    private readonly ScratchDirectory folder = new();

    /// <summary>Signs as nobody the proxy believes.</summary>
    public static KeyStore NewStranger() => SharedPki.Value.Issue("CN=stranger");

    public KeyStore Worker { get; } = SharedWorker.Value;

    public ManualClock Clock { get; set; } = new();

    public CapturedLog Log { get; } = new();

    /// <summary>A store shared with another world.</summary>
    public MemoryStore? Store { get; set; }

    /// <summary>True: the database of the configuration, and the real clock with it.</summary>
    public bool RealStore { get; set; }

    /// <summary>More configuration, over the defaults; null takes a default away.</summary>
    public Dictionary<string, string?> Configuration { get; } = new(StringComparer.Ordinal);

    /// <summary>Sets an option of an alias.</summary>
    public void Set(string option, object value, string alias = "cmp") =>
        Configuration[$"CmpProxy:Aliases:{alias}:{option}"] = Convert.ToString(value, CultureInfo.InvariantCulture);

    /// <summary>Writes a file and returns its path.</summary>
    public string WriteFile(string name, string text)
    {
        File.WriteAllText(folder.File(name), text);
        return folder.File(name);
    }

    public void WriteFiles()
    {
        using Secret password = Secret.FromText(Password);
        File.WriteAllBytes(folder.File("link.p12"), Pkcs12.Save(SharedLink.Value, password, "link"));
        File.SetUnixFileMode(folder.File("link.p12"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Default("CmpProxy:Link:KeyStore:Path", folder.File("link.p12"));
        Default("CmpProxy:Link:KeyStore:PasswordFile", WriteFile("password", Password));
        Default("CmpProxy:Link:WorkerCertificates:0", WriteFile("worker.pem", Worker.Certificate.ToPem()));
        Default("CmpProxy:Database:ConnectionString", "Host=none");
        Default("CmpProxy:Listen:0", "http://127.0.0.1:0");
        Default("CmpProxy:Aliases:cmp:HoldTimeout", "00:00:30");
    }

    public void Dispose() => folder.Dispose();

    private void Default(string key, string value) => Configuration.TryAdd(key, value);
}
