using System.Globalization;
using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pki.Protocols.X509;
using TestKit;

namespace ScepRaServer.Tests.World;

/// <summary>
/// A whole RA on a real socket with a CA behind it: message database in memory, time by hand, keys shared by all tests.
/// </summary>
internal sealed class TestWorld : IAsyncDisposable
{
    public const string AliasName = "routers";
    private const KeyUsages BothUsages = KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment;
    private static readonly Lazy<TestCa> SharedCa = new(() => TestCa.Root("SCEP CA"));
    private static readonly Lazy<TestCa> SharedManagementCa = new(() => TestCa.Root("Management CA"));

    private readonly WebApplication app;

    private TestWorld(WebApplication app, TestSettings settings, MemoryStore memory, IMessageStore store)
    {
        this.app = app;
        Settings = settings;
        Store = memory;
        FakeCa = new(settings.Ca, settings.CaFormat(), store, settings.Clock);
        Port = new Uri(app.Urls.First()).Port;
    }

    /// <summary>When all tests begin.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static TestCa DefaultCa => SharedCa.Value;

    public static TestCa ManagementCa => SharedManagementCa.Value;

    public TestSettings Settings { get; }

    public MemoryStore Store { get; }

    public FakeCa FakeCa { get; }

    public ManualClock Clock => Settings.Clock;

    public TestCa Ca => Settings.Ca;

    public Certificate RaCertificate => Settings.Ra.Certificate;

    public CapturedLog Log => Settings.Log;

    public IServiceProvider Services => app.Services;

    public int Port { get; }

    /// <summary>Starts an RA.</summary>
    /// <param name="cancel">Cancels the start.</param>
    /// <param name="adjust">Changes the settings before.</param>
    public static async Task<TestWorld> StartAsync(CancellationToken cancel, Action<TestSettings>? adjust = null)
    {
        var settings = new TestSettings();
        adjust?.Invoke(settings);
        settings.WriteFiles();
        MemoryStore memory = settings.Store ?? new MemoryStore(settings.Clock);
        WebApplication app = ScepRaHost.Build([], builder => Adjust(builder, settings, memory));
        try
        {
            await app.StartAsync(cancel);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app, settings, memory, settings.RealStore ? app.Services.GetRequiredService<IMessageStore>() : memory);
    }

    /// <summary>A client of this RA.</summary>
    public TestClient NewClient(string name, string? path = null) => new(this, name, path ?? "/scepraserver/scep/pkiclient.exe");

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Settings.Dispose();
    }

    public static KeyStore NewRa(TestCa ca, string name = "ra", KeyUsages usage = BothUsages, string spec = "RSA2048", DateTimeOffset? until = null) =>
        ca.NewKeyStore($"CN={name},O=Test", "ra " + name, usage, spec, until);

    public static KeyStore NewLink(string name, string spec = "P-256", KeyUsages usage = KeyUsages.DigitalSignature | KeyUsages.KeyAgreement) =>
        ManagementCa.NewKeyStore($"CN={name},O=Test", "link " + name, usage, spec);

    private static void Adjust(WebApplicationBuilder builder, TestSettings settings, MemoryStore memory)
    {
        builder.Configuration.AddInMemoryCollection(settings.ToConfiguration());
        builder.Logging.ClearProviders().AddProvider(settings.Log);
        builder.Services.AddSingleton<TimeProvider>(settings.RealStore ? TimeProvider.System : settings.Clock);
        if (!settings.RealStore)
        {
            builder.Services.AddSingleton<IMessageStore>(memory);
            builder.Services.AddSingleton<IChallengeStore>(memory);
            builder.Services.AddSingleton<IPublicationStore>(memory);
        }
    }
}

/// <summary>What one test world is made of.</summary>
internal sealed class TestSettings : IDisposable
{
    private readonly ScratchDirectory folder = new();

    public TestCa Ca { get; set; } = TestWorld.DefaultCa;

    public KeyStore Ra { get; set; } = TestWorld.NewRa(TestWorld.DefaultCa);

    public KeyStore Link { get; set; } = TestWorld.NewLink("scep-ra");

