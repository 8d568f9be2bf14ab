using System.Text.Json.Nodes;
using Pki.Cli.Commands;
using Pki.Cli.Output;
using TestKit;

namespace Pki.Cli.Tests;

/// <summary><c>pki cert search</c> and <c>pki report expiring</c>.</summary>
[TestClass]
public sealed class CertificateFinderTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_certificate_is_found_by_whatever_is_known_of_it()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        await ca.IssueAsync("rtr-0815", "ManagementCA", "LINK", "P-256");
        JsonNode found = (await ca.MustAsync("cert", "search", "--match", "RTR-08", "--json")).Records.Single()!;
        const string Members = "caName certificateProfile daysLeft endEntityProfile notAfter notBefore reason revokedAt serial sha256 status subjectAltName subjectDn username";
        Assert.AreEqual(Members, string.Join(' ', found.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal)));
        string serial = (string)found["serial"]!;
        foreach (string[] known in (string[][])[["--serial", serial.ToUpperInvariant()], ["--user", "rtr-0815"], ["--match", "rtr", "--profile", "LINK", "--status", "Active", "--ca", "ManagementCA"]])
        {
            Assert.AreEqual(serial, (string?)(await ca.MustAsync(["cert", "search", .. known, "--json"])).Records.Single()!["serial"], string.Join(' ', known));
        }

        StringAssert.Contains((await ca.MustAsync("cert", "search", "--serial", serial)).Out, serial, StringComparison.Ordinal);
        foreach (string[] wrong in (string[][])[["--serial", "4711"], ["--user", "rtr"], ["--match", "r_r-0815"], ["--match", "rtr", "--profile", "ENDUSER"], ["--match", "rtr", "--status", "Revoked"], ["--match", "rtr", "--expires-within", "1d"]])
        {
            Assert.AreEqual(0, (await ca.MustAsync(["cert", "search", .. wrong, "--json"])).Records.Count, string.Join(' ', wrong));
        }
    }

    [TestMethod]
    public async Task The_report_has_what_ends_in_the_window_as_table_CSV_and_JSON()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        await ca.IssueAsync("late", "ManagementCA", "LINK", "P-256");
        await ca.IssueAsync("later", "ManagementCA", "LINK", "P-256");
        await TestDatabases.RunPostgreSqlAsync(ca.CaDatabase, "update certificate set expire_at = now() + interval '10 days' where username = 'late'", TestContext.CancellationToken);
        StringAssert.Contains((await ca.MustAsync("report", "expiring", "--within", "14d")).Out, "late", StringComparison.Ordinal);
        string[] lines = (await ca.MustAsync("report", "expiring", "--within", "14d", "--csv")).Out.Split("\r\n");
        Assert.HasCount(3, lines, "titles, one row, the end");
        Assert.AreEqual("\"" + string.Join("\",\"", FoundView.AllColumns.Select(column => column.Title)) + "\"", lines[0]);
        StringAssert.Contains(lines[1], "\"late\",\"LINK\"", StringComparison.Ordinal);
        Assert.AreEqual(9, (int)(await ca.MustAsync("report", "expiring", "--within", "14d", "--json")).Records.Single()!["daysLeft"]!);
        Assert.AreEqual(0, (await ca.MustAsync("report", "expiring", "--within", "5d", "--json")).Records.Count);
    }

    [TestMethod]
    public async Task What_is_cut_off_is_said_and_what_makes_no_sense_is_a_usage_error()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        Run cut = await ca.MustAsync("cert", "search", "--limit", "1", "--csv");
        StringAssert.Contains(cut.Error, "more than these 1", StringComparison.Ordinal);
        Assert.AreEqual(ExitCode.UsageError, (await ca.PkiAsync("cert", "search", "--csv", "--json")).Code);
        Assert.AreEqual(ExitCode.UsageError, (await ca.PkiAsync("report", "expiring", "--within", "0d")).Code);
        Assert.AreEqual(ExitCode.UsageError, (await ca.PkiAsync("report", "expiring", "--within", "soon")).Code);
        Assert.AreEqual(ExitCode.UsageError, (await ca.PkiAsync("cert", "search", "--status", "nice")).Code);
    }

    [TestMethod]
    [DataRow("CN=router", "\"CN=router\"")]
    [DataRow("CN=a\"b,O=c\r\nd", "\"CN=a\"\"b,O=c\r\nd\"", DisplayName = "quotes, commas and line ends stay inside the cell (RFC 4180 §2)")]
    [DataRow("=cmd|'/c calc'!A1", "\"'=cmd|'/c calc'!A1\"")]
    [DataRow("+1", "\"'+1\"")]
    [DataRow("-1+1", "\"'-1+1\"")]
    [DataRow("@SUM(A1)", "\"'@SUM(A1)\"")]
    [DataRow("\t=1", "\"'\t=1\"")]
    [DataRow("\n=1", "\"'\n=1\"")]
    [DataRow("  =1", "\"'  =1\"", DisplayName = "blanks before it")]
    [DataRow("＝1", "\"'＝1\"", DisplayName = "full width")]
    [DataRow("", "\"\"")]
    public void A_cell_is_quoted_and_never_a_formula(string value, string cell) =>
        Assert.AreEqual($"\"name\"\r\n{cell}\r\n", Csv.Of([value], [new Column<string>("name", text => text)]));
}
