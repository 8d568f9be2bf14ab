using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Tests.Storage;

/// <summary>Model, migrations and sql/ca/schema.sql say the same.</summary>
[TestClass]
public sealed class SchemaTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void Every_change_of_the_model_has_its_migration()
    {
        using var db = new CaDbContext(CaSchema.OfflineOptions());
        Assert.IsFalse(db.Database.HasPendingModelChanges(), "Run: dotnet run --project tools/Migrations -- add NAME");
    }

    [TestMethod]
    public void The_schema_file_is_what_the_migrations_add_up_to()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Pki.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        Assert.AreEqual(CaSchema.Script(), File.ReadAllText(Path.Combine(folder, "sql/ca/schema.sql")), "Run: dotnet run --project tools/Migrations -- schema");
    }

    [TestMethod]
    public async Task Several_programs_may_bring_the_database_up_to_date_at_once()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(TestContext.CancellationToken);
        await ca.ExecuteAsync("drop schema public cascade; create schema public", TestContext.CancellationToken);
        await using TestCa other = await ca.AnotherLedgerAsync();

        await Task.WhenAll(ca.Get<CaDatabase>().MigrateAsync(TestContext.CancellationToken), other.Get<CaDatabase>().MigrateAsync(TestContext.CancellationToken));

        Assert.IsTrue(await ca.Get<CaDatabase>().IsReadyAsync(TestContext.CancellationToken));
    }
}
