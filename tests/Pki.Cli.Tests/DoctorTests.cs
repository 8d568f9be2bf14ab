using System.Text.Json.Nodes;
using ExtRa.Messages.Store;
using Pki.Cli.Demo;
using Pki.Protocols.X509;
using TestKit;

namespace Pki.Cli.Tests;

/// <summary>A sound installation has no findings; each way to break it has its own, with a cure.</summary>
[TestClass]
public sealed class DoctorTests
{
    private const string WorkerKeys = "Workers:scep:KeyStore";
    private const string ScepKeys = "ScepRa:Aliases:scep:RaKeyStores:0";
    private static readonly TimeSpan LinkValidity = TimeSpan.FromDays(730);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_sound_installation_is_ok_in_everything()
    {
        using SmallCa ca = await SmallCa.CreateAsync(Cancel);
        Run run = await ca.PkiAsync("doctor", "--json");
        Assert.IsTrue(run.Records.All(finding => (string?)finding!["severity"] == "ok"), run.Out);
        Assert.AreEqual(ExitCode.Success, run.Code);
    }

    [TestMethod]
    public async Task People_get_a_table()
    {
        using SmallCa ca = await SmallCa.CreateAsync(Cancel);
        Run run = await ca.MustAsync("doctor");
        StringAssert.Contains(run.Out, "What to do");
    }

    [TestMethod]
    public Task A_CA_database_that_is_away() => FindsAsync(ca => ca.SetCa("Ca:ConnectionString", "Host=/nowhere;Database=ca"), "error", "CA database");

    [TestMethod]
    public Task A_CA_database_without_tables() => FindsAsync(
        async ca => ca.SetCa("Ca:ConnectionString", await TestDatabases.NewPostgreSqlAsync(Cancel)), "error", "its tables are not those of this program");

    [TestMethod]
    public Task A_message_database_that_is_away() => FindsAsync(
        ca => ca.SetCa("DataSources:RAMessage1DS:ConnectionString", "Host=/nowhere;Database=m"), "error", "DataSources:RAMessage1DS: The message database does not answer");

    [TestMethod]
    public Task A_message_database_without_tables() => FindsAsync(
        async ca => ca.SetCa("DataSources:RAMessage1DS:ConnectionString", await TestDatabases.NewPostgreSqlAsync(Cancel)), "error", "has not the tables of this program");

    [TestMethod]
    public Task A_message_that_waits_too_long() => FindsAsync(
        async ca =>
        {
            await using MessageDatabase database = MessageDatabase.Open(new() { ConnectionString = ca.MessageDatabase, UseDoorbell = false }, TimeProvider.System);
            await database.Messages.CreateAsync(new("u1", "m1", MessageType.Scep, "sealed", new string('a', 64)), Cancel);
            await TestDatabases.RunPostgreSqlAsync(ca.MessageDatabase, "update message set createtime = createtime - 3600000", Cancel);
        },
        "warning",
        "a message has been waiting for 1 h");

    [TestMethod]
    public Task An_unknown_key_in_a_worker_s_section() => FindsAsync(ca => ca.SetCa("Workers:scep:Intervall", "00:00:01"), "error", "Intervall");

    [TestMethod]
    public Task A_data_source_that_is_not_configured() => FindsAsync(ca => ca.SetCa("Workers:scep:DataSource", "Other"), "error", "names 'Other', which is not configured");

    [TestMethod]
    public Task A_keystore_that_does_not_open() => FindsAsync(ca => File.WriteAllText(ca.Folder.KeyStorePassword(DemoCa.Worker), "wrong"), "error", "does not open");

    [TestMethod]
    public Task A_keystore_that_is_not_there() => FindsAsync(ca => File.Delete(ca.Folder.KeyStore(DemoCa.Worker)), "error", $"{WorkerKeys}:Path names");

    [TestMethod]
    public Task A_certificate_that_expires_soon() => FindsAsync(_ => { }, "warning", $"{WorkerKeys}: the certificate 'CN=worker,O=Demo' expires in", LinkValidity - TimeSpan.FromDays(10));

    [TestMethod]
    public Task A_certificate_that_has_expired() => FindsAsync(_ => { }, "error", $"{WorkerKeys}: the certificate 'CN=worker,O=Demo' expired at", LinkValidity + TimeSpan.FromDays(10));

    [TestMethod]
    public Task A_certificate_that_is_revoked() => FindsAsync(
        async ca =>
        {
            JsonArray issued = (await ca.MustAsync("cert", "list", "--json")).Records;
            await ca.MustAsync("cert", "revoke", (string)issued.Single(c => (string?)c!["username"] == DemoCa.Worker)!["serial"]!, "--ca", DemoCa.Management, "--yes");
        },
        "error",
        "is revoked");

    [TestMethod]
    public Task A_key_usage_that_does_not_fit() => FindsAsync(
        async ca => ca.SetCa(WorkerKeys, await ca.IssueAsync("w2", DemoCa.Management, DemoCa.RaProfile, "P-256")), "error", "lacks the key usage keyAgreement");

    [TestMethod]
    public Task A_worker_s_certificate_of_another_issuer() => FindsAsync(
        async ca => ca.SetCa(WorkerKeys, await ca.IssueAsync("w2", DemoCa.Devices, DemoCa.LinkProfile, "P-256")), "warning", "was not issued by the RA issuer 'ManagementCA'");

    [TestMethod]
    public Task An_RA_issuer_that_does_not_exist() => FindsAsync(ca => ca.SetCa("Workers:scep:RaIssuer", "Nobody"), "error", "the CA 'Nobody', which does not exist");

