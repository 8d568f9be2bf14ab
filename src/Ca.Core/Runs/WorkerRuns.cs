using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Runs;

/// <summary>How one worker on one node is doing.</summary>
/// <param name="Node">The node.</param>
/// <param name="Worker">Its worker.</param>
/// <param name="StartedAt">When its process started; the numbers count from here.</param>
/// <param name="LookedAt">When it last looked for messages and its database answered; null: never yet.</param>
/// <param name="Claimed">Messages it took.</param>
/// <param name="Answered">Of these, answered, refusals among them.</param>
/// <param name="Failed">Of these, left to their lease after a fault.</param>
/// <param name="At">When it said so.</param>
public sealed record WorkerRun(string Node, string Worker, DateTimeOffset StartedAt, DateTimeOffset? LookedAt, long Claimed, long Answered, long Failed, DateTimeOffset At);

/// <summary>What workers say about themselves now and then, for the people who look after them.</summary>
public sealed class WorkerRuns(IDbContextFactory<CaDbContext> databases)
{
    /// <summary>Replaces what this worker on this node said before.</summary>
    public async Task RecordAsync(WorkerRun run, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        int changed = await db.Set<WorkerRunRow>().Where(r => r.Node == run.Node && r.Worker == run.Worker).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.StartedAt, run.StartedAt).SetProperty(r => r.LookedAt, run.LookedAt).SetProperty(r => r.Claimed, run.Claimed)
                .SetProperty(r => r.Answered, run.Answered).SetProperty(r => r.Failed, run.Failed).SetProperty(r => r.At, run.At),
            cancel);
        if (changed == 0)
        {
            db.Add(new WorkerRunRow
            {
                Node = run.Node,
                Worker = run.Worker,
                StartedAt = run.StartedAt,
                LookedAt = run.LookedAt,
                Claimed = run.Claimed,
                Answered = run.Answered,
                Failed = run.Failed,
                At = run.At,
            });
            await db.SaveChangesAsync(cancel);
        }
    }

    /// <summary>Forgets workers that have said nothing since this moment: their node is gone, or they are configured no more.</summary>
    public async Task ForgetAsync(DateTimeOffset before, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        await db.Set<WorkerRunRow>().Where(r => r.At < before).ExecuteDeleteAsync(cancel);
    }

    /// <summary>All of them, by worker and node; none for who may not see what waits.</summary>
    public async Task<IReadOnlyList<WorkerRun>> ListAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.May(AccessResources.ViewMessages))
        {
            return [];
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<WorkerRunRow>().AsNoTracking().OrderBy(r => r.Worker).ThenBy(r => r.Node)
            .Select(r => new WorkerRun(r.Node, r.Worker, r.StartedAt, r.LookedAt, r.Claimed, r.Answered, r.Failed, r.At)).ToListAsync(cancel);
    }
}
