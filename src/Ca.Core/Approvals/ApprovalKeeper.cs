using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Ca.Core.Approvals;

/// <summary>Keeps approvals in order: ends what is over, removes what is old, and says which messages are to be woken.</summary>
public sealed class ApprovalKeeper(IDbContextFactory<CaDbContext> databases, ICaLedger ledger, TimeProvider clock, IOptions<CaOptions> options)
{
    private const int Portion = 1000;

    // A message may be in a worker's hands while the decision falls, and is set aside a moment later. It is woken until
    // then, which costs nothing where it is awake.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>Ends requests nobody decided, and permissions nobody used, in time.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        List<ApprovalRow> overdue = await db.Set<ApprovalRow>().AsNoTracking()
            .Where(r => (r.Status == ApprovalStatus.Waiting || r.Status == ApprovalStatus.Approved) && r.ExpireAt <= now).OrderBy(r => r.Id).Take(Portion).ToListAsync(cancel);
        int ended = 0;
        foreach (ApprovalRow row in overdue)
        {
            try
            {
                await ledger.CommitAsync(ExpireWork(row, now), cancel);
                ended++;
            }
            catch (ConcurrentChangeException)
            {
                // decided, extended or ended at this very moment
            }
        }

        // Whoever began to wait while the decision fell.
        await db.Set<ApprovalWaiterRow>().Where(w => w.WakeAt == null && db.Set<ApprovalRow>().Any(r => r.Id == w.ApprovalId && r.Status != ApprovalStatus.Waiting))
            .ExecuteUpdateAsync(s => s.SetProperty(w => w.WakeAt, now), cancel);
        return ended;
    }

    /// <summary>Removes finished requests after their time; the audit log keeps what happened.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PurgeAsync(CancellationToken cancel)
    {
        DateTimeOffset before = clock.GetUtcNow() - options.Value.Approvals.Retention;
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        IQueryable<ApprovalRow> old = db.Set<ApprovalRow>().Where(r => r.Status != ApprovalStatus.Waiting && r.Status != ApprovalStatus.Approved && r.DecidedAt < before);
        await db.Set<ApprovalWaiterRow>().Where(w => old.Any(r => r.Id == w.ApprovalId)).ExecuteDeleteAsync(cancel);
        await db.Set<ApprovalDecisionRow>().Where(d => old.Any(r => r.Id == d.ApprovalId)).ExecuteDeleteAsync(cancel);
        return await old.ExecuteDeleteAsync(cancel);
    }

    /// <summary>Messages of one data source whose approval was decided. Wake them, then say so to <see cref="WokenAsync"/>.</summary>
    public async Task<IReadOnlyList<string>> ToWakeAsync(string dataSource, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<ApprovalWaiterRow>().Where(w => w.DataSource == dataSource && w.WakeAt != null)
            .Select(w => w.UniqueId).Distinct().Take(Portion).ToListAsync(cancel);
    }

    /// <summary>These messages were woken after their decision had settled, or will be woken once more.</summary>
    public async Task WokenAsync(string dataSource, IReadOnlyList<string> uniqueIds, CancellationToken cancel)
    {
        DateTimeOffset settled = clock.GetUtcNow() - Settled;
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        await db.Set<ApprovalWaiterRow>().Where(w => w.DataSource == dataSource && w.WakeAt <= settled && uniqueIds.Contains(w.UniqueId)).ExecuteDeleteAsync(cancel);
    }

    internal static CaWork ExpireWork(ApprovalRow row, DateTimeOffset now)
    {
        row.Status = ApprovalStatus.Expired;
        row.DecidedAt = now;
        var work = new CaWork();
        ApprovalChanges.Store(work, row, now);
        work.Audit(ApprovalChanges.Entry(AuditEvents.ApprovalExpire, AuditStatus.Success, "CORE", row));
        return work;
    }
}
