using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Storage;

/// <summary>The database as a whole: brought up to date, looked at.</summary>
public sealed class CaDatabase(IDbContextFactory<CaDbContext> databases)
{
    /// <summary>Creates what is missing. Several programs may do this at once; one does it, the others wait.</summary>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        await db.Database.MigrateAsync(cancel);
    }

    /// <summary>The database answers and has the schema of this program.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Database.CanConnectAsync(cancel) && !(await db.Database.GetPendingMigrationsAsync(cancel)).Any();
    }

    internal static void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseNpgsql(connectionString);
}
