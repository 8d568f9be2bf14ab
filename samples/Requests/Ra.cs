using System.Text.Json;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Hosting;
using Pki.Protocols.X509;

namespace Samples.Requests;

/// <summary>The RA of the demo: its link to the CA, and what it may ask for.</summary>
internal sealed class Ra : IAsyncDisposable
{
    private readonly JsonDocument settings;
    private readonly MessageDatabase database;

    private Ra(JsonDocument settings, KeyStore keyStore, Certificate worker)
    {
        this.settings = settings;
        database = MessageDatabase.Open(new MessageStoreOptions { ConnectionString = Setting("messageDatabase") }, TimeProvider.System);
        var trust = new ServiceTrust([worker], issuer: null);
        Client = new(database.Messages, new ExtRaLink(keyStore, trust, Protection.Full, SubMessageCatalog.BuiltIn, TimeProvider.System));
    }

    public ExtRaClient Client { get; }

    public string CaName => Setting("caName");

    public string EndEntityProfile => Setting("endEntityProfile");

    public string CertificateProfile => Setting("certificateProfile");

    /// <summary>Our key signs the requests; the worker's certificate is what we encrypt to and whose answers we believe.</summary>
    public static async Task<Ra> ConnectAsync(string folder)
    {
        JsonDocument demo = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "demo.json")));
        string Setting(string name) => demo.RootElement.GetProperty(name).GetString()!;
        KeyStore keyStore = KeyStoreFile.Load(
            new KeyStoreOptions { Path = Setting("raKeyStore"), PasswordFile = Setting("raKeyStorePassword") }, "sample", Console.Error.WriteLine);
        return new(demo, keyStore, Certificate.FromPem(await File.ReadAllTextAsync(Setting("workerCertificate"))).OrThrow());
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        settings.Dispose();
    }

    private string Setting(string name) => settings.RootElement.GetProperty(name).GetString()!;
}
