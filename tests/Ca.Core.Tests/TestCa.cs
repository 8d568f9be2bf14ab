using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Issuance;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace Ca.Core.Tests;

/// <summary>
/// A CA core on a database of its own. Most tests start from a template database that has a root CA "Root" (P-256) with
/// its token, so that they do not generate keys and run migrations each.
/// </summary>
internal sealed class TestCa : IAsyncDisposable
{
    public const string RootName = "Root";
    public const string Pin = "a pin of no importance";

    private static readonly KeyPair DeviceKey = KeyPair.Generate("P-256");

    private readonly ServiceProvider services;

    private TestCa(string connectionString, ManualClock clock, ServiceProvider services)
    {
        ConnectionString = connectionString;
        Clock = clock;
        this.services = services;
    }

    public string ConnectionString { get; }

    public ManualClock Clock { get; }

    public Actor Admin { get; } = Actor.Internal("test");

    public ICaLedger Ledger => Get<ICaLedger>();

    public Issuer Issuer => Get<Issuer>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>With the root CA.</summary>
    public static async Task<TestCa> StartAsync(CancellationToken cancel, Action<CaOptions>? configure = null)
    {
        string connectionString = await TestDatabases.NewPostgreSqlAsync("ca-core-root", FillAsync, cancel);
        TestCa ca = On(connectionString, new ManualClock(), configure);
        await ca.ActivateAsync(cancel);
        return ca;
    }

    /// <summary>With the schema only.</summary>
    public static async Task<TestCa> StartEmptyAsync(CancellationToken cancel)
    {
        string connectionString = await TestDatabases.NewPostgreSqlAsync("ca-core-empty", async c =>
        {
            await using TestCa ca = On(c, new ManualClock(), null);
            await ca.Get<CaDatabase>().MigrateAsync(CancellationToken.None);
        }, cancel);
        return On(connectionString, new ManualClock(), null);
    }

    /// <summary>A second process on the same database.</summary>
    public async Task<TestCa> AnotherProcessAsync(CancellationToken cancel, Action<CaOptions>? configure = null)
    {
        TestCa other = On(ConnectionString, Clock, configure);
        await other.ActivateAsync(cancel);
        return other;
    }

    /// <summary>A second process that finds the PIN in a file.</summary>
    public Task<TestCa> WithPinFileAsync(string file) => Task.FromResult(On(ConnectionString, Clock, o => o.TokenPinFiles["keys"] = file));

    /// <summary>A second process without keys.</summary>
    public Task<TestCa> AnotherLedgerAsync() => Task.FromResult(On(ConnectionString, Clock, null));

    public async Task ActivateAsync(CancellationToken cancel)
    {
        using Secret pin = Secret.FromText(Pin);
        (await Get<CryptoTokens>().ActivateAsync(Admin, "keys", pin, cancel)).OrThrow();
    }

    /// <summary>A request with a key pair that all tests share, for those that do not care.</summary>
    public static CertificationRequest Csr(string subject, KeyPair? key = null, IEnumerable<RequestAttribute>? attributes = null) =>
        CertificationRequest.Create(DistinguishedName.Parse(subject).OrThrow(), key ?? DeviceKey, HashAlgorithmName.SHA256, attributes);

    /// <summary>A request of an RA that may create and edit end entities.</summary>
    public IssuanceRequest Request(string username, CertificationRequest? csr = null, string? key = null) => new()
    {
        Actor = Admin,
        PlanKey = Key(key ?? Guid.NewGuid().ToString("n")),
        Username = username,
        SubjectDn = $"CN={username},O=Test",
        CaName = RootName,
        EndEntityProfile = "EMPTY",
        Request = csr ?? Csr($"CN={username}", KeyPair.Generate("P-256")),
        CreateOrEditUser = true,
    };

    public static InboxKey Key(string id) => new(id, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)), 0);

    /// <summary>Issues and commits, again and again while the user is busy.</summary>
    public async Task<Outcome<Issued>> IssueAsync(IssuanceRequest request, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var work = new CaWork();
                Outcome<Issued> outcome = await Issuer.IssueAsync(request, work, cancel);
                await Ledger.CommitAsync(work, cancel);
                return outcome;
            }
            catch (Exception e) when (e is BusyException or ConcurrentChangeException)
            {
                await Task.Yield();
            }
        }
    }

    public async Task<CaDbContext> OpenAsync(CancellationToken cancel) => await Get<IDbContextFactory<CaDbContext>>().CreateDbContextAsync(cancel);

    public async Task<string> ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Eventually.Patience.TotalSeconds };
        return Convert.ToString(await command.ExecuteScalarAsync(cancel), null) ?? "";
    }

    public async ValueTask DisposeAsync() => await services.DisposeAsync();

    private static TestCa On(string connectionString, ManualClock clock, Action<CaOptions>? configure)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(clock);
        collection.AddCaCore(options => options.Configure(o =>
        {
            o.ConnectionString = connectionString;
            o.NodeId = "node-1";
            o.SecretIterations = 10_000;
            configure?.Invoke(o);
        }));
        return new(connectionString, clock, collection.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }));
    }

    private static async Task FillAsync(string connectionString)
    {
        await using TestCa ca = On(connectionString, new ManualClock(), null);
        await ca.Get<CaDatabase>().MigrateAsync(CancellationToken.None);
        using Secret pin = Secret.FromText(Pin);
        (await ca.Get<CryptoTokens>().CreateAsync(ca.Admin, "keys", pin, CancellationToken.None)).OrThrow();
        (await ca.Get<CertificateAuthorities>().CreateAsync(ca.Admin, new()
        {
            Name = RootName,
            SubjectDn = "CN=Root,O=Test,C=SE",
            Token = "keys",
            KeyAlias = "root",
            KeySpec = "P-256",
        }, CancellationToken.None)).OrThrow();
    }
}
