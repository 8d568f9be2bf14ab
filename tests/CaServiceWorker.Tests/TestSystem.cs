using System.Text.Json;
using System.Text.Json.Nodes;
using Ca.Core;
using Ca.Core.Authorities;
using Ca.Core.Issuance;
using Ca.Core.Keys;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>
/// A whole CA side on databases of its own: ManagementCA for the link, IssuingCA for devices (P-256 both, so that
/// tests wait for the system and not for keys), one RA, one worker configuration.
/// </summary>
internal sealed class TestSystem : IAsyncDisposable
{
    public const string Pin = "a pin of no importance";
    public const string WorkerName = "w1";

    private static (KeyStore Ra, KeyStore Worker) templateKeys;

    private readonly ScratchDirectory folder = new();
    private readonly ServiceProvider services;
    private readonly List<IHost> hosts = [];
    private int files;

    private TestSystem(MessageStoreOptions messages, string caDatabase, (KeyStore Ra, KeyStore Worker) keys)
    {
        CaDatabase = caDatabase;
        MessageConnection = messages.ConnectionString;
        (KeyStore ra, KeyStore worker) = (Ra, Worker) = keys;
        string pinFile = WriteFile("pin", Pin);
        services = Services(caDatabase, pinFile);
        Messages = MessageDatabase.Open(messages, TimeProvider.System);
        Link = LinkTo(worker);
        Client = new(Messages.Messages, Link);
        Configuration = JsonSerializer.SerializeToNode(new
        {
            Ca = new { ConnectionString = caDatabase, NodeId = "node-1", TokenPinFiles = new { keys = pinFile } },
            DataSources = new { RAMessage1DS = new { Dialect = messages.Dialect.ToString(), messages.ConnectionString } },
            // A lease ends where a test lets a worker die, and says so: a machine that is slow for seconds must lose none.
            Workers = new { w1 = new { Interval = "00:00:00.200", ClaimLease = "00:02:00", KeyStore = WriteKeyStore("worker", worker, "a password") } },
            Clustered = false,
            Logging = new { LogLevel = new { Default = "Warning" } },
        })!.AsObject();
    }

    public string CaDatabase { get; }

    public string MessageConnection { get; }

    public KeyStore Ra { get; }

    public KeyStore Worker { get; private set; }

    public MessageDatabase Messages { get; }

    public ExtRaLink Link { get; private set; }

    public ExtRaClient Client { get; private set; }

    /// <summary>The worker's configuration; a test changes it before it starts one.</summary>
    public JsonObject Configuration { get; }

    public JsonObject WorkerSection => Configuration["Workers"]![WorkerName]!.AsObject();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public static async Task<TestSystem> CreateAsync(CancellationToken cancel, MessageDialect dialect = MessageDialect.PostgreSql)
    {
        string caDatabase = await TestDatabases.NewPostgreSqlAsync("worker-ca", async template => templateKeys = await SetUpAsync(template), cancel);
        var messages = new MessageStoreOptions
        {
            Dialect = dialect,
            ConnectionString = dialect == MessageDialect.PostgreSql
                ? await TestDatabases.NewPostgreSqlAsync(cancel)
                : await TestDatabases.NewMariaDbAsync(cancel),
        };
        return await CreateAsync(messages, caDatabase, templateKeys, cancel);
    }

    /// <summary>On databases that the test made, and may break. The CA is set up if its database is empty.</summary>
    public static async Task<TestSystem> CreateAsync(string emptyCaDatabase, MessageStoreOptions messages, CancellationToken cancel) =>
        await CreateAsync(messages, emptyCaDatabase, await SetUpAsync(emptyCaDatabase), cancel);

    /// <summary>A request for a certificate with a new key.</summary>
    public static PKCS10Request Enrol(string name, KeyPair? key = null) => new()
    {
        RequestId = 1,
        Username = name,
        SubjectDn = $"CN={name},O=Test",
        CaName = "IssuingCA",
        EndEntityProfileName = "EMPTY",
        CertificateProfileName = "ENDUSER",
        CreateOrEditUser = true,
        Pkcs10 = CertificationRequest.Create(
            DistinguishedName.Parse($"CN={name},O=Test").OrThrow(), key ?? KeyPair.Generate("P-256"), System.Security.Cryptography.HashAlgorithmName.SHA256).Encoded.ToArray(),
    };

    /// <summary>Starts the worker host in this process.</summary>
    public async Task<IHost> StartWorkerAsync(CancellationToken cancel, Action<IServiceCollection>? replace = null)
    {
        IHost host = Composition.Build(["--config", WriteConfiguration()], replace);
        hosts.Add(host);
        await host.StartAsync(cancel);
        return host;
    }

    /// <summary>The configuration as a file, for a worker in a process of its own.</summary>
    public string WriteConfiguration() => WriteFile($"worker-{Interlocked.Increment(ref files)}.json", Configuration.ToJsonString());

    /// <summary>Stops every worker of this process; what they have begun is finished.</summary>
    public async Task StopWorkersAsync()
    {
        foreach (IHost host in hosts)
        {
            try
            {
                await host.StopAsync();
            }
            catch (AggregateException stopped) when (stopped.InnerExceptions.All(inner => inner is ObjectDisposedException))
            {
                // Npgsql 10: cancelling a statement whose connection broke at this moment. The host has stopped all the same.
            }

            host.Dispose();
        }

        hosts.Clear();
    }

