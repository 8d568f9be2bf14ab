using Ca.Core.Issuance;
using Ca.Core.Roles;
using Ca.Core.Tests;
using ExtRa.Messages.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>
/// The admin web as it runs: Kestrel with mutual TLS on a free port, on a real CA database with one CA and one message
/// database. Time is by hand.
/// </summary>
internal sealed class Web : IAsyncDisposable
{
    public const string DataSource = "dmz1";
    public const string AdministratorRole = "Administrators";
    private static readonly TestPki ServerPki = new("CN=Server CA,O=Test");

    private readonly ScratchDirectory scratch = new();
    private readonly WebApplication app;
    private readonly string messageDatabase;

    private Web(TestCa ca, string messages, IReadOnlyDictionary<string, string?>? more)
    {
        Ca = ca;
        messageDatabase = messages;
        Messages = MessageDatabase.Open(new() { ConnectionString = messages, UseDoorbell = false }, ca.Clock);
        Dictionary<string, string?> settings = Settings(messages);
        foreach ((string key, string? value) in more ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            settings[key] = value?.Replace("{scratch}", scratch.Path, StringComparison.Ordinal).Replace("{messages}", messages, StringComparison.Ordinal);
        }

        app = AdminWebHost.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.AddSingleton<TimeProvider>(ca.Clock);
            builder.Logging.ClearProviders().AddProvider(Log);
        });
    }

    public TestCa Ca { get; }

    public MessageDatabase Messages { get; }

    public HostLog Log { get; } = new();

    /// <summary>Where it listens.</summary>
    public Uri Url => new(app.Urls.Single());

    /// <summary>A file the host's configuration may name as {scratch}/name.</summary>
    public string File(string name) => scratch.File(name);

    public static async Task<Web> StartAsync(CancellationToken cancel, IReadOnlyDictionary<string, string?>? settings = null)
    {
        TestCa ca = await TestCa.StartAsync(cancel);
        await ca.Role(AdministratorRole, [new("/", AccessDecision.AcceptRecursive)], "admin", cancel);
        string messages = await TestDatabases.NewPostgreSqlAsync(cancel);
        var web = new Web(ca, messages, settings);
        await web.Messages.CreateSchemaAsync(cancel);
        await web.app.StartAsync(cancel);
        return web;
    }

    /// <summary>A browser with the certificate of a user with this name, issued now by the CA.</summary>
    public async Task<Browser> AsAsync(string name, CancellationToken cancel) => new(Url, await KeyStoreAsync(name, cancel));

    /// <summary>A browser of the administrator who may do everything.</summary>
    public Task<Browser> AsAdminAsync(CancellationToken cancel) => AsAsync("admin", cancel);

    public async Task<KeyStore> KeyStoreAsync(string name, CancellationToken cancel, string profile = "ENDUSER") =>
        (await Ca.Get<KeyStoreIssuer>().IssueAsync(
            new() { Actor = Ca.Admin, Username = name, SubjectDn = $"CN={name},O=Test", CaName = TestCa.RootName, CertificateProfile = profile, KeySpec = "P-256" },
            cancel)).OrThrow();

    /// <summary>Runs SQL in the message database.</summary>
    public Task MessagesSqlAsync(string sql, CancellationToken cancel) => TestDatabases.RunPostgreSqlAsync(messageDatabase, sql, cancel);

    /// <summary>Issues a certificate for a device; its serial number.</summary>
    public async Task<string> DeviceAsync(string name, CancellationToken cancel, string? subject = null)
    {
        IssuanceRequest request = Ca.Request(name);
        Issued issued = (await Ca.IssueAsync(subject is null ? request : request with { SubjectDn = subject }, cancel)).OrThrow();
        return issued.Certificate.Serial.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await Messages.DisposeAsync();
        await Ca.DisposeAsync();
        scratch.Dispose();
    }

    private Dictionary<string, string?> Settings(string messages)
    {
        using KeyStore server = ServerPki.Issue("CN=localhost");
        using Secret password = Secret.FromText("server password");
        System.IO.File.WriteAllBytes(scratch.File("server.p12"), Pkcs12.Save(server, password, "server"));
        System.IO.File.WriteAllText(scratch.File("server.password"), "server password\n");
        return new(StringComparer.Ordinal)
        {
            ["AdminWeb:Listen:0"] = "https://127.0.0.1:0",
            ["AdminWeb:KeyStore:Path"] = scratch.File("server.p12"),
            ["AdminWeb:KeyStore:PasswordFile"] = scratch.File("server.password"),
            ["AdminWeb:AdministratorIssuer"] = TestCa.RootName,
            ["Ca:ConnectionString"] = Ca.ConnectionString,
            ["Ca:NodeId"] = "test",
            [$"DataSources:{DataSource}:ConnectionString"] = messages,
        };
    }
}

/// <summary>Short ways to set a CA up.</summary>
internal static class CaSetUp
{
    /// <summary>A role with one member, known by the common name of the certificate.</summary>
    public static async Task Role(this TestCa ca, string name, IReadOnlyList<AccessRule> rules, string member, CancellationToken cancel)
    {
        RoleStore roles = ca.Get<RoleStore>();
        (await roles.CreateAsync(ca.Admin, name, rules, cancel)).OrThrow();
        (await roles.AddMemberAsync(ca.Admin, name, TestCa.RootName, MatchWith.CommonName, member, cancel)).OrThrow();
    }
}
