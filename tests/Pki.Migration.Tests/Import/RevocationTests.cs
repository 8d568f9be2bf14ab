using Ca.Core.Certificates;
using Ca.Core.Roles;
using Pki.Cli;
using Pki.Cli.Configuration;
using Pki.Migration.Tests.World;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Import;

/// <summary>No revocation of the old system is lost or weakened, and what its last CRL says is checked (MIGRATION §9 check 3).</summary>
[TestClass]
public sealed class RevocationTests
{
    private const int Certificates = 30;

    private static OldSite old = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [ClassInitialize]
    public static void Prepare(TestContext _) => old = new OldSite();

    [ClassCleanup]
    public static void Clean() => old.Dispose();

    [TestMethod]
    [DataRow(6, 1, 1, DisplayName = "a hold that became final is final")]
    [DataRow(1, 6, 1, DisplayName = "what is final stays so")]
    public async Task The_second_run_never_weakens_a_revocation(int first, int second, int expected)
    {
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        Certificate certificate = old.CertificateOf(1);
        await site.ImportAsync(Write(site, [old.Row(certificate, 40, first, "x")]));
        await site.ImportAsync(Write(site, [old.Row(certificate, 40, second, "x")]));
        Assert.AreEqual($"40\t{expected}\n", await StatusAsync(site, certificate));
    }

    [TestMethod]
    [DataRow(20, -1, 40, 1, DisplayName = "the second one is revoked")]
    [DataRow(40, 1, 20, -1, DisplayName = "the first one is revoked")]
    [DataRow(40, 6, 40, 1, DisplayName = "one is on hold, the other revoked for good")]
    [DataRow(20, -1, 60, 1, DisplayName = "the second one was archived")]
    public async Task Of_two_certificates_with_one_number_either_revokes_it(int status, int reason, int twinStatus, int twinReason)
    {
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        Certificate certificate = old.CertificateOf(1);
        Certificate twin = old.Make(1_000_001, "CN=twin,O=Old,C=SE", old.Ca.PublicKey, isCa: false);
        Dictionary<string, string?>[] rows = [old.Row(certificate, status, reason, "x"), old.Row(twin, twinStatus, twinReason, "twin")];
        await site.ImportAsync(Write(site, rows), "--batch", "1");
        Assert.AreEqual("40\t1\n", await StatusAsync(site, certificate), "in two batches");
        await site.QueryAsync("delete from certificate where username = 'x'", Cancel);
        await site.ImportAsync(Write(site, rows));
        Assert.AreEqual("40\t1\n", await StatusAsync(site, certificate), "in one batch");
        Assert.AreEqual("0", (await site.QueryAsync("select count(*) from certificate where username = 'twin'", Cancel)).Trim());
    }

    [TestMethod]
    public async Task What_agrees_with_the_last_CRL_passes()
    {
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        (ExitCode code, string output, string error) = await site.ImportAsync(dump);
        Assert.AreEqual(ExitCode.Success, code, error + output);
        Assert.Contains("the last CRLs of the old system list what is revoked here", await File.ReadAllTextAsync(site.Report, Cancel));
    }

    [TestMethod]
    [DataRow("20", "-1", "listed and not revoked here", DisplayName = "a row was altered: active")]
    [DataRow("20", "8", "listed and not revoked here", DisplayName = "a row was altered: released")]
    [DataRow("40", "6", "another reason or date", DisplayName = "a row was altered: on hold only")]
    [DataRow(null, null, "listed and not revoked here", DisplayName = "a row is missing")]
    public async Task A_row_that_contradicts_the_last_CRL_fails_the_report(string? status, string? reason, string expected)
    {
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        Dictionary<string, string?>[] rows = [.. old.CertificateRows(Certificates)];
        (rows[10]["status"], rows[10]["revocationReason"]) = (status, reason);
        (ExitCode code, _, string error) = await site.ImportAsync(Write(site, status is null ? [.. rows.Where(row => row != rows[10])] : rows, withCrls: true));
        Assert.AreEqual(ExitCode.FunctionalError, code);
        Assert.Contains(new SerialNumber(1_000_010).ToString(), error);
        Assert.Contains(expected, error);
    }

    [TestMethod]
    public async Task Revoked_certificates_that_were_never_stored_fail_the_report()
    {
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        await InsertAsync(dump, "NoConflictCertificateData", [old.Row(old.CertificateOf(500), 20, -1, "a"), old.Row(old.CertificateOf(501), 40, 1, "b")]);
        Assert.AreEqual(ExitCode.FunctionalError, (await site.ImportAsync(dump)).Code);
        Assert.Contains("NoConflictCertificateData", (await File.ReadAllLinesAsync(site.SetAside, Cancel)).Single());
    }

    [TestMethod]
    public async Task Nothing_is_signed_before_the_switch_and_no_CRL_without_its_number()
    {
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        (ExitCode code, _, string error) = await site.ImportAsync(Write(site, [old.Row(old.CertificateOf(1), 20, -1, "x")]));
        Assert.AreEqual(ExitCode.FunctionalError, code, "an export without CRLs");
        Assert.Contains("which CRL numbers", error);
        await RunCrlJobAsync(site);
        Assert.Contains("CRL numbers", (await site.PkiAsync("ca", "activate", NewSite.CaName)).Error);
        await RunCrlJobAsync(site);
        Assert.AreEqual("0", (await site.QueryAsync("select count(*) from crl", Cancel)).Trim());

        await site.MustAsync("ca", "activate", NewSite.CaName, "--first-crl-number", "500");
        await RunCrlJobAsync(site);
        Assert.AreEqual("500", (await site.QueryAsync("select number from crl", Cancel)).Trim());
        await site.MustAsync("ca", "deactivate", NewSite.CaName);
        await site.MustAsync("ca", "activate", NewSite.CaName, "--first-crl-number", "1");
        await site.MustAsync("crl", "create", NewSite.CaName);
        Assert.AreEqual("501", (await site.QueryAsync("select max(number) from crl", Cancel)).Trim(), "numbers never go down");
    }

    private async Task RunCrlJobAsync(NewSite site)
    {
        await using CaSession session = site.Open();
        await session.Get<Crls>().CreateDueAsync(Actor.Internal("scheduler"), Cancel);
    }

    private async Task<string> StatusAsync(NewSite site, Certificate certificate) =>
        await site.QueryAsync($"select status, revocation_reason from certificate where serial = '{certificate.Serial}'", Cancel);

    private static string Write(NewSite site, IReadOnlyList<Dictionary<string, string?>> rows, bool withCrls = false)
    {
        string dump = site.File(Path.GetRandomFileName());
        using StreamWriter file = File.CreateText(dump);
        OldSite.Insert(file, "CertificateData", string.Join(',', rows[0].Keys), 10, rows.Select(row => row.Values.ToArray()));
        if (withCrls)
        {
            old.InsertCrls(file, Certificates);
        }

        return dump;
    }

    private static async Task InsertAsync(string dump, string table, IReadOnlyList<Dictionary<string, string?>> rows)
    {
        await using StreamWriter file = File.AppendText(dump);
        OldSite.Insert(file, table, string.Join(',', rows[0].Keys), 10, rows.Select(row => row.Values.ToArray()));
    }
}
