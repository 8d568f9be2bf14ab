using Ca.Core.Certificates;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Importing;

/// <content>What is here, to be compared with what the other system says. Reads only.</content>
public sealed partial class BulkImport
{
    /// <summary>The revoked certificates of a CA that end after a moment, by serial number.</summary>
    public async Task<IReadOnlyDictionary<string, StoredStanding>> FindRevokedAsync(int caId, DateTimeOffset after, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await Standings(db.Set<CertificateRow>().Where(c => c.CaId == caId && c.Status == CertificateStatus.Revoked && c.ExpireAt > after), cancel);
    }

    /// <summary>How the certificates of a CA stand that have these serial numbers; those that are not here are left out.</summary>
    public async Task<IReadOnlyDictionary<string, StoredStanding>> FindStandingsAsync(int caId, IReadOnlyCollection<string> serials, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return serials.Count == 0 ? new Dictionary<string, StoredStanding>(StringComparer.Ordinal) : await Standings(db.Set<CertificateRow>().Where(c => c.CaId == caId && serials.Contains(c.Serial)), cancel);
    }

    /// <summary>How many end entities are stored.</summary>
    public async Task<long> CountEndEntitiesAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<EndEntities.EndEntityRow>().LongCountAsync(cancel);
    }

    /// <summary>Subject and CA of the end entities that have these names; who is not here is left out.</summary>
    public async Task<IReadOnlyDictionary<string, (string SubjectDn, int CaId)>> FindUsersAsync(IReadOnlyCollection<string> usernames, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<EndEntities.EndEntityRow>().Where(e => usernames.Contains(e.Username)).Select(e => new { e.Username, e.SubjectDn, e.CaId })
            .ToDictionaryAsync(e => e.Username, e => (e.SubjectDn, e.CaId), StringComparer.Ordinal, cancel);
    }

    private static Task<Dictionary<string, StoredStanding>> Standings(IQueryable<CertificateRow> rows, CancellationToken cancel) => rows
        .Select(c => new { c.Serial, c.Status, c.RevocationReason, c.RevokedAt, c.ExpireAt })
        .ToDictionaryAsync(c => c.Serial, c => new StoredStanding(c.Status, c.RevocationReason, c.RevokedAt, c.ExpireAt), StringComparer.Ordinal, cancel);
}

/// <summary>How a stored certificate stands.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Reason">Its revocation reason; −1: none.</param>
/// <param name="RevokedAt">Since when; null: it is not revoked.</param>
/// <param name="ExpireAt">Its end.</param>
public sealed record StoredStanding(CertificateStatus Status, int Reason, DateTimeOffset? RevokedAt, DateTimeOffset ExpireAt);
