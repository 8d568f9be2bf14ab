using Ca.Core.Cmp;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

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

    /// <summary>CMP-A-26 has its documented name and default since; what an alias did it goes on doing.</summary>
    [TestMethod]
    public async Task An_alias_of_before_keeps_what_it_said_about_key_updates()
    {
        await using TestCa ca = await TestCa.StartAsync(TestContext.CancellationToken);
        await using (CaDbContext db = await ca.Get<IDbContextFactory<CaDbContext>>().CreateDbContextAsync(TestContext.CancellationToken))
        {
            await db.GetService<IMigrator>().MigrateAsync("PollsNoticesImport", TestContext.CancellationToken);
        }

        foreach ((string name, string value) in ((string, string)[])[("always", "false"), ("asked", "true")])
        {
            await ca.ExecuteAsync($$"""insert into cmp_alias (name, definition) values ('{{name}}', '{ "caName": "Root", "updateOnlyWhenNew": {{value}} }')""", TestContext.CancellationToken);
        }

        await ca.Get<CaDatabase>().MigrateAsync(TestContext.CancellationToken);

        IReadOnlyList<CmpAlias> aliases = await ca.Get<CmpAliases>().ListAsync(TestContext.CancellationToken);
        Assert.AreEqual("always True, asked False", string.Join(", ", aliases.Select(a => $"{a.Name} {a.AllowAutomaticKeyUpdate}")));
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
