using System.Security.Cryptography;
using Ca.Core;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Issuance;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace Ca.Cmp.Tests;

/// <summary>An engine on a CA database of its own, under a clock that the test moves, with an alias <c>ra</c> and its secret.</summary>
internal sealed class CmpCa : IAsyncDisposable
{
    public const string CaName = "Root";
    public const string Alias = "ra";
    public const string Secret = "insta rocks";
    private const string Pin = "a pin of no importance";

    private readonly ServiceProvider services;

    private CmpCa(string connectionString, ServiceProvider services, ManualClock clock)
    {
        ConnectionString = connectionString;
        this.services = services;
        Clock = clock;
    }

    public string ConnectionString { get; }

    public ManualClock Clock { get; }

    public Actor Admin { get; } = Actor.Internal("test");

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public static async Task<CmpCa> StartAsync(CancellationToken cancel, Func<CmpAlias, CmpAlias>? change = null)
    {
        CmpCa ca = On(await TestDatabases.NewPostgreSqlAsync("ca-cmp", FillAsync, cancel));
        await ca.ActivateAsync(cancel);
        if (change is not null)
        {
            await ca.ChangeAsync(change, cancel);
        }

        return ca;
    }

    /// <summary>Another worker on the same database, or this one after a restart.</summary>
    public async Task<CmpCa> AnotherAsync(CancellationToken cancel)
    {
        CmpCa other = On(ConnectionString, Clock);
        await other.ActivateAsync(cancel);
        return other;
    }

    /// <summary>Gives the token its PIN.</summary>
    public async Task ActivateAsync(CancellationToken cancel)
    {
        using Secret pin = Pki.Protocols.Trust.Secret.FromText(Pin);
        (await Get<CryptoTokens>().ActivateAsync(Admin, "keys", pin, cancel)).OrThrow();
    }

    public async Task ChangeAsync(Func<CmpAlias, CmpAlias> change, CancellationToken cancel)
    {
        CmpAliases aliases = Get<CmpAliases>();
        (await aliases.SetAsync(Admin, Alias, change((await aliases.FindAsync(Alias, cancel))!), cancel)).OrThrow();
    }

    public async Task SetSecretAsync(string keyId, string secret, bool keepOthers, CancellationToken cancel)
    {
        using Secret text = Pki.Protocols.Trust.Secret.FromText(secret);
        (await Get<CmpSecrets>().SetAsync(Admin, Alias, keyId, text, keepOthers, cancel)).OrThrow();
    }

    /// <summary>A message as bytes, through the engine, committed.</summary>
    /// <param name="message">The PKIMessage.</param>
    /// <param name="cancel">Cancels.</param>
    /// <param name="change">Bends the call.</param>
    /// <param name="row">Unique id of the row it came in; null: it came in none.</param>
    public async Task<Outcome<byte[]>> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancel, Func<CmpCall, CmpCall>? change = null, string? row = null)
    {
        var call = new CmpCall { Alias = Alias, Message = message, FrontEnd = Admin };
        var work = new CaWork(row is null ? WorkOrigin.Interactive : new() { Source = "worker", Message = new("ds", new(row, SHA256.HashData(message.Span), 0), "tid", "Cmp", null) });
        Outcome<byte[]> answer = await Get<CmpEngine>().AnswerAsync(change?.Invoke(call) ?? call, work, cancel);
        await Get<ICaLedger>().CommitAsync(work, cancel);
        return answer;
    }

    public async Task<PkiMessage> SendAsync(PkiMessage message, CancellationToken cancel) =>
        PkiMessage.Read((await SendAsync(message.Encoded, cancel)).OrThrow()).OrThrow();

    public async Task<string> CountAsync(string sql, CancellationToken cancel) =>
        (await TestDatabases.RunPostgreSqlAsync(ConnectionString, sql, cancel)).TrimEnd('\n');

    public Task<string> IssuedAsync(CancellationToken cancel) => CountAsync("select count(*) from certificate where type = 1", cancel);

    /// <summary>A certificate for a key, not by CMP.</summary>
    public async Task<Certificate> EnrolAsync(string username, KeyPair key, CancellationToken cancel, string caName = CaName)
    {
        string dn = $"CN={username},O=Test";
        var work = new CaWork();
        Issued issued = (await Get<Issuer>().IssueAsync(new()
        {
            Actor = Admin,
            PlanKey = new(Guid.NewGuid().ToString("n"), RandomNumberGenerator.GetBytes(32), 0),
            Username = username,
            SubjectDn = dn,
            CaName = caName,
            EndEntityProfile = "EMPTY",
            Request = CertificationRequest.Create(DistinguishedName.Parse(dn).OrThrow(), key, HashAlgorithmName.SHA256),
            CreateOrEditUser = true,
        }, work, cancel)).OrThrow();
        await Get<ICaLedger>().CommitAsync(work, cancel);
        return issued.Certificate;
    }

    public async ValueTask DisposeAsync() => await services.DisposeAsync();

    private static CmpCa On(string connectionString, ManualClock? clock = null)
    {
        clock ??= new ManualClock();
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(clock);
        collection.AddCaCore(options => options.Configure(o =>
        {
            o.ConnectionString = connectionString;
            o.NodeId = "node-" + Guid.NewGuid().ToString("n");
            o.SecretIterations = 10_000;
        }));
        collection.AddCmpEngine();
        return new(connectionString, collection.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }), clock);
    }

    private static async Task FillAsync(string connectionString)
    {
        CancellationToken cancel = CancellationToken.None;
        await using CmpCa ca = On(connectionString);
        await ca.Get<CaDatabase>().MigrateAsync(cancel);
        using Secret pin = Pki.Protocols.Trust.Secret.FromText(Pin);
        (await ca.Get<CryptoTokens>().CreateAsync(ca.Admin, "keys", pin, cancel)).OrThrow();
        foreach (string name in (string[])[CaName, "Other"])
        {
            (await ca.Get<CertificateAuthorities>().CreateAsync(ca.Admin, new() { Name = name, SubjectDn = $"CN={name},O=Test,C=SE", Token = "keys", KeyAlias = name, KeySpec = "P-256" }, cancel)).OrThrow();
        }

        (await ca.Get<CmpAliases>().SetAsync(ca.Admin, Alias, new CmpAlias { CaName = CaName, Mode = CmpMode.Ra, ConfirmTimeout = TimeSpan.FromMinutes(5), AllowAutomaticKeyUpdate = true }, cancel)).OrThrow();
        await ca.SetSecretAsync("", Secret, keepOthers: false, cancel);
    }
}