    /// <summary>Gives the worker another key, which the RA's link then trusts.</summary>
    public void UseWorker(KeyStore worker)
    {
        Worker = worker;
        Link = LinkTo(worker);
        Client = new(Messages.Messages, Link);
        WorkerSection["KeyStore"] = WriteKeyStore("another-worker", worker, "a password");
    }

    /// <summary>The client of the tests that follow.</summary>
    public void AskOver(ExtRaClient client) => Client = client;

    /// <summary>A path in the folder of this system.</summary>
    public string PathOf(string name) => folder.File(name);

    public string WriteFile(string name, string text)
    {
        string file = folder.File(name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    /// <summary>One value from the CA database.</summary>
    public async Task<string> CountAsync(string sql, CancellationToken cancel) =>
        (await TestDatabases.RunPostgreSqlAsync(CaDatabase, sql, cancel)).TrimEnd('\n');

    public async ValueTask DisposeAsync()
    {
        await StopWorkersAsync();
        await Messages.DisposeAsync();
        await services.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>A keystore with its password in files, as configuration.</summary>
    public JsonNode WriteKeyStore(string name, KeyStore keyStore, string password)
    {
        using Secret secret = Secret.FromText(password);
        string path = folder.File(name + ".p12");
        File.WriteAllBytes(path, Pkcs12.Save(keyStore, secret, name));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return JsonSerializer.SerializeToNode(new { Path = path, PasswordFile = WriteFile(name + ".pwd", password) })!;
    }

    private static async Task<TestSystem> CreateAsync(MessageStoreOptions messages, string caDatabase, (KeyStore Ra, KeyStore Worker) keys, CancellationToken cancel)
    {
        await using (MessageDatabase schema = MessageDatabase.Open(messages, TimeProvider.System))
        {
            await schema.CreateSchemaAsync(cancel);
        }

        return new(messages, caDatabase, keys);
    }

    private ExtRaLink LinkTo(KeyStore worker) =>
        new(Ra, new ServiceTrust([worker.Certificate], issuer: null), Protection.Full, SubMessageCatalog.BuiltIn, TimeProvider.System);

    private static ServiceProvider Services(string caDatabase, string? pinFile) => new ServiceCollection()
        .AddCaCore(options => options.Configure(ca =>
        {
            ca.ConnectionString = caDatabase;
            ca.NodeId = "set-up";
            if (pinFile is not null)
            {
                ca.TokenPinFiles["keys"] = pinFile;
            }
        }))
        .BuildServiceProvider();

    private static async Task<(KeyStore Ra, KeyStore Worker)> SetUpAsync(string caDatabase)
    {
        CancellationToken cancel = CancellationToken.None; // a template is for all tests, whoever asked first
        await using ServiceProvider services = Services(caDatabase, pinFile: null);
        Actor admin = Actor.Internal("set-up");
        await services.GetRequiredService<CaDatabase>().MigrateAsync(cancel);
        CryptoTokens tokens = services.GetRequiredService<CryptoTokens>();
        using (Secret pin = Secret.FromText(Pin))
        {
            (await tokens.CreateAsync(admin, "keys", pin, cancel)).OrThrow();
            (await tokens.ActivateAsync(admin, "keys", pin, cancel)).OrThrow();
        }

        CertificateAuthorities cas = services.GetRequiredService<CertificateAuthorities>();
        foreach (string name in (string[])["ManagementCA", "IssuingCA"])
        {
            (await cas.CreateAsync(admin, new() { Name = name, SubjectDn = $"CN={name},O=Test", Token = "keys", KeyAlias = name, KeySpec = "P-256" }, cancel)).OrThrow();
        }

        ProfileStore profiles = services.GetRequiredService<ProfileStore>();
        CertificateProfile link = new()
        {
            KeyUsage = new() { Usages = KeyUsages.DigitalSignature | KeyUsages.KeyAgreement | KeyUsages.KeyEncipherment },
        };
        (await profiles.SetAsync(admin, "LINK", link, cancel)).OrThrow();
        KeyStoreIssuer issuer = services.GetRequiredService<KeyStoreIssuer>();
        KeyStore ra = await LinkKeyAsync(issuer, admin, "ra1", cancel);
        KeyStore worker = await LinkKeyAsync(issuer, admin, "worker1", cancel);

        RoleStore roles = services.GetRequiredService<RoleStore>();
        int issuing = (await cas.FindAsync("IssuingCA", cancel))!.Id;
        (await roles.CreateAsync(admin, "RA", RoleTemplates.Rules("RAADMINISTRATOR", [issuing], []), cancel)).OrThrow();
        (await roles.AddMemberAsync(admin, "RA", "ManagementCA", MatchWith.CertificateSerialNumber, ra.Certificate.Serial.ToString(), cancel)).OrThrow();
        return (ra, worker);
    }

    private static async Task<KeyStore> LinkKeyAsync(KeyStoreIssuer issuer, Actor admin, string name, CancellationToken cancel) =>
        (await issuer.IssueAsync(
            new() { Actor = admin, Username = name, SubjectDn = $"CN={name}", CaName = "ManagementCA", CertificateProfile = "LINK", KeySpec = "P-256" }, cancel)).OrThrow();
}
