using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using CmpProxy;
using ExtRa.Messages.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>A CA side with an alias <c>devices</c>, and CMP proxies in front of its message database, as many as a test wants.</summary>
internal sealed class CmpWorld : IAsyncDisposable
{
    public const string Alias = "devices";
    public const string SecretText = "insta rocks";

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly List<WebApplication> proxies = [];
    private readonly MessageDialect dialect;

    private CmpWorld(TestSystem system, MessageDialect dialect, Certificate ca)
    {
        System = system;
        this.dialect = dialect;
        Ca = ca;
    }

    public TestSystem System { get; }

    /// <summary>The CA that issues and signs answers.</summary>
    public Certificate Ca { get; }

    public static async Task<CmpWorld> CreateAsync(CancellationToken cancel, MessageDialect dialect = MessageDialect.PostgreSql)
    {
        TestSystem system = await TestSystem.CreateAsync(cancel, dialect);
        Actor admin = Actor.Internal("test");
        var alias = new CmpAlias { CaName = "IssuingCA", Mode = CmpMode.Ra, Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate, "ManagementCA")], AllowAutomaticKeyUpdate = true };
        (await system.Get<CmpAliases>().SetAsync(admin, Alias, alias, cancel)).OrThrow();
        using Secret secret = Secret.FromText(SecretText);
        (await system.Get<CmpSecrets>().SetAsync(admin, Alias, "", secret, keepOthers: false, cancel)).OrThrow();
        return new(system, dialect, (await system.Get<Ca.Core.Authorities.CertificateAuthorities>().FindAsync("IssuingCA", cancel))!.Certificate);
    }

    /// <summary>Makes the alias one for devices whose own enrolment code makes the MAC, and registers one (CMP-M-1).</summary>
    public async Task RegisterAsync(string name, string code, CancellationToken cancel)
    {
        Actor admin = Actor.Internal("test");
        CmpAliases aliases = System.Get<CmpAliases>();
        (await System.Get<ProfileStore>().SetAsync(admin, "Codes", FixedProfiles.Empty with { Password = new() { Reversible = true } }, cancel)).OrThrow();
        (await aliases.SetAsync(admin, Alias, (await aliases.FindAsync(Alias, cancel))! with { Mode = CmpMode.Client, Authentication = [new(CmpModule.Hmac)], EndEntityProfile = "Codes" }, cancel)).OrThrow();
        using Secret secret = Secret.FromText(code);
        (await System.Get<EndEntityStore>().SetAsync(admin, new() { Username = name, SubjectDn = $"CN={name},O=Test", CaName = "IssuingCA", EndEntityProfile = "Codes", CertificateProfile = "ENDUSER", Secret = secret }, cancel)).OrThrow();
    }

    /// <summary>Starts a proxy.</summary>
    /// <param name="cancel">Cancels.</param>
    /// <param name="adjust">Changes its configuration; null takes a setting away.</param>
    /// <returns>Where clients of the alias post to.</returns>
    public async Task<Uri> StartProxyAsync(CancellationToken cancel, Action<Dictionary<string, string?>>? adjust = null)
    {
        File.WriteAllText(System.PathOf("worker.pem"), System.Worker.Certificate.ToPem());
        var keyStore = System.WriteKeyStore("proxy", System.Ra, "a password");
        var settings = new Dictionary<string, string?>
        {
            ["CmpProxy:Listen:0"] = "http://127.0.0.1:0",
            ["CmpProxy:Database:Dialect"] = dialect.ToString(),
            ["CmpProxy:Database:ConnectionString"] = System.MessageConnection,
            ["CmpProxy:Link:KeyStore:Path"] = keyStore["Path"]!.GetValue<string>(),
            ["CmpProxy:Link:KeyStore:PasswordFile"] = keyStore["PasswordFile"]!.GetValue<string>(),
            ["CmpProxy:Link:WorkerCertificates:0"] = System.PathOf("worker.pem"),
            ["CmpProxy:DefaultAlias"] = Alias,
            [$"CmpProxy:Aliases:{Alias}:HoldTimeout"] = "00:01:30",
            ["CmpProxy:PublicationRefresh"] = "00:00:00.100",
        };
        adjust?.Invoke(settings);
        WebApplication proxy = CmpProxyHost.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings.Where(pair => pair.Value is not null));
            builder.Logging.ClearProviders();
        });
        proxies.Add(proxy);
        await proxy.StartAsync(cancel);
        return new(new Uri(proxy.Urls.Single()), $"/.well-known/cmp/p/{Alias}");
    }

    /// <summary>Stops all proxies, as an upgrade does.</summary>
    public async Task StopProxiesAsync()
    {
        foreach (WebApplication proxy in proxies)
        {
            await proxy.StopAsync(CancellationToken.None);
            await proxy.DisposeAsync();
        }

        proxies.Clear();
    }

    /// <summary>Begins a transaction of a client that knows the secret.</summary>
    public CmpClientTransaction Begin(string keyId, string secret = SecretText) =>
        Begin(CmpCredentials.OfSecret(keyId, Secret.FromText(secret), PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(16), 500)));

    public CmpClientTransaction Begin(CmpCredentials credentials) => new(credentials, Ca, TimeProvider.System, RandomNumberGenerator.Fill);

    /// <summary>A key with a certificate for <c>CN=name,O=Test</c>, not by CMP.</summary>
    public async Task<KeyStore> HolderAsync(string name, CancellationToken cancel) => (await System.Get<KeyStoreIssuer>().IssueAsync(
        new() { Actor = Actor.Internal("test"), Username = name, SubjectDn = $"CN={name},O=Test", CaName = "IssuingCA", CertificateProfile = "ENDUSER", KeySpec = "P-256" }, cancel)).OrThrow();

    /// <summary>ir or kur for <c>CN=name,O=Test</c>.</summary>
    public static PkiBody Request(PkiBodyKind kind, string name, KeyPair key) =>
        CmpClientTransaction.RequestFor(kind, key, new() { Subject = DistinguishedName.Parse($"CN={name},O=Test").OrThrow() });

    /// <summary>Sends a message, and waits for the answer as long as the proxy does.</summary>
    public async Task<byte[]> PostAsync(Uri url, PkiMessage message, CancellationToken cancel)
    {
        (HttpStatusCode status, byte[] answer) = await TryPostAsync(http, url, message, cancel);
        Assert.AreEqual(HttpStatusCode.OK, status);
        return answer;
    }

    /// <summary>Sends a message, and says which status came back.</summary>
    public async Task<HttpStatusCode> StatusAsync(Uri url, PkiMessage message, CancellationToken cancel) => (await TryPostAsync(http, url, message, cancel)).Status;

    /// <summary>The same by a client of its own.</summary>
    public static async Task<(HttpStatusCode Status, byte[] Answer)> TryPostAsync(HttpClient client, Uri url, PkiMessage message, CancellationToken cancel)
    {
        using var content = new ReadOnlyMemoryContent(message.Encoded);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/pkixcmp");
        using HttpResponseMessage response = await client.PostAsync(url, content, cancel);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel));
    }

    /// <summary>Confirms a certificate; the CA must take note.</summary>
    public async Task ConfirmAsync(Uri url, CmpClientTransaction transaction, Certificate issued, CancellationToken cancel)
    {
        PkiMessage confirmation = transaction.Next(CmpClientTransaction.ConfirmationOf(issued).OrThrow());
        PkiBody answer = transaction.Read(await PostAsync(url, confirmation, cancel)).OrThrow();
        Assert.AreEqual(PkiBodyKind.PkiConfirmation, answer.Kind);
    }

    public async ValueTask DisposeAsync()
    {
        await StopProxiesAsync();
        http.Dispose();
        await System.DisposeAsync();
    }
}
