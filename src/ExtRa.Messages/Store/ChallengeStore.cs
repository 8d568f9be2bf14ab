using System.Data.Common;

namespace ExtRa.Messages.Store;

/// <summary>The table <c>scep_challenge</c>: one method for each query file.</summary>
internal sealed class ChallengeStore(SqlDatabase database) : IChallengeStore
{
    /// <inheritdoc />
    public async Task<bool> AddAsync(string alias, string mac, string? subject, TimeSpan validFor, CancellationToken cancel)
    {
        MessageLimits.CheckDigest(mac);
        return await database.ExecuteAsync(
            "add_challenge", cancel, new SqlValue("alias", alias), new("mac", mac), new("subject", subject ?? ""), new("validfor", (long)validFor.TotalMilliseconds)) == 1;
    }

    /// <inheritdoc />
    public async Task<Challenge?> FindAsync(string alias, string mac, CancellationToken cancel)
    {
        MessageLimits.CheckDigest(mac);
        return (await database.QueryAsync("find_challenge", Read, cancel, new SqlValue("alias", alias), new("mac", mac))).SingleOrDefault();
    }

    /// <inheritdoc />
    public async Task<bool> ConsumeAsync(string alias, string mac, string uniqueId, CancellationToken cancel)
    {
        MessageLimits.CheckDigest(mac);
        MessageLimits.CheckUniqueId(uniqueId);
        return await database.ExecuteAsync("consume_challenge", cancel, new SqlValue("alias", alias), new("mac", mac), new("uniqueid", uniqueId)) == 1;
    }

    /// <inheritdoc />
    public Task<int> PurgeAsync(TimeSpan expiredSince, int limit, CancellationToken cancel) =>
        database.ExecuteAsync("purge_challenges", cancel, new SqlValue("age", (long)expiredSince.TotalMilliseconds), new("limit", limit));

    private static Challenge Read(DbDataReader row) => new(
        Alias: row.GetString(0),
        Mac: row.GetString(1),
        Subject: row.IsDBNull(2) ? null : row.GetString(2),
        Expires: row.GetInt64(3),
        HasExpired: row.GetInt32(6) == 1,
        ConsumedBy: row.IsDBNull(4) ? null : row.GetString(4),
        ConsumedAt: row.IsDBNull(5) ? null : row.GetInt64(5));
}
