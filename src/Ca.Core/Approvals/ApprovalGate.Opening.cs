using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Approvals;

/// <content>A request that nobody has seen yet.</content>
public sealed partial class ApprovalGate
{
    /// <summary>Puts a new request before people.</summary>
    private async Task<Outcome<ApprovalPass>> OpenAsync(CaDbContext db, Actor actor, ApprovalContent content, byte[] hash, int required, WorkOrigin origin, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await EndOverdueAsync(db, content, hash, now, cancel);
        if (content.Action == ApprovalAction.AddEditEndEntity && await OthersOfUserAsync(db, content, hash, origin, now, cancel) is { } refusal)
        {
            return refusal;
        }

        TimeSpan validity = origin.Message is null ? Options.InteractiveRequestValidity : Options.RequestValidity;
        ApprovalRow row = ApprovalRows.Of(actor, content, hash, required, origin, now, now + validity);
        await db.AddAsync(row, cancel); // takes the id; this context is never saved
        var work = new CaWork();
        work.Stage(target =>
        {
            target.Add(row.Copy());
            if (origin.Message is { } message)
            {
                target.Add(ApprovalRows.Waiter(row.Id, message));
            }
        });
        if (origin.Message is { } open)
        {
            work.RequireUnanswered(open.Key); // a slow worker must not ask people for what was answered meanwhile
        }

        work.Audit(ApprovalChanges.Entry(AuditEvents.ApprovalAdd, AuditStatus.Success, actor.Name, row).With("source", origin.Source));
        await ledger.CommitAsync(work, cancel);
        throw Pending(row, now);
    }

    /// <summary>What is over by the clock still counts as live in the database; it goes before its successor comes.</summary>
    private async Task EndOverdueAsync(CaDbContext db, ApprovalContent content, byte[] hash, DateTimeOffset now, CancellationToken cancel)
    {
        List<ApprovalRow> overdue = await db.Set<ApprovalRow>().AsNoTracking().Where(r =>
            (r.Status == ApprovalStatus.Waiting || r.Status == ApprovalStatus.Approved) && r.ExpireAt <= now && (r.ContentHash == hash || r.Username == content.Username)).ToListAsync(cancel);
        foreach (ApprovalRow row in overdue)
        {
            await ledger.CommitAsync(ApprovalKeeper.ExpireWork(row, now), cancel);
        }
    }

    /// <summary>Other contents for the same end entity: never two at a time, and none for a while after a rejection.</summary>
    private async Task<Refusal?> OthersOfUserAsync(CaDbContext db, ApprovalContent content, byte[] hash, WorkOrigin origin, DateTimeOffset now, CancellationToken cancel)
    {
        DateTimeOffset remembered = now - Options.RejectionMemory;
        List<ApprovalRow> others = await db.Set<ApprovalRow>().AsNoTracking()
            .Where(r => r.Username == content.Username && r.ContentHash != hash
                && (r.Type == ApprovalType.AddEndEntity || r.Type == ApprovalType.EditEndEntity || r.Type == ApprovalType.ChangeStatus)
                && (r.Status == ApprovalStatus.Waiting || r.Status == ApprovalStatus.Approved || (r.Status == ApprovalStatus.Rejected && r.DecidedAt > remembered && !r.Forgotten)))
            .ToListAsync(cancel);
        foreach (ApprovalRow other in others)
        {
            if (other.Status != ApprovalStatus.Rejected && IsSameMessage(other, origin))
            {
                await FailAsync(other, "The end entity has changed since this was asked.", now, cancel);
            }
            else if (other.Status != ApprovalStatus.Rejected)
            {
                return new(RefusalCode.Conflict, $"Another request for user '{content.Username}' waits for a decision or for its execution: approval {other.Id}.");
            }
            else if (Options.RejectionScope == RejectionScope.Username)
            {
                await CountRepeatAsync(other, cancel);
                return new(RefusalCode.Rejected, $"A request for user '{content.Username}' was rejected at {other.DecidedAt:u}: approval {other.Id}.");
            }
        }

        return null;
    }

    private async Task FailAsync(ApprovalRow row, string why, DateTimeOffset now, CancellationToken cancel)
    {
        row.Status = ApprovalStatus.ExecutionFailed;
        row.Result = why;
        row.DecidedAt = now;
        var work = new CaWork();
        ApprovalChanges.Store(work, row, now);
        work.Audit(ApprovalChanges.Entry(AuditEvents.ApprovalExecute, AuditStatus.Failure, row.Requester, row).With("refusal", why));
        await ledger.CommitAsync(work, cancel);
    }

    private static bool IsSameMessage(ApprovalRow row, WorkOrigin origin) =>
        origin.Message is { } message && row.UniqueId == message.Key.UniqueId && row.Part == message.Key.Index && row.DataSource == message.DataSource;
}
