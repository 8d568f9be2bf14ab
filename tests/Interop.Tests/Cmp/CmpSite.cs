using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pki.PrivateServers;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Interop.Tests.Cmp;

/// <summary>
/// What an administrator of the demo adds for CMP, with <c>pki</c> and a configuration file: an RA's certificate and its
/// right, aliases in both conformance profiles with a secret, a second proxy that serves them.
/// </summary>
internal sealed class CmpSite : IAsyncDisposable
{
    /// <summary>The alias that takes what RFC 4210 and RFC 9810 allow.</summary>
    public const string Interop = "interop";

    /// <summary>The alias that holds its clients to RFC 9483.</summary>
    public const string Lightweight = "lightweight";

    /// <summary>The alias whose RAs are believed when they vouch for a key.</summary>
    public const string Vouching = "vouching";

    /// <summary>The alias of devices that show an enrolment code of their own.</summary>
    public const string Codes = "codes";

    /// <summary>An alias that the proxy has and the CA has not.</summary>
    public const string Forgotten = "forgotten";

    private const string Role = "CMP RA of the tests";
    private const string RaIssuer = "ManagementCA";
    private const string Reversible = "reversible";

    private static readonly Lazy<Task<CmpSite>> One = new(CreateAsync);

    private readonly Tool files = new(Built.DotNet);
    private HostProcess? proxy;

    private CmpSite()
    {
        SecretText = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        Ca = Certificate.FromPem(File.ReadAllText(Demo.Setting("caCertificate"))).OrThrow();
    }

    /// <summary>The secret of all aliases.</summary>
    public string SecretText { get; }

    /// <summary>The CA that issues and signs answers.</summary>
    public Certificate Ca { get; }

    /// <summary>The RA that signs.</summary>
    public KeyStore Ra { get; private set; } = null!;

    /// <summary>The proxy's port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    public static Task<CmpSite> GetAsync() => One.Value;

    /// <summary>Stops what was started.</summary>
    public static async ValueTask StopAsync()
    {
        if (One is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await One.Value).DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await proxy!.DisposeAsync();
        Ra.Dispose();
        files.Dispose();
    }

    /// <summary>Where clients of an alias post to.</summary>
    public Uri Url(string alias) => new($"http://127.0.0.1:{Port}/.well-known/cmp/p/{alias}");

