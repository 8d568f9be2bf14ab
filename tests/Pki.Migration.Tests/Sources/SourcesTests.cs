using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using MySql.Data.MySqlClient;
using Pki.Cli;
using Pki.Migration.Sources;
using Pki.Migration.Tests.World;
using TestKit;

namespace Pki.Migration.Tests.Sources;

/// <summary>The same site read four ways gives the same: dump, NDJSON, live MariaDB, live PostgreSQL (MIGRATION §3.2).</summary>
[TestClass]
[NeedsTool("mariadb-dump")]
public sealed class SourcesTests
{
    private const int Certificates = 120;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Every_source_gives_the_same()
    {
        using var old = new OldSite();
        using NewSite fromDump = await NewSite.WithAsync(old, Cancel);
        string dump = fromDump.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        await MustImportAsync(fromDump, dump);
        string expected = await fromDump.ContentAsync(Cancel);

        using NewSite fromJson = await NewSite.WithAsync(old, Cancel);
        string folder = fromJson.File("ndjson");
        await WriteNdjsonAsync(dump, folder);
        await MustImportAsync(fromJson, folder, [.. new[] { ("CertificateData", Certificates), ("Base64CertData", Certificates), ("UserData", OldSite.UsersOf(Certificates)), ("CRLData", 2) }.SelectMany(table => (string[])["--expect-rows", $"{table.Item1}={table.Item2}"])]);
        Assert.AreEqual(expected, await fromJson.ContentAsync(Cancel), "NDJSON, certificates in a table of their own");

        using NewSite fromPostgreSql = await NewSite.WithAsync(old, Cancel);
        string postgreSql = await TestDatabases.NewPostgreSqlAsync(Cancel);
        await TestDatabases.RunPostgreSqlAsync(postgreSql, await ScriptAsync(dump, '"'), Cancel);
        await MustImportLiveAsync(fromPostgreSql, postgreSql);
        Assert.AreEqual(expected, await fromPostgreSql.ContentAsync(Cancel), "live PostgreSQL");

        using NewSite fromMariaDb = await NewSite.WithAsync(old, Cancel);
        string mariaDb = await TestDatabases.NewMariaDbAsync(Cancel);
        await TestDatabases.RunMariaDbAsync(mariaDb, await ScriptAsync(dump, '`'), Cancel);
        var server = new MySqlConnectionStringBuilder(mariaDb);
        await File.WriteAllTextAsync(fromMariaDb.File("db.password"), server.Password + "\n", Cancel);
        await MustImportAsync(fromMariaDb, $"jdbc:mysql://{server.Server}:{server.Port}/{server.Database}?useSSL=false", "--user", server.UserID, "--password-file", fromMariaDb.File("db.password"));
        Assert.AreEqual(expected, await fromMariaDb.ContentAsync(Cancel), "live MariaDB");
        Assert.DoesNotContain(server.Password, await File.ReadAllTextAsync(fromMariaDb.Report, Cancel));

        using NewSite fromRealDump = await NewSite.WithAsync(old, Cancel);
        string real = fromRealDump.File("real.sql");
        await DumpAsync(server, real);
        await MustImportAsync(fromRealDump, real);
        Assert.AreEqual(expected, await fromRealDump.ContentAsync(Cancel), "what MariaDB's own program writes");
    }

