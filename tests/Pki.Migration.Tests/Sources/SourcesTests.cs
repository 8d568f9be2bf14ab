using System.Text;
using System.Text.Json.Nodes;
using Pki.Cli;
using Pki.Migration.Sources;
using Pki.Migration.Tests.World;
using TestKit;

namespace Pki.Migration.Tests.Sources;

/// <summary>The same site read four ways gives the same: dump, NDJSON, live MariaDB, live PostgreSQL (MIGRATION §3.2).</summary>
[TestClass]
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
        await MustImportAsync(fromJson, folder);
        Assert.AreEqual(expected, await fromJson.ContentAsync(Cancel), "NDJSON, certificates in a table of their own");

        using NewSite fromPostgreSql = await NewSite.WithAsync(old, Cancel);
        string postgreSql = await TestDatabases.NewPostgreSqlAsync(Cancel);
        await TestDatabases.RunPostgreSqlAsync(postgreSql, await ScriptAsync(dump, '"'), Cancel);
        await MustImportLiveAsync(fromPostgreSql, isMariaDb: false, postgreSql);
        Assert.AreEqual(expected, await fromPostgreSql.ContentAsync(Cancel), "live PostgreSQL");

        using NewSite fromMariaDb = await NewSite.WithAsync(old, Cancel);
        string mariaDb = await TestDatabases.NewMariaDbAsync(Cancel);
        await TestDatabases.RunMariaDbAsync(mariaDb, await ScriptAsync(dump, '`'), Cancel);
        await MustImportLiveAsync(fromMariaDb, isMariaDb: true, mariaDb);
        Assert.AreEqual(expected, await fromMariaDb.ContentAsync(Cancel), "live MariaDB");
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

    private static async Task MustImportAsync(NewSite site, string source, params string[] more)
    {
        (ExitCode code, string output, string error) = await site.ImportAsync(source, more);
        Assert.AreEqual(ExitCode.Success, code, error + output);
    }

    // A private server listens on a socket, which a JDBC URL cannot name, so the source is opened as the command opens it.
    private async Task MustImportLiveAsync(NewSite site, bool isMariaDb, string connectionString)
    {
        await using LiveDatabase source = await LiveDatabase.OpenAsync(isMariaDb, connectionString, Cancel);
        await using Pki.Cli.Configuration.CaSession session = site.Open();
        using var list = new MemoryStream();
        var import = new Migration.Import.SiteImport(session.Get<Ca.Core.Importing.BulkImport>(), session.Authorities, source, new() { Actor = session.Operator, BatchSize = 50 }, list, _ => { });
        (await import.RunAsync(Cancel)).OrThrow();
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
