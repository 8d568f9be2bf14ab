extern alias worker;

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Pki.Cli;
using Pki.Protocols.X509;
using TestKit;

namespace Pki.Migration.Tests.Settings;

/// <summary>MIGRATION §6: a legacy site's files become configuration that the hosts accept, and every key is accounted for.</summary>
[TestClass]
[NeedsTool("openssl")]
public sealed class SettingsImportTests
{
    private const string DatabasePassword = "p;a'ss$\"w\\ord`x";
    private const string Challenge = "challenge-word";

    private const string ExternalRa = """
        # build time
        externalra.enabled=true
        externalra.source-1.jdbc-url=jdbc:mysql://127.0.0.1:3306/messages?characterEncoding=UTF-8
        externalra.source-1.username=ejbca
        externalra.source-1.password=p;a'ss$"w\\ord`x
        externalra.source-2.jdbc-url=jdbc:postgresql://db2/messages
        externalra.source-2.username=ejbca
        externalra.source-2.password=other-word
        """;

    private const string Worker = """
        externalra-caservice.persistenceunit=RAMessage1DS
        externalra-caservice.encryption.required=false
        externalra-caservice.signature.required=yes
        externalra-caservice.keystore.path=/opt/ejbca/keystore/extra.p12
        externalra-caservice.keystore.pwd=worker-word
        externalra-caservice.raissuer=ManagementCA
        externalra-caservice.whitelist=org.ejbca.extra.db.PKCS10Request, RevocationRequest
        interval.periodical.unit=SECONDS
        interval.periodical.value=5
        pintonodes=node1,node2
        """;

    private const string ScepRa = """
        allow.external-dynamic.configuration=false
        scep.ra.keyStorePath.1=/opt/jboss/sceprakeystore.p12
        scep.ra.keyStorePassword.1=scep-word
        scep.ra.authPwd=challenge-word
        scep.ra.namegenerationscheme=DN
        scep.ra.namegenerationparameters=UID;SN;CN;NOSUCH
        scep.ra.namegenerationprefix=dev-
        scep.ra.createOrEditUser=true
        scep.ra.certificateProfile=ENDUSER
        scep.ra.entityProfile=EMPTY
        scep.ra.defaultCA=OtherCA
        CN\=Scep\ CA,O\=EJBCA\ Sample,C\=SE=ScepCA
        CN\=Nobody,C\=SE=NoCA
        scep.ra.datasource.jdbc-url=jdbc:postgresql://127.0.0.1/messages
        scep.ra.datasource.username=ejbca
        scep.ra.datasource.password=third-word
        externalra-database.driver=com.mysql.jdbc.Driver
        scep.ra.unheard.of=1
        """;

    private const string CmpProxy = """
        cmp.backend.protocol extra
        cmp.backend.extra.keystorepath proxy.p12
        cmp.backend.extra.keystorepwd proxy-word
        cmp.backend.extra.caservicecertpath service.pem
        cmp.backend.extra.issuerchainpath chain.pem
        cmp.backend.hmacPasswordValidationRequired true
        cmp.backend.hmacPassword.keylist [ManagementCA:mac-word-1][CN=Devices,O=Example:mac-word-2]
        cmp.backend.signatureRequired true
        """;

