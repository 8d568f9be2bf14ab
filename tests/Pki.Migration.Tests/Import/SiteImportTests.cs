using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Pki.Cli.Configuration;
using Pki.Migration.Tests.World;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Import;

/// <summary>
/// A whole site is taken over (MIGRATION §4 to §9). <c>PKI_IMPORT=1000000</c> does it with a million certificates and says
/// how long it took.
/// </summary>
[TestClass]
public sealed class SiteImportTests
{
    private const int Flat = 700; // MiB of memory, however many rows

    public TestContext TestContext { get; set; } = null!;

    private static int Size { get; } = int.Parse(Environment.GetEnvironmentVariable("PKI_IMPORT") ?? "3000", CultureInfo.InvariantCulture);

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_site_is_taken_over_and_goes_on()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        var clock = Stopwatch.StartNew();
        old.WriteDump(dump, Size);
        TestContext.WriteLine($"{Size} certificates, dump of {new FileInfo(dump).Length / 1_000_000} MB written in {clock.Elapsed}");

        clock.Restart();
        long peak = await ImportAsync(site, dump);
        TestContext.WriteLine($"imported in {clock.Elapsed}, {Size / clock.Elapsed.TotalSeconds:F0} certificates/s, peak memory {peak / 1024} MiB");
        Assert.IsLessThan(Flat * 1024L, peak);