    [TestMethod]
    [DataRow("{\"a\":1", "is not a JSON object", DisplayName = "cut off")]
    [DataRow("[1]", "is not a JSON object", DisplayName = "an array")]
    [DataRow("{\"a\":{\"b\":1}}", "neither text nor number", DisplayName = "an object inside")]
    [DataRow("{\"a\":1,\"A\":2}", "is not a JSON object", DisplayName = "a column twice")]
    public async Task A_line_that_is_no_row_is_refused_with_its_number(string line, string expected)
    {
        string folder = Directory.CreateTempSubdirectory("ndjson-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "CertificateData.ndjson"), "{\"a\":\"x\"}\n\n" + line, Cancel);
        LegacyFormatException refused = await Assert.ThrowsExactlyAsync<LegacyFormatException>(async () =>
        {
            await using NdjsonFolder source = await NdjsonFolder.OpenAsync(folder, Cancel);
            await foreach (LegacyRow row in source.ReadAsync("certificatedata", 0, Cancel))
            {
                Assert.AreEqual("x", row.Text("A"));
            }
        });
        Assert.Contains("Row 2", refused.Message);
        Assert.Contains(expected, refused.Message);
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public async Task A_text_that_is_none_sets_its_row_aside_and_no_other()
    {
        string folder = Directory.CreateTempSubdirectory("ndjson-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "UserData.ndjson"), "{\"a\":\"\\ud800\"}\n{\"a\":\"x\"}\n", Cancel);
        await using NdjsonFolder source = await NdjsonFolder.OpenAsync(folder, Cancel);
        List<string?> problems = [];
        await foreach (LegacyRow row in source.ReadAsync("UserData", 0, Cancel))
        {
            problems.Add(row.Problem);
        }

        Assert.HasCount(2, problems);
        Assert.Contains("column a is not UTF-8", problems[0]!);
        Assert.IsNull(problems[1]);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task MustImportAsync(NewSite site, string source, params string[] more)
    {
        (ExitCode code, string output, string error) = await site.ImportAsync(source, more);
        Assert.AreEqual(ExitCode.Success, code, error + output);
    }

    // A private server listens on a socket, which a JDBC URL cannot name, so the source is opened as the command opens it.
    private async Task MustImportLiveAsync(NewSite site, string connectionString)
    {
        await using LiveDatabase source = await LiveDatabase.OpenAsync(isMariaDb: false, connectionString, Cancel);
        await using Pki.Cli.Configuration.CaSession session = site.Open();
        using var list = new MemoryStream();
        var import = new Migration.Import.SiteImport(session.Get<Ca.Core.Importing.BulkImport>(), session.Authorities, source, new() { Actor = session.Operator, Clock = TimeProvider.System, BatchSize = 50 }, list, _ => { });
        (await import.RunAsync(Cancel)).OrThrow();
    }

    private async Task DumpAsync(MySqlConnectionStringBuilder server, string file)
    {
        var start = new ProcessStartInfo("mariadb-dump", [$"--host={server.Server}", $"--port={server.Port}", $"--user={server.UserID}", "--ssl=0", "--single-transaction", "--complete-insert", "--hex-blob", $"--result-file={file}", server.Database])
        {
            RedirectStandardError = true,
        };
        start.Environment["MYSQL_PWD"] = server.Password;
        using Process dump = Process.Start(start)!;
        string error = await dump.StandardError.ReadToEndAsync(Cancel);
        await dump.WaitForExitAsync(Cancel);
        Assert.AreEqual(0, dump.ExitCode, error);
    }

    /// <summary>Moves the certificates into a table of their own, without line feeds.</summary>
    private async Task WriteNdjsonAsync(string dump, string folder)
    {
        Directory.CreateDirectory(folder);
        await using MysqlDump source = await MysqlDump.OpenAsync(dump, Cancel);
        foreach (string table in new[] { "CertificateData", "UserData", "CRLData", "CAData" })
        {
            await using StreamWriter file = File.CreateText(Path.Combine(folder, table + ".ndjson"));
            await using StreamWriter texts = File.AppendText(Path.Combine(folder, "Base64CertData.ndjson"));
            await foreach (LegacyRow row in source.ReadAsync(table, 0, Cancel))
            {
                var json = new JsonObject();
                foreach (string column in Columns[table])
                {
                    json[column] = row.Number64(column) is { } number && column != "serialNumber" ? JsonValue.Create(number) : JsonValue.Create(row.Text(column));
                }

                if (table == "CertificateData")
                {
                    await texts.WriteLineAsync(new JsonObject { ["fingerprint"] = row.Text("fingerprint"), ["base64Cert"] = row.Text("base64Cert")!.Replace("\n", "") }.ToJsonString());
                    json["base64Cert"] = null;
                }

                await file.WriteLineAsync(json.ToJsonString());
            }
        }
    }

    private static readonly Dictionary<string, string[]> Columns = new()
    {
        ["CertificateData"] = ["fingerprint", "base64Cert", "certificateProfileId", "endEntityProfileId", "issuerDN", "subjectDN", "serialNumber", "expireDate", "revocationDate", "revocationReason", "status", "type", "updateTime", "username"],
        ["UserData"] = ["username", "cAId", "certificateProfileId", "endEntityProfileId", "passwordHash", "status", "subjectDN", "timeCreated", "timeModified", "tokenType", "type", "clearPassword", "subjectAltName", "subjectEmail", "extendedInformationData"],
        ["CRLData"] = ["fingerprint", "base64Crl", "cRLNumber", "deltaCRLIndicator", "issuerDN"],
        ["CAData"] = ["cAId", "subjectDN"],
    };

    /// <summary>The tables as SQL, with the columns' types of a real database.</summary>
    private async Task<string> ScriptAsync(string dump, char quote)
    {
        await using MysqlDump source = await MysqlDump.OpenAsync(dump, Cancel);
        var sql = new StringBuilder();
        foreach ((string table, string[] columns) in Columns)
        {
            string types = string.Join(", ", columns.Select(c => $"{quote}{c}{quote} {(IsNumber(c) ? "bigint" : quote == '"' ? "text" : "longtext")}"));
            sql.Append($"create table {quote}{table}{quote} ({types});\n");
            await foreach (LegacyRow row in source.ReadAsync(table, 0, Cancel))
            {
                sql.Append($"insert into {quote}{table}{quote} values ({string.Join(", ", columns.Select(c => row.Text(c) is { } text ? $"'{text.Replace("'", "''")}'" : "null"))});\n");
            }
        }

        return sql.ToString();
    }

    private static bool IsNumber(string column) => column is "cAId" or "status" or "type" or "tokenType" or "cRLNumber" or "deltaCRLIndicator" or "revocationReason"
        || column.EndsWith("Id", StringComparison.Ordinal) || column.EndsWith("Date", StringComparison.Ordinal) || (column.Contains("ime", StringComparison.Ordinal) && column != "username");
}
