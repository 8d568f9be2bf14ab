using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ca.Core.Storage;

/// <summary>The database as a whole: brought up to date, looked at.</summary>
public sealed class CaDatabase(IDbContextFactory<CaDbContext> databases)
{
    // A node that freezes inside a transaction (a paused machine, a stopped process) would keep its rows locked for
    // everybody else. Less than the time-out of the statements that wait for it.
    private const string IdleTimeout = "idle_in_transaction_session_timeout";
    private const int IdleLimitMilliseconds = 15_000;

    // Statements are prepared on a young table, which one page holds, and would keep the plan that reads all of it. Where
    // there is no other plan, its price must not start a compiler.
    private const string UseIndexes = "-c enable_seqscan=off -c jit=off";

    private const long MigrationLock = 0x45_78_52_41; // "ExRA": any number that everybody takes

    /// <summary>Creates what is missing. Several programs may do this at once; one does it, the others wait.</summary>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        if (await db.Database.CanConnectAsync(cancel)) // where not, migrating creates the database
        {
            // EF Core's own lock ends with each migration, so of two programs each would apply the next one.
            await db.Database.OpenConnectionAsync(cancel);
            await db.Database.ExecuteSqlAsync($"select pg_advisory_lock({MigrationLock})", cancel);
        }

        await db.Database.MigrateAsync(cancel);
        if (db.Database.GetDbConnection().State == ConnectionState.Open)
        {
            await db.Database.ExecuteSqlAsync($"select pg_advisory_unlock({MigrationLock})", cancel); // a pooled connection would keep it
        }
    }

    /// <summary>The database answers and has the schema of this program.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Database.CanConnectAsync(cancel) && !(await db.Database.GetPendingMigrationsAsync(cancel)).Any();
    }

    /// <summary>
    /// The same few statements come again and again, so PostgreSQL parses and plans them once for each connection, unless
    /// the connection string says otherwise (a pooler between us and the server may not allow it).
    /// </summary>
    internal static void Configure(DbContextOptionsBuilder options, string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            NoResetOnClose = true, // no statement of ours leaves anything behind in its session
        };
        if (builder.Options?.Contains(IdleTimeout, StringComparison.Ordinal) != true)
        {
            builder.Options = $"{builder.Options} -c {IdleTimeout}={IdleLimitMilliseconds} {UseIndexes}".TrimStart();
        }

        if (!connectionString.Contains("Auto Prepare", StringComparison.OrdinalIgnoreCase))
        {
            builder.MaxAutoPrepare = 100;
            builder.AutoPrepareMinUsages = 3;
        }

        // A lost race is a failed statement, too. Whoever handles the exception says what it means.
        options.AddInterceptors(new LostPreparations()).UseNpgsql(builder.ConnectionString).ConfigureWarnings(events => events.Log(
            (RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug)));
    }
}