    [TestMethod]
    public Task A_PIN_file_that_is_not_there() => FindsAsync(ca => File.Delete(ca.Folder.Pin(DemoCa.Devices)), "error", "Ca:TokenPinFiles:ScepCA names");

    [TestMethod]
    public Task A_PIN_that_is_wrong() => FindsAsync(ca => File.WriteAllText(ca.Folder.Pin(DemoCa.Devices), "wrong"), "error", "Crypto token 'ScepCA' does not open");

    [TestMethod]
    public Task A_PIN_that_nobody_tells() => FindsAsync(ca => ca.SetCa("Ca:TokenPinFiles", new JsonObject()), "warning", "the PIN of crypto token 'ScepCA'");

    [TestMethod]
    public Task A_CRL_that_is_overdue() => FindsAsync(_ => { }, "error", "The CRL of CA 'ScepCA' is overdue", TimeSpan.FromDays(3));

    [TestMethod]
    public Task A_CRL_that_is_not_there() => FindsAsync(
        ca => TestDatabases.RunPostgreSqlAsync(ca.CaDatabase, "delete from crl", Cancel), "error", "CA 'ScepCA' has no CRL");

    [TestMethod]
    public Task Clocks_that_differ() => FindsAsync(_ => { }, "warning", "clocks of this machine and of the CA database differ by", TimeSpan.FromHours(1));

    [TestMethod]
    [DataRow("secrets/ScepCA.pin")]
    [DataRow("secrets/scep-challenge")]
    [DataRow("keystores/worker.p12")]
    [DataRow("keystores/worker.password")]
    [DataRow("keystores/scep-ra.p12")]
    [DataRow("conf/ca.json")]
    [DataRow("conf/scep-ra.json")]
    public Task A_secret_that_everybody_can_read(string file) => FindsAsync(
        ca => File.SetUnixFileMode(Path.Combine(ca.Folder.Root, file), UnixFileMode.UserRead | UnixFileMode.OtherRead), "error", $"{file}'");

    [TestMethod]
    public Task A_secret_that_the_group_can_read() => FindsAsync(
        ca => File.SetUnixFileMode(ca.Folder.Pin(DemoCa.Devices), UnixFileMode.UserRead | UnixFileMode.GroupRead), "warning", "the group of");

    [TestMethod]
    public Task An_RA_that_is_in_no_role() => FindsAsync(
        async ca =>
        {
            JsonNode member = (await ca.MustAsync("role", "list", "--json")).Records.First(role => (string?)role!["name"] == DemoCa.Role)!["members"]![0]!;
            await ca.MustAsync("role", "remove-member", DemoCa.Role, member["id"]!.ToString(), "--yes");
        },
        "error",
        "is not a member of any role");

    [TestMethod]
    public Task An_RA_whose_certificate_is_of_another_CA() => FindsAsync(
        async ca => ca.SetRa("ScepRa:Link:KeyStore", await ca.IssueAsync("ra2", DemoCa.Devices, DemoCa.LinkProfile, "P-256")), "error", "no worker will accept its requests");

    [TestMethod]
    public Task An_RA_that_encrypts_to_somebody_else() => FindsAsync(
        ca => ca.SetRa("ScepRa:Link:WorkerCertificates:0", ca.Folder.Certificate(DemoCa.RaLink)), "error", "whose key no configured worker has");

    [TestMethod]
    public Task A_SCEP_key_that_is_not_RSA() => FindsAsync(
        async ca => ca.SetRa(ScepKeys, await ca.IssueAsync("s2", DemoCa.Devices, DemoCa.LinkProfile, "P-256")), "error", "SCEP clients need RSA");

    [TestMethod]
    public Task A_SCEP_key_of_a_CA_that_is_not_here() => FindsAsync(
        ca =>
        {
            using var foreign = new TestPki("CN=Elsewhere");
            using KeyStore keyStore = foreign.Issue("CN=ra", "RSA2048");
            ca.SetRa(ScepKeys, ca.Write(keyStore));
        },
        "error",
        "no CA here issued the certificate");

    [TestMethod]
    [DataRow("CaName")]
    [DataRow("EndEntityProfile")]
    [DataRow("CertificateProfile")]
    public Task A_name_in_an_alias_that_does_not_exist(string key) => FindsAsync(
        ca => ca.SetRa($"ScepRa:Aliases:scep:{key}", "Nobody"), "error", $"ScepRa:Aliases:scep:{key} names");

    private Task FindsAsync(Action<SmallCa> harm, string severity, string what, TimeSpan ahead = default) => FindsAsync(
        ca =>
        {
            harm(ca);
            return Task.CompletedTask;
        },
        severity,
        what,
        ahead);

    /// <summary>Breaks a sound installation in one way and looks for that finding.</summary>
    private async Task FindsAsync(Func<SmallCa, Task> harm, string severity, string what, TimeSpan ahead = default)
    {
        using SmallCa ca = await SmallCa.CreateAsync(Cancel);
        await harm(ca);
        Run run = await ca.PkiAsync(ahead == default ? TimeProvider.System : new ClockAhead(ahead), "doctor", "--json");
        JsonNode? found = run.Records.FirstOrDefault(finding => ((string?)finding!["what"])!.Contains(what, StringComparison.Ordinal));
        Assert.IsNotNull(found, run.Out);
        Assert.AreEqual(severity, (string?)found["severity"], run.Out);
        Assert.AreNotEqual("", (string?)found["whatToDo"] ?? "", run.Out);
        bool anyError = run.Records.Any(finding => (string?)finding!["severity"] == "error");
        Assert.AreEqual(anyError ? ExitCode.FunctionalError : ExitCode.Success, run.Code);
    }
}
