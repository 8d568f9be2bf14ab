using System.Text;
using Pki.Migration.Sources;

namespace Pki.Migration.Tests.Sources;

/// <summary>MIGRATION §3.2: files of mysqldump --complete-insert --hex-blob, good ones and hostile ones.</summary>
[TestClass]
public sealed class MysqlDumpTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("'abc'", "abc", DisplayName = "text")]
    [DataRow("''", null, DisplayName = "an empty text is no value")]
    [DataRow("NULL", null, DisplayName = "NULL")]
    [DataRow("-12", "-12", DisplayName = "a number")]
    [DataRow("0xCAFE", "0xCAFE", DisplayName = "a blob in hex")]
    [DataRow("_binary 'abc'", "abc", DisplayName = "a blob with its introducer")]
    [DataRow(@"'a\'b\\c\nd\re\tf'", "a'b\\c\nd\re\tf", DisplayName = "escapes")]
    [DataRow("'it''s'", "it's", DisplayName = "a doubled quote")]
    [DataRow("'),(1;INSERT INTO `x`'", "),(1;INSERT INTO `x`", DisplayName = "a text that looks like SQL")]
    [DataRow("'åЖ'", "åЖ", DisplayName = "UTF-8")]
    public async Task A_value_is_read(string sql, string? expected)
    {
        List<LegacyRow> rows = await ReadAsync($"INSERT INTO `CertificateData` (`a`, `b`) VALUES ({sql},1);\n");
        Assert.AreEqual(expected, rows.Single().Text("A"), "names in any case");
        Assert.AreEqual(1, rows[0].Number64("b"));
    }

    [TestMethod]
    public async Task Texts_that_are_not_UTF_8_do_not_become_one()
    {
        string path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, Encoding.Latin1.GetBytes("INSERT INTO `CertificateData` (`a`) VALUES ('Müller'),('Möller'),('Miller');\n"), TestContext.CancellationToken);
        await using MysqlDump dump = await MysqlDump.OpenAsync(path, TestContext.CancellationToken);
        List<bool> unreadable = [];
        await foreach (LegacyRow row in dump.ReadAsync("CertificateData", 0, TestContext.CancellationToken))
        {
            unreadable.Add(row.Problem?.Contains("column a is not UTF-8", StringComparison.Ordinal) ?? false);
        }

        CollectionAssert.AreEqual(new[] { true, true, false }, unreadable, "a row is set aside for it");
        File.Delete(path);
    }

    [TestMethod]
    public async Task Rows_of_many_statements_and_tables_are_told_apart()
    {
        List<LegacyRow> rows = await ReadAsync("""
            -- comment INSERT INTO `CertificateData`
            /*!40000 ALTER TABLE `CertificateData` DISABLE KEYS */;
            INSERT INTO `UserData` (`a`) VALUES ('no'),('no');
            INSERT INTO `CertificateData` (`a`,`b`) VALUES (1,'x'),(2,'y');
            INSERT INTO `certificatedata` (`b`, `a`) VALUES ('z',3);
            """);
        Assert.AreEqual("1x 2y 3z", string.Join(' ', rows.Select(r => r.Text("a") + r.Text("b"))));
        Assert.AreEqual("1 2 3", string.Join(' ', rows.Select(r => r.Number)));
    }

    /// <summary>Of the table, not of the file: what comes behind is none of its business.</summary>
    [TestMethod]
    [DataRow("a.sql", DisplayName = "a dump")]
    [DataRow("CertificateData.ndjson", DisplayName = "a folder")]
    public async Task How_much_is_read_grows_to_the_whole(string name)
    {
        string folder = Directory.CreateTempSubdirectory("pki-share-").FullName;
        string value = new('x', 1000);
        string file = Path.Combine(folder, name);
        await File.WriteAllLinesAsync(
            file,
            name.EndsWith(".sql", StringComparison.Ordinal)
                ? [.. Enumerable.Repeat($"INSERT INTO `CertificateData` (`a`) VALUES ('{value}');", 1000), .. Enumerable.Repeat($"INSERT INTO `UserData` (`a`) VALUES ('{value}');", 3000)]
                : Enumerable.Repeat($$"""{"a":"{{value}}"}""", 1000),
            TestContext.CancellationToken);
        await using ILegacySource source = name.EndsWith(".sql", StringComparison.Ordinal) ? await MysqlDump.OpenAsync(file, TestContext.CancellationToken) : await NdjsonFolder.OpenAsync(folder, TestContext.CancellationToken);
        List<double> shares = [];
        await foreach (LegacyRow _ in source.ReadAsync("CertificateData", 0, TestContext.CancellationToken))
        {
            shares.Add(source.Share!.Value);
        }

        CollectionAssert.AreEqual(shares.Order().ToArray(), shares.ToArray());
        Assert.IsLessThan(0.01, shares[0]);
        Assert.IsGreaterThan(0.99, shares[^1]);
        Assert.IsLessThanOrEqualTo(1, shares[^1]);
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public async Task Skipping_begins_at_the_next_row()
    {
        const string Sql = "INSERT INTO `CertificateData` (`a`) VALUES (1),(2);\nINSERT INTO `CertificateData` (`a`) VALUES (3),(4);\n";
        Assert.AreEqual("4", string.Join(' ', (await ReadAsync(Sql, skip: 3)).Select(r => r.Text("a"))));
        Assert.IsEmpty(await ReadAsync(Sql, skip: 4));
    }

    [TestMethod]
    [DataRow("INSERT INTO `CertificateData` VALUES (1);", "--complete-insert", DisplayName = "without column names")]
    [DataRow("INSERT INTO `CertificateData` (`a`) VALUES (1,2);", "1 values in a row", DisplayName = "too many values")]
    [DataRow("INSERT INTO `CertificateData` (`a`,`b`) VALUES (1);", "2 values in a row", DisplayName = "too few values")]
    [DataRow("INSERT INTO `CertificateData` (`a`,`A`) VALUES (1,2);", "twice", DisplayName = "a column twice")]
    [DataRow("INSERT INTO `CertificateData` (`a`) VALUES ('x", "inside a text", DisplayName = "cut off inside a text")]
    [DataRow("INSERT INTO `CertificateData` (`a`) VALUES (1\n", "inside a row", DisplayName = "cut off inside a row")]
    [DataRow("INSERT INTO `CertificateData` (`a`) VALUES (sleep(9));", "neither text", DisplayName = "an expression")]
    [DataRow("INSERT INTO `CertificateData` (`a`) VALUES (1) (2);", "after a row", DisplayName = "no comma between rows")]
    public async Task A_file_that_is_no_dump_is_refused_with_the_place(string sql, string expected)
    {
        LegacyFormatException refused = await Assert.ThrowsExactlyAsync<LegacyFormatException>(() => ReadAsync(sql));
        Assert.Contains(expected, refused.Message);
        Assert.Contains("At octet", refused.Message);
    }

    [TestMethod]
    public async Task A_line_of_a_gigabyte_costs_no_memory()
    {
        string path = Path.GetTempFileName();
        try
        {
            await using (FileStream file = File.Create(path))
            {
                // Sparse: the middle of the text is a hole of NUL octets.
                file.Write("INSERT INTO `CertificateData` (`a`,`b`) VALUES ('"u8);
                file.Position = 1L << 30;
                file.Write("',1),('x',2);\n"u8);
            }

            await using MysqlDump dump = await MysqlDump.OpenAsync(path, TestContext.CancellationToken);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            List<LegacyRow> rows = [];
            await foreach (LegacyRow row in dump.ReadAsync("CertificateData", 0, TestContext.CancellationToken))
            {
                rows.Add(row);
            }

            Assert.HasCount(2, rows);
            Assert.AreEqual("column a has more than 33554432 octets", rows[0].Problem);
            Assert.AreEqual("x", rows[1].Text("a"));
            Assert.IsLessThan(200L << 20, GC.GetTotalMemory(forceFullCollection: true) - before);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<List<LegacyRow>> ReadAsync(string sql, long skip = 0)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, sql, new UTF8Encoding(false), TestContext.CancellationToken);
            await using MysqlDump dump = await MysqlDump.OpenAsync(path, TestContext.CancellationToken);
            List<LegacyRow> rows = [];
            await foreach (LegacyRow row in dump.ReadAsync("CertificateData", skip, TestContext.CancellationToken))
            {
                rows.Add(row);
            }

            return rows;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
