using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Ca.Core.Ledger;

/// <summary>
/// Commits work in groups: everything that waits, at most 64 units, becomes one transaction with one flush to disk,
/// and the audit chain is extended there. A unit that fails is retried alone, so that only its caller learns of it.
/// </summary>
public sealed class CaLedger : ICaLedger, IAsyncDisposable
{
    private const int GroupLimit = 64;
    private const int HeadRetries = 20;

    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly TimeProvider clock;
    private readonly string nodeId;
    private readonly GroupQueue<Unit> queue;
    private AuditHead? head;

    /// <summary>Starts the loop.</summary>
    public CaLedger(IDbContextFactory<CaDbContext> databases, TimeProvider clock, IOptions<CaOptions> options)
    {
        this.databases = databases;
        this.clock = clock;
        nodeId = options.Value.NodeId;
        queue = new(GroupLimit, CommitGroupAsync);
    }

    /// <inheritdoc />
    /// <remarks>Once the work waits here it is finished whatever happens to <paramref name="cancel"/>: half-known results help nobody.</remarks>
    public Task CommitAsync(CaWork work, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (work.IsEmpty)
        {
            return Task.CompletedTask;
        }

        var unit = new Unit(work, new(TaskCreationOptions.RunContinuationsAsynchronously));
        queue.Add(unit);
        return work.TakeBack is { } takeBack ? OrTakeBackAsync(unit.Done.Task, takeBack) : unit.Done.Task;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => queue.DisposeAsync();

    private static async Task OrTakeBackAsync(Task commit, Func<Task> takeBack)
    {
        try
        {
            await commit;
        }
        catch (SignerNotInForceException)
        {
            await takeBack();
            throw;
        }
    }

    private async Task CommitGroupAsync(IReadOnlyList<Unit> group)
    {
        Exception? failure = await TryAsync(group);
        if (failure is null || group.Count == 1)
        {
            Finish(group, failure);
            return;
        }

        foreach (Unit unit in group)
        {
            Unit[] alone = [unit];
            Finish(alone, await TryAsync(alone));
        }
    }

    private static void Finish(IReadOnlyList<Unit> group, Exception? failure)
    {
        foreach (Unit unit in group)
        {
            if (failure is null)
            {
                unit.Done.SetResult();
            }
            else
            {
                unit.Done.SetException(Translate(failure, unit.Work));
            }
        }
    }

    private async Task<Exception?> TryAsync(IReadOnlyList<Unit> group)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await WriteAsync(group);
                return null;
            }
            catch (Exception e)
            {
                head = null; // what is on disk decides; a lost commit may have happened all the same
                if (attempt > HeadRetries || ViolatedConstraint(e) != AuditRecord.KeyConstraint)
                {
                    return e;
                }
            }
        }
    }

    private async Task WriteAsync(IReadOnlyList<Unit> group)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        db.Database.AutoSavepointsEnabled = false; // a failure ends the transaction here, so two round trips are saved
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync();
        AuditHead last = head ?? await AuditHead.LoadAsync(db, nodeId);
        foreach (Unit unit in group)
        {
            foreach (Func<CaDbContext, CancellationToken, Task> change in unit.Work.Changes)
            {
                await change(db, CancellationToken.None);
            }

            db.AddRange(unit.Work.InboxEntries.Select(InboxRow.For));
            foreach (Func<CaDbContext, CancellationToken, ValueTask<AuditEntry>> entry in unit.Work.AuditEntries)
            {
                AuditRecord record = AuditRecord.After(last, nodeId, clock.GetUtcNow(), await entry(db, CancellationToken.None));
                db.Add(record);
                last = new(record.Sequence, record.Hash);
            }
        }

        await db.SaveChangesAsync(acceptAllChangesOnSuccess: false);
        await RefuseAnsweredAsync(db, group);
        await RefuseRevokedAsync(db, group);
        await transaction.CommitAsync();
        head = last;
    }

    /// <summary>
    /// One question for the whole group, asked after its rows are written: a plan and the answer that removes it share
    /// their key, so a plan that got past an answer being committed has waited for that commit and sees its inbox row.
    /// </summary>
    private static async Task RefuseAnsweredAsync(CaDbContext db, IReadOnlyList<Unit> group)
    {
        HashSet<InboxKey> open = [.. group.SelectMany(unit => unit.Work.OpenKeys)];
        if (open.Count == 0)
        {
            return;
        }

        string[] ids = [.. open.Select(key => key.UniqueId)];
        var answered = await db.Set<InboxRow>().AsNoTracking().Where(row => ids.Contains(row.UniqueId))
            .Select(row => new { row.UniqueId, row.RequestHash, row.Part }).ToListAsync();
        if (answered.Select(row => new InboxKey(row.UniqueId, row.RequestHash, row.Part)).FirstOrDefault(open.Contains) is { } key)
        {
            throw new AlreadyAnsweredException(key);
        }
    }

    /// <summary>
    /// One question for the whole group, by primary key. A revocation that was committed before it is seen; one that comes
    /// later comes after this work.
    /// </summary>
    private async Task RefuseRevokedAsync(CaDbContext db, IReadOnlyList<Unit> group)
    {
        Standing[] standings = [.. group.SelectMany(unit => unit.Work.Standings).Distinct()];
        if (standings.Length == 0)
        {
            return;
        }

        DateTimeOffset now = clock.GetUtcNow();
        string[] fingerprints = [.. standings.Select(standing => standing.Fingerprint)];
        string? revoked = await db.Set<CertificateRow>().AsNoTracking()
            .Where(c => fingerprints.Contains(c.Fingerprint) && c.Status != CertificateStatus.Active && c.Status != CertificateStatus.NotifiedAboutExpiration)
            .Select(c => c.Fingerprint).FirstOrDefaultAsync();
        if ((standings.FirstOrDefault(standing => standing.NotAfter < now)?.Fingerprint ?? revoked) is { } fingerprint)
        {
            throw new SignerNotInForceException(fingerprint);
        }
    }

    private static Exception Translate(Exception failure, CaWork work)
    {
        string? constraint = ViolatedConstraint(failure);
        return (failure, constraint) switch
        {
            (_, InboxRow.KeyConstraint) => new AlreadyAnsweredException(work.InboxEntries[0].Key),
            (DbUpdateConcurrencyException e, _) => new ConcurrentChangeException(e.Entries.Count > 0 ? e.Entries[0].Metadata.GetTableName() ?? "row" : "row", e),
            (_, not null) => new ConcurrentChangeException(constraint, failure),
            _ => failure,
        };
    }

    /// <summary>The constraint of a unique violation (SQLSTATE 23505), null for any other failure.</summary>
    private static string? ViolatedConstraint(Exception failure) =>
        (failure as PostgresException ?? failure.InnerException as PostgresException) is { SqlState: PostgresErrorCodes.UniqueViolation } e
            ? e.ConstraintName ?? ""
            : null;

    private sealed record Unit(CaWork Work, TaskCompletionSource Done);
}