    [TestMethod]
    public async Task The_hosts_accept_what_was_written()
    {
        using var site = new LegacySite();
        await ImportAsync(site);

        Dictionary<string, string> workerEnvironment = site.Environment("worker");
        Assert.Contains(DatabasePassword.Replace("\"", "\"\""), workerEnvironment["PKI__DataSources__RAMessage1DS__ConnectionString"]);
        string[] workerArgs = ["--config", Path.Combine(site.Out, "worker.json"), "--Ca:ConnectionString", "Host=/nowhere", "--Ca:NodeId", "node1", "--Clustered", "false", .. Arguments(workerEnvironment)];
        using IHost workers = worker::CaServiceWorker.Composition.Build(workerArgs);
        var running = workers.Services.GetRequiredService<worker::CaServiceWorker.WorkerSet>().Single();
        Assert.AreEqual("ManagementCA", running.Worker.Options.RaIssuer);
        Assert.IsTrue(running.Worker.Options is { SignatureRequired: true, EncryptionRequired: true });
        Assert.AreEqual(TimeSpan.FromSeconds(5), running.Worker.Options.Interval);
        CollectionAssert.AreEqual(new[] { "PKCS10Request", "RevocationRequest" }, running.Worker.Options.WhiteList.ToArray());

        using IHost scep = ScepRaServer.ScepRaHost.Build(["--config", Path.Combine(site.Out, "scepra.json"), .. Arguments(site.Environment("scepra"))]);
        var alias = scep.Services.GetRequiredService<ScepRaServer.Aliases.AliasBook>().All.Single();
        Assert.AreEqual("ScepCA", alias.Options.CaName);
        CollectionAssert.AreEqual(new[] { "UID", "SN", "CN" }, alias.Options.Names.Parts.ToArray());
        Assert.Contains("third-word", scep.Services.GetRequiredService<IOptions<ScepRaServer.Configuration.ScepRaOptions>>().Value.Database.ConnectionString);

        using IHost cmp = global::CmpProxy.CmpProxyHost.Build(["--config", Path.Combine(site.Out, "cmpproxy.json")]);
        var options = cmp.Services.GetRequiredService<IOptions<global::CmpProxy.Configuration.CmpProxyOptions>>().Value;
        Assert.IsTrue(options.Aliases["*"].Gate is { RequireMac: true, RequireSignature: true, MacKeys.Count: 2 });
        Assert.AreEqual("CN=ManagementCA,O=Example", options.Aliases["*"].Gate.MacKeys[0].Ca);
    }

    [TestMethod]
    public async Task Every_key_has_its_line_and_no_secret_is_told()
    {
        using var site = new LegacySite();
        await ImportAsync(site);

        JsonArray report = JsonNode.Parse(site.Written("report.json"))!.AsArray();
        string[] keys = [.. report.Select(line => (string)line!["key"]!)];
        string[] expected = ["externalra.source-2.password", "externalra-caservice.whitelist", "pintonodes", "CN=Scep CA,O=EJBCA Sample,C=SE", "CN=Nobody,C=SE", "scep.ra.unheard.of", "cmp.backend.hmacPassword.keylist", "allow.external-dynamic.configuration"];
        Assert.IsEmpty(expected.Except(keys));
        int lines = new[] { ExternalRa, Worker, ScepRa, CmpProxy }.Sum(text => text.Split('\n').Count(line => line.Length > 0 && line[0] != '#'));
        Assert.AreEqual(lines, report.Count(line => (int)line!["line"]! > 0), "one line for each key");
        Assert.AreEqual("attention", Fate(report, "scep.ra.unheard.of"));
        Assert.AreEqual("attention", Fate(report, "scep.ra.namegenerationparameters"));
        Assert.AreEqual("attention", Fate(report, "CN=Nobody,C=SE"));
        Assert.AreEqual("attention", Fate(report, "externalra-caservice.signature.required"), "'yes' is unclear (FLAWS C2)");
        Assert.AreEqual("changed", Fate(report, "externalra-caservice.encryption.required"));
        foreach (string secret in new[] { DatabasePassword, Challenge, "worker-word", "scep-word", "proxy-word", "mac-word", "other-word", "third-word" })
        {
            Assert.DoesNotContain(secret, site.Text);
            foreach (string file in new[] { "report.json", "worker.json", "scepra.json", "cmpproxy.json" })
            {
                Assert.DoesNotContain(secret, site.Written(file));
            }
        }
    }

