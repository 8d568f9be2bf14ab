using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ca.Core.Tests.Storage;

/// <summary>A connection on which client and server disagree about prepared statements does not fail for ever.</summary>
[TestClass]
public sealed class LostPreparationsTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("prepare _auto0 as select 1", "42P05", DisplayName = "a name is taken")]
    [DataRow("deallocate all", "26000", DisplayName = "a name is gone")]
    public async Task Such_a_connection_is_dropped(string damage, string sqlState)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa process = await ca.AnotherProcessAsync(Cancel, o => o.ConnectionString += ";Maximum Pool Size=1;Application Name=" + sqlState);
        if (sqlState == "26000")
        {
            await UseAsync(process, times: 5); // prepared by now
        }

        await using (CaDbContext db = await process.OpenAsync(Cancel))
        {
            await db.Database.OpenConnectionAsync(Cancel);
            await using var command = new NpgsqlCommand(damage, (NpgsqlConnection)db.Database.GetDbConnection());
            await command.ExecuteNonQueryAsync(Cancel);
        }

        PostgresException failure = await Assert.ThrowsExactlyAsync<PostgresException>(() => UseAsync(process, times: 5));
        Assert.AreEqual(sqlState, failure.SqlState);
        await UseAsync(process, times: 5);
    }

    private async Task UseAsync(TestCa process, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await using CaDbContext db = await process.OpenAsync(Cancel);
            await db.Set<ConfigurationStamp>().AsNoTracking().Where(row => row.Stamp >= 0).ToListAsync(Cancel);
        }
    }
}
