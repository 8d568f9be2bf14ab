using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Pki.Protocols.Trust;

namespace Ca.Core.Approvals;

/// <content>More time, a second chance, and second thoughts.</content>
public sealed partial class ApprovalDesk
{
    /// <summary>Gives people more time, counted from now. A request that expired undecided comes back to life, if none for its content has taken its place.</summary>
    public Task<Outcome<ApprovalView>> ExtendAsync(Actor actor, long id, TimeSpan time, CancellationToken cancel) => KeepAsync(actor, id, AuditEvents.ApprovalExtend, (row, now) =>
    {
        if (time <= TimeSpan.Zero || time > options.Value.Approvals.MaxExtension)
        {
            return new(RefusalCode.PolicyViolation, $"The time must be more than nothing and at most {options.Value.Approvals.MaxExtension}.");
        }

        if (!IsUndecided(row))
        {
            return new(RefusalCode.Conflict, $"Approval request {row.Id} is not waiting: {row.Status}.");
        }

        row.Status = ApprovalStatus.Waiting;
        row.DecidedAt = null;
        row.ExpireAt = now + time > row.ExpireAt ? now + time : row.ExpireAt;
        return null;
    }, cancel);

    /// <summary>Lifts the memory of a rejection or of a failed execution: the next such request asks people again.</summary>
    public Task<Outcome<ApprovalView>> ForgetAsync(Actor actor, long id, CancellationToken cancel) => KeepAsync(actor, id, AuditEvents.ApprovalForget, (row, _) =>
    {
        if (!IsRemembered(row))
        {
            return new(RefusalCode.Conflict, $"Approval request {row.Id} is neither rejected nor failed: {row.Status}.");
        }

        row.Forgotten = true;
        return null;
    }, cancel);

    /// <summary>Takes back a request that waits, or a permission that was not used yet. The message that waits fails, as after a rejection.</summary>
    public Task<Outcome<ApprovalView>> WithdrawAsync(Actor actor, long id, CancellationToken cancel) => KeepAsync(actor, id, AuditEvents.ApprovalRemove, (row, now) =>
    {
        if (!IsLive(row, now))
        {
            return new(RefusalCode.Conflict, $"Approval request {row.Id} is over: {row.StatusAt(now)}.");
        }

        row.Status = ApprovalStatus.Rejected;
        row.Result = $"withdrawn by '{actor.Name}'";
        row.DecidedAt = now;
        return null;
    }, cancel);

    private static ApprovalActs ActsOf(Actor actor, ApprovalRow row, DateTimeOffset now) => MayKeep(actor, row)
        ? new(IsUndecided(row), IsLive(row, now), IsRemembered(row) && !row.Forgotten)
        : new(Extend: false, Withdraw: false, Forget: false);

    private static bool MayKeep(Actor actor, ApprovalRow row) =>
        MayApprove(actor, row) && actor.May(AccessResources.ApproveCaAction) && row.RequesterKey != actor.PersonKey;

    private static bool IsUndecided(ApprovalRow row) =>
        row.Status == ApprovalStatus.Waiting || (row.Status == ApprovalStatus.Expired && row.Given < row.Required);

    private static bool IsRemembered(ApprovalRow row) => row.Status is ApprovalStatus.Rejected or ApprovalStatus.ExecutionFailed;

    private static bool IsLive(ApprovalRow row, DateTimeOffset now) => row.StatusAt(now) is ApprovalStatus.Waiting or ApprovalStatus.Approved;

    private async Task<Outcome<ApprovalView>> KeepAsync(Actor actor, long id, string auditEvent, Func<ApprovalRow, DateTimeOffset, Refusal?> change, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        if (await LoadAsync(db, actor, id, snapshot, cancel) is not { } row)
        {
            return Unknown(id);
        }

        DateTimeOffset now = clock.GetUtcNow();
        Refusal? refusal = MayKeep(actor, row) ? change(row, now) : new(RefusalCode.NotAuthorized, $"'{actor.Name}' lacks {AccessResources.ApproveCaAction} or the right to approve, or has asked for it.");
        if (refusal is not null)
        {
            await RecordRefusalAsync(auditEvent, actor, row, refusal, cancel);
            return refusal;
        }

        var work = new CaWork();
        work.ActFor(actor);
        ApprovalChanges.Store(work, row, now);
        work.Audit(ApprovalChanges.Entry(auditEvent, AuditStatus.Success, actor.Name, row).With("until", $"{row.ExpireAt:u}"));
        try
        {
            await ledger.CommitAsync(work, cancel);
            return ViewOf(row, actor, snapshot);
        }
        catch (SignerNotInForceException)
        {
            return Ended(actor);
        }
        catch (ConcurrentChangeException)
        {
            return new Refusal(RefusalCode.Conflict, $"Approval request {id} was changed at the same moment, or another one has taken its place.");
        }
    }
}
