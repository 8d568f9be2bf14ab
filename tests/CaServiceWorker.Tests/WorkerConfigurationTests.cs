using System.Text.Json.Nodes;
using ExtRa.Messages.Client;
using Microsoft.Extensions.Configuration;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>A worker that is configured wrongly does not start and says which key is wrong (FLAWS.md F14, H6; EXTERNAL_RA.md ).</summary>
[TestClass]
public sealed class WorkerConfigurationTests
{
    private static TestSystem shared = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => shared = await TestSystem.CreateAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await shared.DisposeAsync();

    [TestMethod]
    [DataRow("Workers.w1.Signaturerequierd", "true", "Signaturerequierd", DisplayName = "Flaw H6: a key nobody knows")]
    [DataRow("Workers.w1.KeyStore.Pwd", "'x'", "Pwd", DisplayName = "Flaw H6: a nested key nobody knows")]
    [DataRow("Ca.ConectionString", "'x'", "ConectionString", DisplayName = "Flaw H6: a key of the CA nobody knows")]
    [DataRow("DataSources.RAMessage1DS.Dialekt", "'x'", "Dialekt", DisplayName = "Flaw H6: a key of the data source nobody knows")]
    [DataRow("Workers.w1.DataSource", "'NoSuchDS'", "DataSources:NoSuchDS", DisplayName = "Flaw F14: a data source that is not configured")]
    [DataRow("DataSources.RAMessage1DS.ConnectionString", "''", "DataSources:RAMessage1DS:ConnectionString", DisplayName = "Flaw F14: a data source without an address")]
    [DataRow("Workers.w1.RaIssuer", "'NoSuchCA'", "Workers:w1:RaIssuer", DisplayName = "Flaw F14: an RA issuer that does not exist")]
    [DataRow("Workers.w1.SignatureRequired", "'yes'", "Workers:w1:SignatureRequired", DisplayName = "Flaw C2: an unclear security switch")]
    [DataRow("Workers.w1.SignatureRequired", "false", "Workers:w1:UnsignedActsAs", DisplayName = "Flaw C1: unsigned requests without a role to act as")]
    [DataRow("Workers.w1.WhiteList", "['PKCS10Reqest']", "Workers:w1:WhiteList names 'PKCS10Reqest'", DisplayName = "Flaw C3: a misspelt name on the white list")]
    [DataRow("Workers.w1.WhiteList", "['PKCS10']", "Workers:w1:WhiteList names 'PKCS10'", DisplayName = "Flaw C3: a part of a name on the white list")]
    [DataRow("Workers.w1.KeyStore", "null", "Workers:w1:KeyStore:Path", DisplayName = "Flaw F14: no keystore")]
    [DataRow("Workers.w1.KeyStore.Path", "'/nowhere/worker.p12'", "Workers:w1:KeyStore:Path", DisplayName = "Flaw F14: a keystore that is not there")]
    [DataRow("Workers.w1.KeyStore.PasswordFile", "'/nowhere/password'", "Workers:w1:KeyStore:PasswordFile", DisplayName = "Flaw F14: a password file that is not there")]
    [DataRow("Workers.w1.LegacyRequests", "'yes'", "Workers:w1:LegacyRequests", DisplayName = "Flaw C2: an unclear legacy switch")]
    [DataRow("Workers.w1.LegacyRequests", "'Accept'", "encrypt to RSA keys only", DisplayName = "Flaw F14: legacy requests, and a key that no legacy program can encrypt to")]
    [DataRow("Workers.w1.LegacySignatureRequired", "false", "LegacyRequests is Refuse", DisplayName = "Flaw F14: a legacy loosening without legacy requests")]
    [DataRow("Workers.w1.Placement", "'Pinned'", "Workers:w1:Nodes", DisplayName = "Flaw F14: pinned to no node")]
    [DataRow("Workers.w1.MaxAttempts", "0", "MaxAttempts", DisplayName = "Flaw F14: a number out of range")]
    [DataRow("PlugInFolder", "'/nowhere/plug-ins'", "/nowhere/plug-ins", DisplayName = "Flaw F14: a plug-in folder that is not there")]
    public async Task Flaw_F14_A_wrong_configuration_stops_the_start_and_names_the_key(string path, string json, string named)
    {
        JsonObject configuration = shared.Configuration.DeepClone().AsObject();
        string[] keys = path.Split('.');
        JsonObject parent = keys[..^1].Aggregate(configuration, (node, key) => node[key]!.AsObject());
        parent[keys[^1]] = JsonNode.Parse(json.Replace('\'', '"'));

        await AssertDoesNotStartAsync(configuration, named);
    }

    [TestMethod]
    [DataRow("LegacySignatureRequired", "Workers:w1:UnsignedActsAs", DisplayName = "Flaw C1: unsigned legacy requests without a role")]
    [DataRow("LegacyEncryptionRequired", "Workers:w1:LegacyEncryptionRequired needs", DisplayName = "Flaw D1: encrypted answers to nobody")]
    public async Task Flaw_F14_Legacy_options_that_contradict_each_other_stop_the_start(string option, string named)
    {
        JsonObject configuration = shared.Configuration.DeepClone().AsObject();
        JsonObject worker = configuration["Workers"]!["w1"]!.AsObject();
        worker["LegacyRequests"] = "Accept";
        worker["LegacySignatureRequired"] = false;
        worker["LegacyEncryptionRequired"] = option == "LegacyEncryptionRequired";
        await AssertDoesNotStartAsync(configuration, named);
    }

