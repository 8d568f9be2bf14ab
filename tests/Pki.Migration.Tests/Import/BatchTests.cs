using Ca.Core.Importing;
using Pki.Cli.Configuration;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Migration.Tests.World;

namespace Pki.Migration.Tests.Import;

/// <summary>Rows are taken over together as long as they are few and small; what they cost counts, not only how many they are.</summary>
[TestClass]
public sealed class BatchTests
{
    private const int Certificates = 120;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(false, DisplayName = "certificates in their rows")]
    [DataRow(true, DisplayName = "certificates in a table of their own")]
    public async Task Large_rows_make_small_batches(bool apart)
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates, apart: apart);
        await using MysqlDump source = await MysqlDump.OpenAsync(dump, Cancel);
        long largest = 0;
        await foreach (LegacyRow row in source.ReadAsync(apart ? "Base64CertData" : "CertificateData", 0, Cancel))
        {
            largest = Math.Max(largest, row.Size);
        }

        List<ImportProgress> batches = await ImportAsync(site, source, batchCharacters: (int)(4 * largest));
        Assert.IsGreaterThanOrEqualTo(Certificates / 4, batches.Count(batch => batch.Table == "CertificateData"), "with a row's own certificate, four at most");
        Assert.AreEqual(Certificates + 0L, await site.CountAsync("certificate", Cancel));
    }

    [TestMethod]
    public async Task A_row_that_is_larger_than_a_batch_is_taken_alone()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, Certificates);
        await using MysqlDump source = await MysqlDump.OpenAsync(dump, Cancel);
        List<ImportProgress> batches = await ImportAsync(site, source, batchCharacters: 1);
        Assert.AreEqual(Certificates, batches.Count(batch => batch.Table == "CertificateData"));
        Assert.AreEqual(Certificates + 0L, await site.CountAsync("certificate", Cancel));
    }

    private async Task<List<ImportProgress>> ImportAsync(NewSite site, MysqlDump source, int batchCharacters)
    {
        await using CaSession session = site.Open();
        using var list = new MemoryStream();
        List<ImportProgress> batches = [];
        var options = new ImportOptions { Actor = session.Operator, Clock = TimeProvider.System, BatchCharacters = batchCharacters };
        using var import = new SiteImport(session.Get<BulkImport>(), session.Authorities, source, options, list, batches.Add);
        ImportState state = (await import.RunAsync(Cancel)).OrThrow();
        Assert.AreEqual(0, state.SetAside.Values.Sum());
        return batches;
    }
}
