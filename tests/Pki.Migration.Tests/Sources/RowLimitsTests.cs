using System.Globalization;
using MySql.Data.MySqlClient;
using Pki.Migration.Sources;
using TestKit;

namespace Pki.Migration.Tests.Sources;

/// <summary>At each door: what is at a limit is read, what is over it is set aside with its column and costs no memory; what comes behind is read.</summary>
[TestClass]
[DoNotParallelize] // each test holds rows as long as they may be
public sealed class RowLimitsTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(RowLimits.Value, 0, null, DisplayName = "a value at its limit")]
    [DataRow(RowLimits.Value + 1, 0, "column a has more than 33554432 octets", DisplayName = "a value over it")]
    [DataRow(RowLimits.Value, RowLimits.Row - RowLimits.Value - 1, null, DisplayName = "a row at its limit")]
    [DataRow(RowLimits.Value, RowLimits.Row - RowLimits.Value, "the row has more than 67108864 octets, counted up to column c", DisplayName = "a row over it")]
    public async Task Of_a_dump(int first, int second, string? problem)
    {
        string path = Path.GetTempFileName();
        await using (var file = new StreamWriter(path))
        {
            await file.WriteAsync("INSERT INTO `CertificateData` (`a`, `b`, `c`) VALUES ('");
            await WriteAsync(file, first);
            await file.WriteAsync("','");
            await WriteAsync(file, second);
            await file.WriteAsync("','x'),('y','y','y');\n");
        }

        await using MysqlDump dump = await MysqlDump.OpenAsync(path, Cancel);
        await ExpectAsync(dump, first, problem);
        File.Delete(path);
    }

    [TestMethod]
    [DataRow(RowLimits.Value, 0, null, DisplayName = "a value at its limit")]
    [DataRow(RowLimits.Value + 1, 0, "column a has more than 33554432 octets", DisplayName = "a value over it")]
    [DataRow(RowLimits.Value, RowLimits.Row - RowLimits.Value - 23, null, DisplayName = "a line at its limit")]
    [DataRow(RowLimits.Value, RowLimits.Row - RowLimits.Value - 22, "the row has more than 67108864 octets", DisplayName = "a line over it")]
    public async Task Of_a_file_with_a_row_on_each_line(int first, int second, string? problem)
    {
        string folder = Directory.CreateTempSubdirectory("limits-").FullName;
        await using (StreamWriter file = File.CreateText(Path.Combine(folder, "CertificateData.ndjson")))
        {
            await file.WriteAsync("{\"a\":\"");
            await WriteAsync(file, first);
            await file.WriteAsync("\",\"b\":\"");
            await WriteAsync(file, second);
            await file.WriteAsync("\",\"c\":\"x\"}\n{\"a\":\"y\",\"c\":\"y\"}\n"); // 23 octets around the values
        }

        await using NdjsonFolder source = await NdjsonFolder.OpenAsync(folder, Cancel);
        await ExpectAsync(source, first, problem);
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    [DataRow("{", ",", "}", DisplayName = "more columns than any table")]
    [DataRow("{\"", "x", "\":1}", DisplayName = "a name without end")]
    [DataRow("[", "1,", "1]", DisplayName = "an array")]
    public async Task A_line_that_is_no_row_is_refused_before_much_of_it_is_kept(string begin, string middle, string end)
    {
        string folder = Directory.CreateTempSubdirectory("limits-").FullName;
        await using (StreamWriter file = File.CreateText(Path.Combine(folder, "CertificateData.ndjson")))
        {
            await file.WriteAsync(begin);
            for (int i = 0; i < 1_000_000; i++)
            {
                await file.WriteAsync(middle == "," ? string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}\"{i}\":1") : middle);
            }

            await file.WriteLineAsync(end);
        }

        await using NdjsonFolder source = await NdjsonFolder.OpenAsync(folder, Cancel);
        LegacyFormatException refused = await Assert.ThrowsExactlyAsync<LegacyFormatException>(async () =>
        {
            await foreach (LegacyRow _ in source.ReadAsync("CertificateData", 0, Cancel))
            {
                Assert.Fail("it is no row");
            }
        });
        Assert.Contains("Row 1 of 'CertificateData.ndjson'", refused.Message);
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    [DataRow(true, DisplayName = "MariaDB")]
    [DataRow(false, DisplayName = "PostgreSQL")]
    public async Task Of_a_database(bool isMariaDb)
    {
        string connection = isMariaDb ? await TestDatabases.NewMariaDbAsync(Cancel) : await TestDatabases.NewPostgreSqlAsync(Cancel);
        string text = isMariaDb ? "longtext" : "text";
        string sql = $"create table certificatedata (number int, a {text}, b {text}, c {(isMariaDb ? "longblob" : "bytea")});"
            + "insert into certificatedata values (1, repeat('x', 33554432), null, null);"
            + "insert into certificatedata values (2, repeat('x', 33554433), 'y', null);"
            + "insert into certificatedata values (3, repeat('x', 33554432), repeat('x', 33554432), null);"
            + $"insert into certificatedata values (4, repeat('x', 33554432), repeat('x', 33554431), {(isMariaDb ? "'xy'" : "'xy'::bytea")});"
            + "insert into certificatedata values (5, 'y', 'y', null);";
        if (isMariaDb)
        {
            await using var root = new MySqlConnection(connection);
            await root.OpenAsync(Cancel);
            await using var wider = new MySqlCommand("set global max_allowed_packet = 268435456", root); // or no function makes so long a text
            await wider.ExecuteNonQueryAsync(Cancel);
            await TestDatabases.RunMariaDbAsync(connection, sql, Cancel);
        }
        else
        {
            await TestDatabases.RunPostgreSqlAsync(connection, sql, Cancel);
        }

        await using LiveDatabase source = await LiveDatabase.OpenAsync(isMariaDb, connection, Cancel);
        List<string> problems = [];
        await foreach (LegacyRow row in source.ReadAsync("CertificateData", 0, Cancel))
        {
            problems.Add($"{row.Number}: {row.Problem ?? string.Create(CultureInfo.InvariantCulture, $"{row.Text("a")!.Length} {row.Text("b")?.Length}")}");
        }

        CollectionAssert.AreEqual(
            new[] { "1: 33554432 ", "2: column a has more than 33554432 octets", "3: 33554432 33554432", "4: the row has more than 67108864 octets", "5: 1 1" },
            problems);
    }

    private async Task ExpectAsync(ILegacySource source, int first, string? problem)
    {
        int number = 0;
        await foreach (LegacyRow row in source.ReadAsync("CertificateData", 0, Cancel))
        {
            Assert.AreEqual(++number, row.Number);
            Assert.AreEqual(number == 1 ? problem : null, row.Problem);
            Assert.AreEqual(number == 2 ? "y" : problem is null ? "x" : row.Text("c"), row.Text("c"));
            Assert.IsTrue(number == 2 || problem is not null || row.Text("a")!.Length == first);
        }

        Assert.AreEqual(2, number);
    }

    private static async Task WriteAsync(TextWriter file, int length)
    {
        string piece = new('x', 1 << 16);
        for (int left = length; left > 0; left -= piece.Length)
        {
            await file.WriteAsync(piece.AsMemory(0, Math.Min(left, piece.Length)));
        }
    }
}