        await CountsAgreeAsync(site);
        await SerialsAgreeAsync(site, old);
        await GoesOnAsync(site);
    }

    private async Task<long> ImportAsync(NewSite site, string dump)
    {
        using Process process = site.StartImport(dump);
        Task<string> output = process.StandardOutput.ReadToEndAsync(Cancel);
        Task<string> error = process.StandardError.ReadToEndAsync(Cancel);
        (long peak, TimeSpan processor) = (0, TimeSpan.Zero);
        while (!process.WaitForExit(200))
        {
            (peak, processor) = (Math.Max(peak, PeakOf(process.Id)), process.HasExited ? processor : process.TotalProcessorTime);
        }

        TestContext.WriteLine($"processor time of the importing process: {processor}");

        Assert.AreEqual(0, process.ExitCode, await error + await output);
        TestContext.WriteLine(await output);
        return peak;
    }

    /// <summary>Highest resident size in KiB.</summary>
    private static long PeakOf(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line["VmHWM:".Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0; // it has just ended
        }
    }

    private async Task CountsAgreeAsync(NewSite site)
    {
        IEnumerable<int> all = Enumerable.Range(1, Size - 1);
        string expected = string.Concat(all.GroupBy(i => (Status: OldSite.StatusHereOf(i), Reason: OldSite.ReasonOf(i)))
            .OrderBy(g => g.Key).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key.Status}\t{g.Key.Reason}\t{g.Count()}\n")));
        Assert.AreEqual(expected, await site.QueryAsync("select status, revocation_reason, count(*) from certificate where type = 1 group by 1, 2 order by 1, 2", Cancel));
        string users = string.Concat(Enumerable.Range(1, OldSite.UsersOf(Size)).GroupBy(OldSite.UserStatusOf).OrderBy(g => g.Key)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key}\t{g.Count()}\n")));
        Assert.AreEqual(users, await site.QueryAsync("select status, count(*) from end_entity group by 1 order by 1", Cancel));
        Assert.AreEqual("0", (await site.QueryAsync("select count(*) from certificate where (status = 40) <> (revoked_at is not null) and status <> 60", Cancel)).Trim());

        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(site.Report, Cancel))!;
        Assert.IsTrue(report["checks"]!.AsArray().All(check => (bool)check!["passed"]!), report.ToString());
        Assert.AreEqual(Size, (long)report["counts"]!["rowsRead"]!["CertificateData"]!);
        Assert.AreEqual(0, new FileInfo(site.SetAside).Length);
    }

    private async Task SerialsAgreeAsync(NewSite site, OldSite old)
    {
        string serials = (await site.QueryAsync("select md5(string_agg(serial || ' ' || username, ',' order by serial)) from certificate where type = 1", Cancel)).Trim();
        string expected = string.Join(',', Enumerable.Range(1, Size - 1).Select(i => $"{new SerialNumber(1_000_000L + i)} {OldSite.UserOf(i)}").Order(StringComparer.Ordinal));
#pragma warning disable CA5351 // what PostgreSQL computes
        Assert.AreEqual(Convert.ToHexStringLower(MD5.HashData(System.Text.Encoding.UTF8.GetBytes(expected))), serials);
#pragma warning restore CA5351
        Assert.AreEqual(Convert.ToHexString(old.Ca.Encoded.Span), (await site.QueryAsync("select upper(encode(chain, 'hex')) from authority", Cancel)).Trim());
    }

    /// <summary>Revoke, search, make a CRL, enrol anew.</summary>
    private async Task GoesOnAsync(NewSite site)
    {
        const int Revoked = 17, OldRevoked = 20;
        string serial = new SerialNumber(1_000_000L + Revoked).ToString();
        await site.MustAsync("cert", "revoke", serial, "--reason", "KeyCompromise", "--yes");
        JsonNode found = JsonNode.Parse(await site.MustAsync("cert", "list", "--user", OldSite.UserOf(Revoked), "--json"))![0]!;
        Assert.AreEqual(serial, (string?)found["serial"]);

        Assert.Contains("Offline", (await site.PkiAsync("crl", "create", NewSite.CaName)).Error, "nothing is signed before the switch");
        await site.MustAsync("ca", "activate", NewSite.CaName);
        await site.MustAsync("crl", "create", NewSite.CaName);
        await using CaSession session = site.Open();
        CertificateList crl = Pki.Protocols.Asn1.Der.Decode<CertificateList>((await session.Crls.FindLatestAsync(NewSite.CaName, Cancel))!.Encoded).OrThrow();
        Assert.IsGreaterThan(OldSite.DeltaCrlNumber + 10, (long)crl.Number!.Value, "above full and delta, and the gap");
        var listed = crl.Revoked.ToDictionary(r => r.Serial.ToString());
        Assert.IsTrue(listed.ContainsKey(serial));
        Assert.AreEqual((RevocationReason)OldSite.ReasonOf(OldRevoked), listed[new SerialNumber(1_000_000L + OldRevoked).ToString()].Reason);
        Assert.HasCount(Enumerable.Range(1, Size - 1).Count(i => OldSite.StatusHereOf(i) == 40) + 1, crl.Revoked);

        const int Enrolling = 21;
        Assert.IsFalse((await EnrolAsync(session, Enrolling, "wrong")).Succeeded(out _, out _));
        Certificate issued = (await EnrolAsync(session, Enrolling, OldSite.PasswordOf(Enrolling))).OrThrow().Certificate;
        Assert.IsTrue(issued.IsSignedBy((await session.Authorities.FindAsync(NewSite.CaName, Cancel))!.Certificate.PublicKey));
        Assert.IsFalse((await EnrolAsync(session, 35, OldSite.PasswordOf(35), OldSite.SubjectOf(36))).Succeeded(out _, out _), "the name of an imported certificate belongs to its user");
    }

    private async Task<Outcome<Issued>> EnrolAsync(CaSession session, int i, string password, string? subject = null)
    {
        using KeyPair key = KeyPair.Generate("P-256");
        using Secret secret = Secret.FromText(password);
        string name = OldSite.UserOf(i) + password;
        var request = new IssuanceRequest
        {
            Actor = session.Operator,
            PlanKey = new InboxKey(name, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)), 0),
            Username = OldSite.UserOf(i),
            SubjectDn = subject,
            Request = CertificationRequest.Create(DistinguishedName.Parse(OldSite.SubjectOf(i)).OrThrow(), key, HashAlgorithmName.SHA256),
            Secret = secret,
        };
        var work = new CaWork();
        Outcome<Issued> outcome = await session.Issuer.IssueAsync(request, work, Cancel);
        await session.Ledger.CommitAsync(work, Cancel);
        return outcome;
    }
}
