using Pki.Cli.Configuration;

namespace Pki.Cli.Demo;

/// <summary>Where the demo keeps what: one folder, by default <c>var</c>, holds everything.</summary>
/// <param name="Root">The folder.</param>
internal sealed record DemoFolder(string Root)
{
    public string Database => At("pg");

    public string CaConfig => At("conf/ca.json");

    public string ScepRaConfig => At("conf/scep-ra.json");

    public string CmpSecret => At("secrets/cmp-secret");

    /// <summary>The secret of the devices registered for CMP.</summary>
    public string CmpDeviceSecret => At("secrets/cmp-device-secret");

    public string CmpProxyConfig => At("conf/cmp-proxy.json");

    public string AdminWebConfig => At("conf/admin-web.json");

    /// <summary>The one-time token of the admin web's link; gone once it was used.</summary>
    public string DemoLinkToken => At("secrets/admin-web-link");

    public string Report => At("demo.json");

    public string Challenge => At("secrets/scep-challenge");

    public string Pin(string token) => At($"secrets/{token}.pin");

    public string KeyStore(string name) => At($"keystores/{name}.p12");

    public string KeyStorePassword(string name) => At($"keystores/{name}.password");

    public string Certificate(string name) => At($"certs/{name}.pem");

    public string Crl(string ca) => At($"certs/{ca}.crl");

    public string Log(string host) => At($"log/{host}.log");

    public string Proof(string file) => At($"proof/{file}");

    /// <summary>Makes what is missing.</summary>
    public void Create()
    {
        foreach (string folder in new[] { "conf", "secrets", "keystores", "certs", "log", "proof" })
        {
            PrivateFile.EnsureFolder(At(folder));
        }
    }

    /// <summary>Holds the folder for this process, so that two demos never share one.</summary>
    public FileStream Lock()
    {
        PrivateFile.EnsureFolder(Root);
        try
        {
            return new FileStream(At("demo.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (fault is not DirectoryNotFoundException)
        {
            throw new CliException($"A demo is running in '{Root}' already.", "Stop it with Ctrl-C first, or start this one with --dir and --port-base of its own.", inner: fault);
        }
    }

    private string At(string path) => Path.Combine(Root, path);
}
