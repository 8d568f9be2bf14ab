using System.Text.Json.Nodes;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Configuration;
using Pki.Cli.Configuration;
using Pki.Cli.Demo;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace Pki.Cli.Tests;

/// <summary>
/// What the demo sets up, without its servers: two CAs, keystores, a role, both configuration files, on databases of a
/// test's own. Made once for each process and copied, because its RSA keys take time.
/// </summary>
internal sealed class SmallCa : IDisposable
{
    private static readonly DemoFolder Original = new(Directory.CreateTempSubdirectory("pki-cli-original-").FullName);
    private static readonly string[] Copied = ["secrets", "keystores", "certs"];

    private readonly Scratch scratch = new();

    private SmallCa(string caDatabase, string messageDatabase)
    {
        Folder = new(scratch.Path);
        CaDatabase = caDatabase;
        MessageDatabase = messageDatabase;
        Folder.Create();
        foreach (string file in Copied.SelectMany(folder => Directory.GetFiles(Path.Combine(Original.Root, folder))))
        {
            File.Copy(file, Path.Combine(scratch.Path, Path.GetRelativePath(Original.Root, file)));
        }

        new DemoConfig(Folder, new DemoPorts(0, 0), caDatabase, messageDatabase).Write();
    }

    public DemoFolder Folder { get; }

    public string CaDatabase { get; }

    public string MessageDatabase { get; }

    public static async Task<SmallCa> CreateAsync(CancellationToken cancel)
    {
        string ca = await TestDatabases.NewPostgreSqlAsync("cli-ca", FillAsync, cancel);
        string messages = await TestDatabases.NewPostgreSqlAsync("cli-messages", PrepareMessagesAsync, cancel);
        return new(ca, messages);
    }

    /// <summary>Runs a command with this configuration.</summary>
    public Task<Run> PkiAsync(params string[] args) => PkiAsync(TimeProvider.System, args);

    public Task<Run> PkiAsync(TimeProvider clock, params string[] args) => Run.PkiAsync(clock, ["--config", Folder.CaConfig, .. args]);

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<Run> MustAsync(params string[] args)
    {
        Run run = await PkiAsync(args);
        Assert.AreEqual(ExitCode.Success, run.Code, run.Error);
        return run;
    }

    /// <summary>Changes one value of the CA side's configuration.</summary>
    public void SetCa(string path, JsonNode? value) => Set(Folder.CaConfig, path, value);

    /// <summary>Changes one value of the RA side's configuration.</summary>
    public void SetRa(string path, JsonNode? value) => Set(Folder.ScepRaConfig, path, value);

    /// <summary>Writes a keystore that did not come from these CAs, and returns how a configuration names it.</summary>
    public JsonObject Write(KeyStore keyStore)
    {
        (string store, string password) = (scratch.File("foreign.p12"), scratch.File("foreign.password"));
        PrivateFile.EnsureSecret(password);
        using Secret secret = Secret.FromText(File.ReadAllText(password).TrimEnd('\n'));
        PrivateFile.Write(store, Pkcs12.Save(keyStore, secret, "foreign"));
        return new() { ["Path"] = store, ["PasswordFile"] = password };
    }

    /// <summary>Has a keystore issued here, and returns how a configuration names it.</summary>
    public async Task<JsonObject> IssueAsync(string name, string ca, string profile, string key)
    {
        string store = scratch.File($"{name}.p12");
        await MustAsync("keystore", "issue", name, "--ca", ca, "--certificate-profile", profile, "--key", key, "--out", store);
        return new() { ["Path"] = store, ["PasswordFile"] = scratch.File($"{name}.password") };
    }

    public void Dispose() => scratch.Dispose();

    /// <summary>Removes what all copies were made from.</summary>
    public static void RemoveOriginal() => Directory.Delete(Original.Root, recursive: true);

    private static void Set(string file, string path, JsonNode? value)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(file))!;
        string[] names = path.Split(':');
        JsonNode at = names[..^1].Aggregate(root, (node, name) => int.TryParse(name, out int index) ? node[index]! : node[name] ??= new JsonObject());
        if (int.TryParse(names[^1], out int last))
        {
            at[last] = value;
        }
        else
        {
            at[names[^1]] = value;
        }

        PrivateFile.Write(file, root.ToJsonString());
    }

    private static async Task FillAsync(string connectionString)
    {
        Original.Create();
        new DemoConfig(Original, new DemoPorts(0, 0), connectionString, "Host=/nowhere").Write();
        IConfiguration configuration = ConfigurationFile.Read(Original.CaConfig).Root;
        await using var ca = new CaSession(configuration, TimeProvider.System);
        await new DemoCa(ca, Original, CancellationToken.None).EnsureAsync();
    }

    private static async Task PrepareMessagesAsync(string connectionString)
    {
        await using MessageDatabase database = ExtRa.Messages.Store.MessageDatabase.Open(new() { ConnectionString = connectionString, UseDoorbell = false }, TimeProvider.System);
        await database.CreateSchemaAsync(CancellationToken.None);
    }
}

[TestClass]
public static class SmallCaLifetime
{
    [AssemblyCleanup]
    public static void RemoveTheOriginal() => SmallCa.RemoveOriginal();
}
