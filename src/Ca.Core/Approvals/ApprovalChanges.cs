using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Approvals;

/// <summary>What every change of a request writes.</summary>
internal static class ApprovalChanges
{
    /// <summary>Writes the row if nobody changed it meanwhile; when it waits no more, those who wait for it are to be woken.</summary>
    public static void Store(CaWork work, ApprovalRow row, DateTimeOffset now)
    {
        ApprovalRow stored = row.Copy();
        work.Stage(db => db.Update(stored.Copy()));
        if (row.Status != ApprovalStatus.Waiting)
        {
            work.Stage((db, cancel) => db.Set<ApprovalWaiterRow>().Where(w => w.ApprovalId == stored.Id && w.WakeAt == null)
                .ExecuteUpdateAsync(s => s.SetProperty(w => w.WakeAt, now), cancel));
        }
    }

    /// <summary>Uses an approval. Only one work can: the next finds it used, and nothing of that work is done.</summary>
    public static void Spend(CaWork work, long approvalId, Actor actor, string what, DateTimeOffset now)
    {
        work.Stage(async (db, cancel) =>
        {
            int changed = await db.Set<ApprovalRow>().Where(r => r.Id == approvalId && r.Status == ApprovalStatus.Approved).ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Status, ApprovalStatus.Executed).SetProperty(r => r.ConsumedBy, what).SetProperty(r => r.DecidedAt, now), cancel);
            RequireOne(changed, approvalId);
        });
        work.AuditLater((db, cancel) => ExecutionAsync(db, approvalId, actor, what, cancel));
    }

    /// <summary>
    /// Holds an approval for a plan: waits for whoever is using it at this moment, and fails if he did. Without the row's
    /// lock a second plan could follow the first one before the first one's certificate is visible.
    /// </summary>
    public static void Reserve(CaWork work, long approvalId) => work.Stage(async (db, cancel) =>
    {
        int changed = await db.Set<ApprovalRow>().Where(r => r.Id == approvalId && r.Status == ApprovalStatus.Approved)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, ApprovalStatus.Approved), cancel);
        RequireOne(changed, approvalId);
    });

    public static AuditEntry Entry(string auditEvent, AuditStatus status, string actor, ApprovalRow row) => new AuditEntry(auditEvent, status, actor)
    {
        Module = "APPROVAL",
        CustomId = row.CaId.ToString(CultureInfo.InvariantCulture),
        SearchDetail1 = row.TransactionId,
        SearchDetail2 = row.Username,
    }
        .With("request", row.Id.ToString(CultureInfo.InvariantCulture)).With("type", row.Type.ToString())
        .With("content", Convert.ToHexStringLower(row.ContentHash))
        .With("missing", Math.Max(0, row.Required - row.Given).ToString(CultureInfo.InvariantCulture)).With("message", row.UniqueId);

    /// <summary>What was done, for whom, and who agreed to it.</summary>
    private static async ValueTask<AuditEntry> ExecutionAsync(CaDbContext db, long approvalId, Actor actor, string what, CancellationToken cancel)
    {
        ApprovalRow row = await db.Set<ApprovalRow>().AsNoTracking().SingleAsync(r => r.Id == approvalId, cancel);
        var approvers = await db.Set<ApprovalDecisionRow>().AsNoTracking().Where(d => d.ApprovalId == approvalId && d.Verdict == ApprovalVerdict.Approved)
            .OrderBy(d => d.At).ThenBy(d => d.Name).Select(d => new { d.Name, d.CertificateSerial }).ToListAsync(cancel);
        return Entry(AuditEvents.ApprovalExecute, AuditStatus.Success, actor.Name, row).With("done", what)
            .With("approvedBy", string.Join("; ", approvers.Select(a => a.CertificateSerial is { } serial ? $"{a.Name} (certificate {serial})" : a.Name)));
    }

    private static void RequireOne(int changed, long approvalId)
    {
        if (changed != 1)
        {
            throw new DbUpdateConcurrencyException($"Approval {approvalId} no longer stands.");
        }
    }
}
