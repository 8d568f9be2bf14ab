using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ca.Core.Notices;

/// <summary>
/// Who has to be told what, and who has been told. An attempt is claimed before it is made and recorded after: two workers
/// never make the same one, and a crash between the two makes it once more (at least once, never lost).
/// </summary>
public sealed partial class NoticeBoard(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, TimeProvider clock)
{
    /// <summary>How long an attempt may take. Who needs longer may find that another worker made it, too.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    /// <summary>Takes the attempt, so that nobody else makes it.</summary>
    /// <returns>The notice with the number of the attempt; null: somebody else has it.</returns>
    public async Task<DueNotice?> ClaimAsync(DueNotice due, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        if (due.Attempt > 1)
        {
            int changed = await Row(db, due.Key).Where(n => n.State == NoticeState.Open && n.Attempts == due.Attempt - 1 && n.At <= now)
                .ExecuteUpdateAsync(s => s.SetProperty(n => n.Attempts, due.Attempt).SetProperty(n => n.At, now + Lease), cancel);
            return changed == 1 ? due : null;
        }

        db.Add(new NoticeRow { About = due.Key.About, Event = due.Key.Event, Target = due.Key.Target, State = NoticeState.Open, Attempts = 1, At = now + Lease });
        try
        {
            await db.SaveChangesAsync(cancel);
            return due;
        }
        catch (DbUpdateException lost) when (lost.InnerException is PostgresException { ConstraintName: NoticeRow.KeyConstraint })
        {
            return null;
        }
    }

    /// <summary>The target has it.</summary>
    public Task SentAsync(DueNotice sent, CancellationToken cancel) => FinishAsync(sent, NoticeState.Sent, clock.GetUtcNow(), cancel);

    /// <summary>The target did not take it. It is tried again after a pause that doubles from a minute to six hours, up to the most attempts.</summary>
    /// <returns>False: given up.</returns>
    public async Task<bool> FailedAsync(DueNotice failed, int mostAttempts, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        bool again = failed.Attempt < mostAttempts;
        TimeSpan pause = FirstPause * Math.Pow(2, Math.Min(failed.Attempt - 1, 20));
        await FinishAsync(failed, again ? NoticeState.Open : NoticeState.GivenUp, again ? now + (pause < LongestPause ? pause : LongestPause) : now, cancel);
        return again;
    }

    /// <summary>Forgets what ended before this moment. It must be longer ago than any threshold, or things are told again.</summary>
    public async Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<NoticeRow>().Where(n => n.At < endedBefore).ExecuteDeleteAsync(cancel);
    }

    private async Task FinishAsync(DueNotice notice, NoticeState state, DateTimeOffset at, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        await Row(db, notice.Key).Where(n => n.State == NoticeState.Open && n.Attempts == notice.Attempt)
            .ExecuteUpdateAsync(s => s.SetProperty(n => n.State, state).SetProperty(n => n.At, at), cancel);
    }

    private static IQueryable<NoticeRow> Row(CaDbContext db, NoticeKey key) =>
        db.Set<NoticeRow>().Where(n => n.About == key.About && n.Event == key.Event && n.Target == key.Target);
}