    /// <summary>Credentials by the secret, or by another.</summary>
    public CmpCredentials Knowing(string keyId, string? secret = null) =>
        CmpCredentials.OfSecret(keyId, Secret.FromText(secret ?? SecretText), PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(16), 500));

    /// <summary>Begins a transaction of our own client.</summary>
    public CmpClientTransaction Begin(CmpCredentials credentials) => new(credentials, Ca, TimeProvider.System, RandomNumberGenerator.Fill);

    /// <summary>A certificate by our own client, confirmed.</summary>
    public async Task<KeyStore> EnrolAsync(string alias, string name, CancellationToken cancel)
    {
        using var client = new CmpHttp();
        CmpClientTransaction transaction = Begin(Knowing(name));
        KeyPair key = KeyPair.Generate("P-256");
        PkiBody request = CmpClientTransaction.RequestFor(PkiBodyKind.InitializationRequest, key, new() { Subject = DistinguishedName.Parse($"CN={name},O=Interop").OrThrow() });
        PkiBody answer = transaction.Read(await client.PostAsync(Url(alias), transaction.Next(request), cancel)).OrThrow();
        Certificate issued = CmpClientTransaction.IssuedIn(answer).OrThrow();
        PkiMessage confirmation = transaction.Next(CmpClientTransaction.ConfirmationOf(issued).OrThrow());
        Assert.AreEqual(PkiBodyKind.PkiConfirmation, transaction.Read(await client.PostAsync(Url(alias), confirmation, cancel)).OrThrow().Kind);
        return new(key, issued, [Ca]);
    }

    private static async Task<CmpSite> CreateAsync()
    {
        var site = new CmpSite();
        await Task.WhenAll(site.CreateRaAsync(), site.CreateAliasesAsync());
        await site.StartProxyAsync();
        return site;
    }

    private async Task CreateRaAsync()
    {
        Task role = PkiAsync("role", "create", Role, "--template", "RAADMINISTRATOR", "--allow-ca", Demo.Setting("caName"), "--allow-profile", Demo.Setting("endEntityProfile"));
        await PkiAsync("keystore", "issue", "cmp-ra", "--ca", RaIssuer, "--subject", "CN=cmp-ra,O=Interop", "--certificate-profile", "LINK", "--out", files.File("ra.p12"), "--certificate-out", files.File("ra.pem"));
        await role;
        await PkiAsync("role", "add-member", Role, "--certificate", files.File("ra.pem"));
        using Secret password = Secret.FromText(File.ReadAllText(files.File("ra.password")).TrimEnd('\n'));
        Ra = Pkcs12.Load(File.ReadAllBytes(files.File("ra.p12")), password).OrThrow();
    }

    private async Task CreateAliasesAsync()
    {
        await File.WriteAllTextAsync(files.File("secret"), SecretText + "\n");
        await Task.WhenAll(
            CreateAliasAsync(Interop, new() { ["allowMacRevocation"] = true }),
            CreateAliasAsync(Lightweight, new() { ["conformance"] = "lightweight" }),
            CreateAliasAsync(Vouching, new() { ["allowRaVerified"] = true }),
            CreateCodesAsync());
    }

    /// <summary>Registers a device with an enrolment code that brings it one certificate.</summary>
    public async Task RegisterAsync(string device, string codeFile) =>
        await PkiAsync("user", "add", device, "--subject", $"CN={device},O=Interop", "--ca", Demo.Setting("caName"), "--end-entity-profile", Reversible, "--certificate-profile", Demo.Setting("certificateProfile"), "--secret-file", codeFile);

    private async Task CreateCodesAsync()
    {
        await File.WriteAllTextAsync(files.File("profile.json"), """{ "anyFields": true, "password": { "reversible": true } }""");
        await PkiAsync("profile", "create", "endEntity", Reversible, "--from", files.File("profile.json"));
        var alias = new JsonObject { ["mode"] = "client", ["caName"] = Demo.Setting("caName"), ["endEntityProfile"] = Reversible };
        await File.WriteAllTextAsync(files.File(Codes + ".json"), alias.ToJsonString());
        await PkiAsync("cmp", "alias", "create", Codes, "--from", files.File(Codes + ".json"));
    }

    private async Task CreateAliasAsync(string name, JsonObject members)
    {
        members["mode"] = "ra";
        members["allowAutomaticKeyUpdate"] = true;
        members["caName"] = Demo.Setting("caName");
        members["endEntityProfile"] = Demo.Setting("endEntityProfile");
        members["certificateProfile"] = Demo.Setting("certificateProfile");
        members["authentication"] = new JsonArray(
            new JsonObject { ["module"] = "hmac" },
            new JsonObject { ["module"] = "endEntityCertificate", ["parameter"] = RaIssuer });
        await File.WriteAllTextAsync(files.File(name + ".json"), members.ToJsonString());
        await PkiAsync("cmp", "alias", "create", name, "--from", files.File(name + ".json"));
        await PkiAsync("cmp", "secret", "set", name, "--secret-file", files.File("secret"));
    }

    /// <summary>The demo's proxy once more, on a port of its own and with these aliases.</summary>
    private async Task StartProxyAsync()
    {
        Port = FreePort.Next();
        JsonNode configuration = JsonNode.Parse(await File.ReadAllTextAsync(Demo.File("conf/cmp-proxy.json")))!;
        JsonNode settings = configuration["CmpProxy"]!;
        settings["Listen"] = new JsonArray($"http://127.0.0.1:{Port}");
        settings["DefaultAlias"] = Interop;
        settings["Aliases"] = new JsonObject
        {
            [Interop] = Served("Interop"),
            [Lightweight] = Served("Lightweight"),
            [Vouching] = Served("Interop"),
            [Codes] = Served("Interop"),
            [Forgotten] = Served("Interop"),
        };
        await File.WriteAllTextAsync(files.File("proxy.json"), configuration.ToJsonString());
        proxy = HostProcess.Start("CmpProxy", files.File("proxy.json"));
        await proxy.AnswersAsync(Url(Interop));
    }

    private async Task PkiAsync(params string[] command)
    {
        using var pki = new Tool(Built.DotNet);
        (await pki.RunAsync([Built.Program("Pki.Cli", "pki"), "--config", Demo.Setting("caConfig"), .. command], CancellationToken.None)).EndedWith(0);
    }

    /// <summary>Held for as long as OpenSSL's client waits, so that a busy machine makes no failure.</summary>
    private static JsonObject Served(string conformance) => new() { ["Conformance"] = conformance, ["HoldTimeout"] = "00:01:30" };
}
