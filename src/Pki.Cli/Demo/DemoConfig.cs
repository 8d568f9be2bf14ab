using System.Text.Json.Nodes;
using Pki.Cli.Configuration;

namespace Pki.Cli.Demo;

/// <summary>The configuration files of the demo's hosts. What a person adds to them stays.</summary>
internal sealed record DemoConfig(DemoFolder Folder, DemoPorts Ports, string CaDatabase, string MessageDatabase)
{
    public const string DataSource = "RAMessage1DS";
    private const string Alias = "scep";

    /// <summary>The CMP alias of RAs: who knows its secret may ask for any device.</summary>
    public const string CmpAlias = "demo";

    /// <summary>The CMP alias of registered devices: each has a secret of its own and asks for itself.</summary>
    public const string CmpClientAlias = "client";

    /// <summary>The URL of the SCEP RA, in the documented form (EXTERNAL_RA.md X-31).</summary>
    public Uri ScepUrl => new($"http://127.0.0.1:{Ports.ScepRa}/scepraserver/scep/pkiclient.exe");

    /// <summary>The URL of the CMP proxy.</summary>
    public Uri CmpUrl => CmpUrlOf(CmpAlias);

    /// <summary>The admin web.</summary>
    public Uri AdminUrl => new($"https://127.0.0.1:{Ports.AdminWeb}/");

    /// <summary>The URL of an alias at the CMP proxy (RFC 9811 §3.3).</summary>
    public Uri CmpUrlOf(string alias) => new($"http://127.0.0.1:{Ports.CmpProxy}/.well-known/cmp/p/{alias}");

    /// <summary>Writes all.</summary>
    public void Write()
    {
        PrivateFile.EnsureSecret(Folder.Challenge);
        PrivateFile.EnsureSecret(Folder.CmpSecret);
        PrivateFile.EnsureSecret(Folder.CmpDeviceSecret);
        ManagedJson.Write(Folder.CaConfig, CaSide(), Logging());
        ManagedJson.Write(Folder.ScepRaConfig, RaSide(), Logging());
        ManagedJson.Write(Folder.CmpProxyConfig, ProxySide(), Logging());
        ManagedJson.Write(Folder.AdminWebConfig, AdminSide(), Logging());
    }

    private JsonObject CaSide() => new()
    {
        ["Ca"] = new JsonObject
        {
            ["ConnectionString"] = CaDatabase,
            ["NodeId"] = "demo",
            ["TokenPinFiles"] = new JsonObject { [DemoCa.Management] = Folder.Pin(DemoCa.Management), [DemoCa.Devices] = Folder.Pin(DemoCa.Devices) },
        },
        ["DataSources"] = new JsonObject { [DataSource] = Database() },
        ["Workers"] = new JsonObject
        {
            ["scep"] = new JsonObject { ["DataSource"] = DataSource, ["RaIssuer"] = DemoCa.Management, ["KeyStore"] = KeyStore(DemoCa.Worker) },
        },
    };

    private JsonObject RaSide() => new()
    {
        ["ScepRa"] = new JsonObject
        {
            ["Listen"] = new JsonArray($"http://127.0.0.1:{Ports.ScepRa}"),
            ["Database"] = Database(),
            ["Link"] = new JsonObject { ["KeyStore"] = KeyStore(DemoCa.RaLink), ["WorkerCertificates"] = new JsonArray(Folder.Certificate(DemoCa.Worker)) },
            ["DefaultAlias"] = Alias,
            ["Aliases"] = new JsonObject
            {
                [Alias] = new JsonObject
                {
                    ["CaName"] = DemoCa.Devices,
                    ["RaKeyStores"] = new JsonArray(KeyStore(DemoCa.ScepRa)),
                    ["EndEntityProfile"] = DemoCa.Profile,
                    ["CertificateProfile"] = DemoCa.Profile,
                    ["Challenge"] = new JsonObject { ["Mode"] = "Static", ["SecretFile"] = Folder.Challenge },
                },
            },
        },
    };

    private JsonObject ProxySide() => new()
    {
        ["CmpProxy"] = new JsonObject
        {
            ["Listen"] = new JsonArray($"http://127.0.0.1:{Ports.CmpProxy}"),
            ["Database"] = Database(),
            ["Link"] = new JsonObject { ["KeyStore"] = KeyStore(DemoCa.CmpLink), ["WorkerCertificates"] = new JsonArray(Folder.Certificate(DemoCa.Worker)) },
            ["DefaultAlias"] = CmpAlias, // the CA says which aliases there are
        },
    };

    // No token PINs: a web page signs nothing.
    private JsonObject AdminSide() => new()
    {
        ["AdminWeb"] = new JsonObject
        {
            ["Listen"] = new JsonArray($"https://127.0.0.1:{Ports.AdminWeb}"),
            ["KeyStore"] = KeyStore(DemoCa.AdminWeb),
            ["AdministratorIssuer"] = DemoCa.Management,
            ["DemoLink"] = new JsonObject { ["TokenFile"] = Folder.DemoLinkToken, ["Role"] = DemoCa.AdministratorRole },
        },
        ["Ca"] = new JsonObject { ["ConnectionString"] = CaDatabase, ["NodeId"] = "demo" },
        ["DataSources"] = new JsonObject { [DataSource] = Database() },
    };

    private static JsonObject Logging() => new()
    {
        ["Logging"] = new JsonObject
        {
            ["LogLevel"] = new JsonObject { ["Default"] = "Information", ["Microsoft"] = "Warning", ["Quartz"] = "Warning" },
        },
    };

    private JsonObject Database() => new() { ["Dialect"] = "PostgreSql", ["ConnectionString"] = MessageDatabase };

    private JsonObject KeyStore(string name) => new() { ["Path"] = Folder.KeyStore(name), ["PasswordFile"] = Folder.KeyStorePassword(name) };
}
