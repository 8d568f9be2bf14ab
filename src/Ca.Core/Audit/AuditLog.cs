using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Audit;

/// <summary>An audit record as it is shown.</summary>
/// <param name="NodeId">Whose chain.</param>
/// <param name="Sequence">Position in the chain, from 1.</param>
/// <param name="At">When.</param>
/// <param name="Entry">What.</param>
/// <param name="Hash">The link's hash.</param>
public sealed record AuditView(string NodeId, long Sequence, DateTimeOffset At, AuditEntry Entry, byte[] Hash);

/// <summary>Which records to show; all conditions hold together.</summary>
public sealed record AuditFilter
{
    /// <summary>Event name.</summary>
    public string? Event { get; init; }

    /// <summary>Certificate serial or transaction id.</summary>
    public string? SearchDetail1 { get; init; }

    /// <summary>Username.</summary>
    public string? SearchDetail2 { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>How many at most, newest first.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>What walking a chain found.</summary>
/// <param name="NodeId">Whose chain.</param>
/// <param name="Records">How many records were read.</param>
/// <param name="Head">Hash of the last one. Keep it elsewhere: it is what shows that the end was cut off.</param>
/// <param name="Problem">What is wrong first, null when the chain is whole.</param>
public sealed record AuditVerification(string NodeId, long Records, byte[] Head, string? Problem);

/// <summary>Reads and verifies the audit log. Only the ledger writes it.</summary>
public sealed class AuditLog(IDbContextFactory<CaDbContext> databases)
{
    /// <summary>Records, newest first.</summary>
    public async Task<IReadOnlyList<AuditView>> ListAsync(AuditFilter filter, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        IQueryable<AuditRecord> query = db.Set<AuditRecord>().AsNoTracking();
        query = filter.Event is null ? query : query.Where(r => r.Event == filter.Event);
        query = filter.SearchDetail1 is null ? query : query.Where(r => r.SearchDetail1 == filter.SearchDetail1);
        query = filter.SearchDetail2 is null ? query : query.Where(r => r.SearchDetail2 == filter.SearchDetail2);
        if (filter.From is { } from)
        {
            long since = from.ToUnixTimeMilliseconds();
            query = query.Where(r => r.At >= since);
        }

        List<AuditRecord> rows = await query.OrderByDescending(r => r.At).ThenByDescending(r => r.Sequence).Take(filter.Limit).ToListAsync(cancel);
        return [.. rows.Select(View)];
    }

    /// <summary>Walks every node's chain from its first record to its last.</summary>
    public async Task<IReadOnlyList<AuditVerification>> VerifyAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        List<string> nodes = await db.Set<AuditRecord>().Select(r => r.NodeId).Distinct().Order().ToListAsync(cancel);
        var results = new List<AuditVerification>(nodes.Count);
        foreach (string node in nodes)
        {
            results.Add(await VerifyAsync(db, node, cancel));
        }

        return results;
    }

    private static async Task<AuditVerification> VerifyAsync(CaDbContext db, string node, CancellationToken cancel)
    {
        AuditHead last = AuditHead.Start;
        await foreach (AuditRecord record in db.Set<AuditRecord>().AsNoTracking().Where(r => r.NodeId == node)
            .OrderBy(r => r.Sequence).AsAsyncEnumerable().WithCancellation(cancel))
        {
            string? problem = Problem(record, last);
            if (problem is not null)
            {
                return new(node, last.Sequence, last.Hash, problem);
            }

            last = new(record.Sequence, record.Hash);
        }

        return new(node, last.Sequence, last.Hash, null);
    }

    private static string? Problem(AuditRecord record, AuditHead last)
    {
        if (record.Sequence != last.Sequence + 1)
        {
            return $"Record {last.Sequence + 1} is missing.";
        }

        if (!record.PreviousHash.AsSpan().SequenceEqual(last.Hash))
        {
            return $"Record {record.Sequence} does not follow the record before it.";
        }

        return record.ComputeHash().AsSpan().SequenceEqual(record.Hash) ? null : $"Record {record.Sequence} was changed.";
    }

    internal static AuditView View(AuditRecord r) => new(r.NodeId, r.Sequence, DateTimeOffset.FromUnixTimeMilliseconds(r.At), new(r.Event, r.Status, r.AuthToken)
    {
        Module = r.Module,
        Service = r.Service,
        CustomId = r.CustomId,
        SearchDetail1 = r.SearchDetail1,
        SearchDetail2 = r.SearchDetail2,
        Details = AuditRecord.ReadDetails(r.Details),
    }, r.Hash);
}