    [TestMethod]
    public async Task Flaw_D9_The_default_password_of_the_legacy_product_is_refused()
    {
        JsonObject configuration = shared.Configuration.DeepClone().AsObject();
        configuration["Workers"]!["w1"]!["KeyStore"] = shared.WriteKeyStore("default", shared.Worker, "foo123");
        Exception refused = await AssertDoesNotStartAsync(configuration, "Workers:w1:KeyStore");
        Assert.DoesNotContain("foo123", refused.ToString());
    }

    [TestMethod]
    [DataRow(KeyUsages.KeyAgreement, "digitalSignature")]
    [DataRow(KeyUsages.DigitalSignature, "keyAgreement")]
    public async Task Flaw_F14_A_keystore_that_cannot_do_its_work_stops_the_start(KeyUsages usage, string lacking)
    {
        KeyStore weak = await shared.IssueLinkAsync($"weak-{lacking}", Cancel, usage: usage, member: false);
        JsonObject configuration = shared.Configuration.DeepClone().AsObject();
        configuration["Workers"]!["w1"]!["KeyStore"] = shared.WriteKeyStore(lacking, weak, "a password");
        Exception refused = await AssertDoesNotStartAsync(configuration, "Workers:w1:KeyStore");
        Assert.Contains(lacking, refused.ToString());
    }

    [TestMethod]
    [DataRow("yes", true)]
    [DataRow("1", true)]
    [DataRow("true ", true)]
    [DataRow("", true)]
    [DataRow("fasle", true)]
    [DataRow("no", true)]
    [DataRow("false", false)]
    public void Flaw_C2_Anything_but_the_word_false_means_required(string value, bool required)
    {
        IConfigurationSection section = Section(new() { ["externalra-caservice.signature.required"] = value, ["externalra-caservice.encryption.required"] = value });
        WorkerOptions options = WorkerOptions.Read(section);
        Assert.AreEqual(required, options.SignatureRequired);
        Assert.AreEqual(required, options.EncryptionRequired);
    }

    [TestMethod]
    public void The_documented_legacy_properties_mean_what_they_meant()
    {
        WorkerOptions options = WorkerOptions.Read(Section(new()
        {
            ["externalra-caservice.persistenceunit"] = "RAMessage2DS",
            ["externalra-caservice.keystore.path"] = "keystore/extrakeystore.p12",
            ["externalra-caservice.keystore.pwd"] = "file:/etc/pki/worker.password",
            ["externalra-caservice.raissuer"] = "AdminCA1",
            ["externalra-caservice.whitelist"] = " org.ejbca.extra.db.PKCS10Request, CMPRequest,",
            ["Interval"] = "00:00:05",
        }));
        Assert.AreEqual("RAMessage2DS", options.DataSource);
        Assert.AreEqual("keystore/extrakeystore.p12", options.KeyStore.Path);
        Assert.AreEqual("/etc/pki/worker.password", options.KeyStore.PasswordFile);
        Assert.AreEqual("AdminCA1", options.RaIssuer);
        CollectionAssert.AreEqual(new[] { "PKCS10Request", "CMPRequest" }, Worker.Listed(options).ToArray());
        Assert.AreEqual(TimeSpan.FromSeconds(5), options.Interval);
        Assert.IsTrue(options.SignatureRequired && options.EncryptionRequired, "the secure profile where nothing is said");
    }

    [TestMethod]
    [DataRow("externalra-caservice.keystore.pwd", "foo123", "keystore.pwd", DisplayName = "a password in the clear")]
    [DataRow("externalra-caservice.signature.requierd", "false", "signature.requierd", DisplayName = "a legacy key nobody knows")]
    public void Flaw_H6_A_legacy_property_that_cannot_be_taken_stops_the_start(string key, string value, string named)
    {
        Exception refused = Assert.Throws<InvalidOperationException>(() => WorkerOptions.Read(Section(new() { [key] = value })));
        Assert.Contains(named, refused.Message);
        Assert.DoesNotContain("foo123", refused.Message);
    }

    [TestMethod]
    public async Task A_worker_configured_with_legacy_properties_serves()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        JsonObject worker = system.WorkerSection;
        string path = worker["KeyStore"]!["Path"]!.GetValue<string>();
        string password = worker["KeyStore"]!["PasswordFile"]!.GetValue<string>();
        worker.Clear();
        worker["externalra-caservice.persistenceunit"] = "RAMessage1DS";
        worker["externalra-caservice.encryption.required"] = "true";
        worker["externalra-caservice.signature.required"] = "yes";
        worker["externalra-caservice.keystore.path"] = path;
        worker["externalra-caservice.keystore.pwd"] = "file:" + password;
        worker["externalra-caservice.raissuer"] = "ManagementCA";
        worker["externalra-caservice.whitelist"] = "org.ejbca.extra.db.PKCS10Request";
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer answer = (await system.Client.SendAsync([TestSystem.Enrol("legacy")], Eventually.Patience, Cancel)).OrThrow();
        Assert.IsTrue(answer.Responses.Single().Success);
    }

    private async Task<Exception> AssertDoesNotStartAsync(JsonObject configuration, string named)
    {
        string file = shared.WriteFile(Guid.NewGuid().ToString("N") + ".json", configuration.ToJsonString());
        Exception refused = await Assert.ThrowsAsync<Exception>(async () =>
        {
            using Microsoft.Extensions.Hosting.IHost host = Composition.Build(["--config", file]);
            await host.StartAsync(Cancel);
            await host.StopAsync(Cancel);
        });
        Assert.Contains(named, refused.ToString());
        return refused;
    }

    private static IConfigurationSection Section(Dictionary<string, string?> values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(pair => new KeyValuePair<string, string?>("Workers:w1:" + pair.Key, pair.Value))).Build().GetSection("Workers:w1");
}