    [TestMethod]
    public async Task Secrets_lie_apart_and_only_their_owner_reads_them()
    {
        using var site = new LegacySite();
        await ImportAsync(site);
        string[] secrets = [.. Directory.GetFiles(Path.Combine(site.Out, "secrets")), .. Directory.GetFiles(Path.Combine(site.Out, "keystores"))];
        Assert.IsGreaterThan(5, secrets.Length);
        foreach (string file in secrets.Where(file => !file.Contains("scepra-link")))
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file), file);
        }

        Assert.AreEqual(Challenge + "\n", site.Written("secrets/scep-challenge"));
        using KeyStore converted = site.OpenKeyStore("worker1");
        string info = site.OpenSsl("pkcs12", "-in", Path.Combine(site.Out, "keystores/worker1.p12"), "-passin", "file:" + Path.Combine(site.Out, "secrets/worker1.password"), "-info", "-noout");
        Assert.Contains("AES-256-CBC", info);
        Assert.DoesNotContain("RC2", info);
    }

    [TestMethod]
    public async Task The_default_password_is_refused_unless_allowed()
    {
        using var pki = new TestPki();
        using KeyStore keyStore = pki.Issue("CN=worker", "RSA2048");
        using var site = new LegacySite();
        site.WriteOldKeyStore("extra.p12", keyStore, "foo123");
        site.Write("worker1.properties", "externalra-caservice.keystore.path=extra.p12\n");
        await site.ImportAsync();
        Assert.IsFalse(File.Exists(Path.Combine(site.Out, "keystores/worker1.p12")));
        Assert.Contains("default password", site.Text);

        Directory.Delete(site.Out, recursive: true);
        await site.ImportAsync("--allow-default-password");
        using KeyStore converted = site.OpenKeyStore("worker1");
        Assert.IsTrue(converted.Certificate.Encoded.Span.SequenceEqual(keyStore.Certificate.Encoded.Span));
    }

    [TestMethod]
    public async Task Optional_signatures_stay_optional_only_by_an_option()
    {
        using var site = new LegacySite();
        site.Write("w.properties", "externalra-caservice.signature.required=false\n");
        await site.ImportAsync("--unsigned-acts-as", "ra-legacy");
        JsonNode worker = JsonNode.Parse(site.Written("worker.json"))!["Workers"]!["w"]!;
        Assert.IsFalse((bool)worker["SignatureRequired"]!);
        Assert.AreEqual("ra-legacy", (string?)worker["UnsignedActsAs"]);
    }

    [TestMethod]
    [DataRow("false", "--legacy-clients --unsigned-acts-as ra-legacy", false, "ra-legacy", DisplayName = "unsigned ones act with a role")]
    [DataRow("false", "--legacy-clients", true, null, DisplayName = "without a role they must sign")]
    [DataRow("true", "--legacy-clients --unsigned-acts-as ra-legacy", true, null, DisplayName = "who had to sign still has to")]
    public async Task Legacy_programs_are_served_by_an_option_and_native_ones_still_sign(string required, string options, bool mustSign, string? role)
    {
        using var pki = new TestPki();
        using KeyStore keyStore = pki.Issue("CN=worker", "RSA2048");
        using var site = new LegacySite();
        site.WriteOldKeyStore("extra.p12", keyStore, "worker-word");
        site.Write("externalra.properties", ExternalRa);
        site.Write("w.properties", $"externalra-caservice.signature.required={required}\nexternalra-caservice.keystore.path=extra.p12\nexternalra-caservice.keystore.pwd=worker-word\n");
        await site.ImportAsync(options.Split(' '));
        using IHost host = worker::CaServiceWorker.Composition.Build(
            ["--config", Path.Combine(site.Out, "worker.json"), "--Ca:ConnectionString", "Host=/nowhere", "--Ca:NodeId", "node1", "--Clustered", "false", .. Arguments(site.Environment("worker"))]);
        var read = host.Services.GetRequiredService<worker::CaServiceWorker.WorkerSet>().Single();
        Assert.IsTrue(read.Worker.AcceptsLegacy);
        Assert.IsTrue(read.Worker.Options is { SignatureRequired: true, EncryptionRequired: true });
        Assert.AreEqual((mustSign, role), (read.Worker.Options.LegacySignatureRequired, read.Worker.Options.UnsignedActsAs));
    }

    [TestMethod]
    public async Task Without_the_option_the_report_says_what_legacy_programs_will_get()
    {
        using var site = new LegacySite();
        site.Write("w.properties", "externalra-caservice.signature.required=true\n");
        await site.ImportAsync();
        Assert.AreEqual("attention", Fate(JsonNode.Parse(site.Written("report.json"))!.AsArray(), "(legacy RA programs)"));
        Assert.Contains("--legacy-clients", site.Written("report.json"));
    }

    [TestMethod]
    [DataRow("[CA1:pa[ss]word]", "pa[ss]word", DisplayName = "brackets in a secret")]
    [DataRow("[CA1:word:with:colons]", "word:with:colons", DisplayName = "colons in a secret")]
    [DataRow("[CA1:pa][ss]", null, DisplayName = "what may be the end of a secret or another entry")]
    [DataRow("[onlysecret]", null, DisplayName = "no name")]
    [DataRow("CA1:secretword", null, DisplayName = "no brackets")]
    public async Task A_CMP_secret_is_whole_or_not_taken_and_never_told(string list, string? secret)
    {
        using var site = new LegacySite();
        site.Write("cmpProxy.properties", $"cmp.backend.hmacPassword.keylist={list}\ncmp.backend.datasource.jdbc-url=jdbc:postgresql://localhost/m\n");
        await site.ImportAsync("--ca-subject", "CA1=CN=CA1");
        string file = Path.Combine(site.Out, "secrets/cmp-mac-1");
        Assert.AreEqual(secret is null ? null : secret + "\n", File.Exists(file) ? await File.ReadAllTextAsync(file) : null);
        Assert.AreEqual(secret is null ? "attention" : "changed", Fate(JsonNode.Parse(site.Written("report.json"))!.AsArray(), "cmp.backend.hmacPassword.keylist"));
        foreach (string part in new[] { "pa[", "ss]", "[ss", "'ss'", "onlysecret", "secretword", "with:colons" })
        {
            Assert.DoesNotContain(part, site.Text + site.Written("report.json"));
        }
    }

    [TestMethod]
    public async Task No_key_of_a_file_chooses_where_a_file_goes()
    {
        using var pki = new TestPki();
        using KeyStore keyStore = pki.Issue("CN=ra", "RSA2048");
        using var site = new LegacySite();
        site.WriteOldKeyStore("ra.p12", keyStore, "scep-word");
        site.Write("scepra.properties", "scep.ra.keyStorePath./../../../escaped=ra.p12\nscep.ra.keyStorePassword./../../../escaped=scep-word\nscep.ra.datasource.jdbc-url=jdbc:postgresql://localhost/m\n");
        await site.ImportAsync();
        Assert.IsEmpty(Directory.GetFiles(Path.GetDirectoryName(site.Out)!, "escaped*", SearchOption.AllDirectories));
        Assert.AreEqual("attention", Fate(JsonNode.Parse(site.Written("report.json"))!.AsArray(), "scep.ra.keyStorePath./../../../escaped"));
    }

    [TestMethod]
    public async Task Two_workers_of_one_name_stay_two()
    {
        using var site = new LegacySite();
        site.Write("a b.properties", "externalra-caservice.raissuer=First\n");
        site.Write("a-b.properties", "externalra-caservice.raissuer=Second\n");
        await site.ImportAsync();
        JsonNode workers = JsonNode.Parse(site.Written("worker.json"))!["Workers"]!;
        Assert.AreEqual("First Second", $"{workers["a-b"]!["RaIssuer"]} {workers["a-b-2"]!["RaIssuer"]}");
    }

    [TestMethod]
    public async Task The_old_proxy_forwards_to_the_same_server()
    {
        using var site = new LegacySite();
        site.Write("cmpProxy.properties", "proxyPort 5587\nserverPort 8080\nserverAddress ca.example\nserverProtokoll http\nquickConfigFile x\n");
        await site.ImportAsync();
        using IHost cmp = global::CmpProxy.CmpProxyHost.Build(["--config", Path.Combine(site.Out, "cmpproxy.json")]);
        var options = cmp.Services.GetRequiredService<IOptions<global::CmpProxy.Configuration.CmpProxyOptions>>().Value;
        Assert.AreEqual("http://ca.example:8080/ejbca/publicweb/cmp", options.Aliases["*"].Upstream!.Url);
    }

    [TestMethod]
    public async Task What_nothing_needs_and_what_is_said_twice_has_its_line_too()
    {
        using var site = new LegacySite();
        site.Write("externalra-gui.properties", "externalra-gui.keyspec=2048\nexternalra-gui.keystorepassword=gui-word\n");
        site.Write("externalra.properties", "externalra.enabled=false\nexternalra.enabled=true\nexternalra.source-1.jdbc-url=jdbc:hsqldb:mem:x\nexternalra.source-1.username=sa\n");
        Assert.AreEqual(ExitCode.Success, await site.ImportAsync());
        JsonArray report = JsonNode.Parse(site.Written("report.json"))!.AsArray();
        Assert.AreEqual("notNeeded", Fate(report, "externalra-gui.keystorepassword"));
        Assert.HasCount(2, report.Where(line => (string?)line!["key"] == "externalra.enabled"));
        Assert.AreEqual("attention", Fate(report, "externalra.source-1.jdbc-url"), "an engine there is no driver for");
        Assert.DoesNotContain("gui-word", site.Text + site.Written("report.json"));
        Assert.AreEqual("", (string?)JsonNode.Parse(site.Written("worker.json"))!["DataSources"]!["RAMessage1DS"]!["ConnectionString"], "the worker does not start with it");
    }

    [TestMethod]
    public async Task A_file_that_is_no_properties_file_ends_the_command_with_its_name()
    {
        using var site = new LegacySite();
        site.Write("broken.properties", "a=\\u12");
        Assert.AreEqual(ExitCode.FunctionalError, await site.ImportAsync());
        Assert.Contains("broken.properties: Line 1", site.Error);
        Assert.IsFalse(Directory.Exists(site.Out));
    }

    [TestMethod]
    public async Task What_is_there_is_never_overwritten()
    {
        using var site = new LegacySite();
        site.Write("w.properties", "externalra.enabled=true\n");
        Directory.CreateDirectory(site.Out);
        File.WriteAllText(Path.Combine(site.Out, "mine"), "");
        Assert.AreEqual(ExitCode.FunctionalError, await site.ImportAsync());
    }

    private static async Task ImportAsync(LegacySite site)
    {
        using var management = new TestPki("CN=ManagementCA,O=Example");
        using var scepCa = new TestPki("CN=Scep CA,O=EJBCA Sample,C=SE");
        using KeyStore workerKey = management.Issue("CN=worker", "RSA2048");
        using KeyStore scepKey = scepCa.Issue("CN=scep ra", "RSA2048");
        using KeyStore proxyKey = management.Issue("CN=proxy", "RSA2048");
        using KeyStore linkKey = management.Issue("CN=link");
        site.WriteOldKeyStore("extra.p12", workerKey, "worker-word");
        site.WriteOldKeyStore("sceprakeystore.p12", scepKey, "scep-word");
        site.WriteOldKeyStore("proxy.p12", proxyKey, "proxy-word");
        site.Write("service.pem", workerKey.Certificate.ToPem());
        site.Write("chain.pem", management.Certificate.ToPem());
        site.Write("externalra.properties", ExternalRa);
        site.Write("worker1.properties", Worker);
        site.Write("scepra.properties", ScepRa);
        site.Write("cmpProxy.properties", CmpProxy);
        ExitCode code = await site.ImportAsync("--ca-subject", "ManagementCA=CN=ManagementCA,O=Example");
        Assert.AreEqual(ExitCode.Success, code, site.Error);
        site.Supply("scepra-link", linkKey);
    }

    private static string Fate(JsonArray report, string key) => (string)report.Single(line => (string?)line!["key"] == key)!["fate"]!;

    private static IEnumerable<string> Arguments(Dictionary<string, string> environment) =>
        environment.SelectMany(v => new[] { "--" + v.Key[Pki.Hosting.HostDefaults.EnvironmentPrefix.Length..].Replace("__", ":"), v.Value });
}
