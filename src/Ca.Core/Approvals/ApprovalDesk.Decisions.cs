using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Pki.Protocols.Trust;

namespace Ca.Core.Approvals;

/// <content>Yes and no.</content>
public sealed partial class ApprovalDesk
{
    private const int Attempts = 10;

    /// <summary>Counts one yes. With the last one that is needed the request may be executed, once, by whoever asked.</summary>
    /// <remarks>Of two people who decide at the same instant one is first; the other is counted next, or learns that it is decided.</remarks>
    public Task<Outcome<ApprovalView>> ApproveAsync(Actor actor, long id, string? comment, CancellationToken cancel) =>
        DecideAsync(actor, id, ApprovalVerdict.Approved, comment, cancel);

    /// <summary>Ends the request; it is remembered for a while.</summary>
    public Task<Outcome<ApprovalView>> RejectAsync(Actor actor, long id, string? comment, CancellationToken cancel) =>
        DecideAsync(actor, id, ApprovalVerdict.Rejected, comment, cancel);

    private async Task<Outcome<ApprovalView>> DecideAsync(Actor actor, long id, ApprovalVerdict verdict, string? comment, CancellationToken cancel)
    {
        if (CheckComment(comment) is { } unusable)
        {
            return unusable;
        }

        for (int attempt = 1; ; attempt++)
        {
            await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
            ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
            if (await LoadAsync(db, actor, id, snapshot, cancel) is not { } row)
            {
                return Unknown(id);
            }

            if (Obstacle(actor, row, await DecisionsAsync(db, id, cancel)) is { } refusal)
            {
                await RecordRefusalAsync(EventOf(verdict), actor, row, refusal, cancel);
                return refusal;
            }

            try
            {
                await ledger.CommitAsync(Work(actor, row, verdict, comment), cancel);
                return ViewOf(row, actor, snapshot);
            }
            catch (SignerNotInForceException)
            {
                return Ended(actor);
            }
            catch (ConcurrentChangeException) when (attempt < Attempts)
            {
                // Somebody decided at this very moment: look again at what is left to decide.
            }
        }
    }

    /// <summary>Decision, status and the order to wake who waits, in one transaction.</summary>
    private CaWork Work(Actor actor, ApprovalRow row, ApprovalVerdict verdict, string? comment)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var decision = new ApprovalDecisionRow
        {
            ApprovalId = row.Id,
            PersonKey = actor.PersonKey,
            Name = actor.Name,
            CertificateSerial = actor.Certificate?.Serial,
            Verdict = verdict,
            Comment = string.IsNullOrWhiteSpace(comment) ? null : comment.Trim(),
            At = now,
        };
        Apply(row, verdict, now);
        var work = new CaWork();
        work.ActFor(actor);
        ApprovalChanges.Store(work, row, now);
        work.Stage(db => db.Add(decision));
        work.Audit(ApprovalChanges.Entry(EventOf(verdict), AuditStatus.Success, actor.Name, row)
            .With("status", row.Status.ToString()).With("comment", decision.Comment).With("certificate", decision.CertificateSerial));
        return work;
    }

    private void Apply(ApprovalRow row, ApprovalVerdict verdict, DateTimeOffset now)
    {
        if (verdict == ApprovalVerdict.Rejected)
        {
            row.Status = ApprovalStatus.Rejected;
            row.DecidedAt = now;
            return;
        }

        row.Given++;
        if (row.Given >= row.Required)
        {
            row.Status = ApprovalStatus.Approved;
            row.DecidedAt = now;
            row.ExpireAt = now + options.Value.Approvals.ApprovalValidity;
        }
    }

    private async Task RecordRefusalAsync(string auditEvent, Actor actor, ApprovalRow row, Refusal refusal, CancellationToken cancel)
    {
        var work = new CaWork();
        work.Audit(ApprovalChanges.Entry(auditEvent, AuditStatus.Failure, actor.Name, row).With("refusal", refusal.ToString()));
        await ledger.CommitAsync(work, cancel);
    }

    private static string EventOf(ApprovalVerdict verdict) => verdict == ApprovalVerdict.Approved ? AuditEvents.ApprovalApprove : AuditEvents.ApprovalReject;
}