    public KeyStore Worker { get; set; } = TestWorld.NewLink("worker");

    public ManualClock Clock { get; set; } = new(TestWorld.Start);

    public CapturedLog Log { get; } = new();

    /// <summary>True: the CA is a legacy one, and the link is told so.</summary>
    public bool LegacyCa { get; set; }

    /// <summary>What the CA's side reads and writes.</summary>
    public IMessageFormat CaFormat() => LegacyCa
        ? new LegacyFormat(Worker, new(), Clock)
        : new NativeFormat(new(new MessageJson(SubMessageCatalog.BuiltIn), Worker), new(Worker, Clock));

    /// <summary>A store shared with another world.</summary>
    public MemoryStore? Store { get; set; }

    /// <summary>True: the database of the configuration, and the real clock with it.</summary>
    public bool RealStore { get; set; }

    /// <summary>More configuration, over the defaults; null takes a default away.</summary>
    public Dictionary<string, string?> Configuration { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The key of an option of the alias under test.</summary>
    public static string Alias(string option, string alias = TestWorld.AliasName) => $"ScepRa:Aliases:{alias}:{option}";

    /// <summary>Sets an option of the alias under test.</summary>
    public void Set(string option, object value) => Configuration[Alias(option)] = Convert.ToString(value, CultureInfo.InvariantCulture);

    /// <summary>Makes another node of the same RA: the same keys for clients and for the link.</summary>
    public void ShareKeysWith(TestSettings other) => (other.Ca, other.Ra, other.Link, other.Worker) = (Ca, Ra, Link, Worker);

    /// <summary>Writes a file and returns its path.</summary>
    public string WriteFile(string name, string text)
    {
        File.WriteAllText(folder.File(name), text);
        return folder.File(name);
    }

    /// <summary>Writes a key store and returns its path.</summary>
    public string WriteKeyStore(string name, KeyStore store) => TestCa.Save(store, folder.File(name));

    /// <summary>Adds a key store to the configuration.</summary>
    public void AddKeyStore(string key, KeyStore store)
    {
        Configuration[key + ":Path"] = WriteKeyStore(key.Replace(':', '-') + ".p12", store);
        Configuration[key + ":PasswordFile"] = WriteFile("password", TestCa.KeyStorePassword);
    }

    /// <summary>Adds a second alias.</summary>
    public void AddAlias(string name, KeyStore ra, string caName)
    {
        AddKeyStore(Alias("RaKeyStores:0", name), ra);
        Configuration[Alias("CaName", name)] = caName;
        Configuration[Alias("EndEntityProfile", name)] = "EE2";
        Configuration[Alias("CertificateProfile", name)] = "CP2";
        Configuration[Alias("ReplyWait", name)] = "00:00:00";
        Configuration["ScepRa:DefaultAlias"] = TestWorld.AliasName;
    }

    public void WriteFiles()
    {
        if (!Configuration.Keys.Any(key => key.StartsWith(Alias("RaKeyStores:0"), StringComparison.OrdinalIgnoreCase)))
        {
            AddKeyStore(Alias("RaKeyStores:0"), Ra);
        }

        if (!Configuration.ContainsKey("ScepRa:Link:KeyStore:Path"))
        {
            AddKeyStore("ScepRa:Link:KeyStore", Link);
        }

        if (LegacyCa)
        {
            Default("ScepRa:Link:Format", "Legacy4");
        }

        Default("ScepRa:Link:WorkerCertificates:0", WriteFile("worker.pem", Worker.Certificate.ToPem()));
        Default("ScepRa:Database:ConnectionString", "Host=none");
        Default("ScepRa:Listen:0", "http://127.0.0.1:0");
        Default(Alias("CaName"), Ca.Name);
        Default(Alias("EndEntityProfile"), "Routers");
        Default(Alias("CertificateProfile"), "Router");
        Default(Alias("ReplyWait"), "00:00:00");
    }

    public IEnumerable<KeyValuePair<string, string?>> ToConfiguration() => Configuration.Where(pair => pair.Value is not null);

    public void Dispose() => folder.Dispose();

    private void Default(string key, string value) => Configuration.TryAdd(key, value);
}
