using System.Globalization;
using System.Linq.Expressions;
using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;

namespace Ca.Core.Approvals;

/// <summary>What the gate lets through.</summary>
/// <param name="ApprovalId">The approval that is used; null: none was demanded.</param>
/// <param name="SpentOn">This very request was executed before: what came of it. Nothing may be done a second time.</param>
internal sealed record ApprovalPass(long? ApprovalId, string? SpentOn = null)
{
    public static ApprovalPass Free { get; } = new((long?)null);
}

/// <summary>
/// Every operation that people may have to agree to comes through here, after all other checks and before it does
/// anything: what could not be done anyway is never put before people (APPROVALS §6.2).
/// </summary>
public sealed partial class ApprovalGate(IDbContextFactory<CaDbContext> databases, ICaLedger ledger, TimeProvider clock, IOptions<CaOptions> options)
{
    private const int Attempts = 10;

    // Decisions wake the message. This is how long a decision can go unnoticed when that fails.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private ApprovalOptions Options => options.Value.Approvals;

    /// <summary>The permission to do exactly this now, or why it is refused.</summary>
    /// <param name="actor">Who asks; the operation has checked its rights.</param>
    /// <param name="content">What is about to be done.</param>
    /// <param name="required">How many people must agree; 0: nobody is asked.</param>
    /// <param name="work">The work that will do it; says where it comes from.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ApprovalPendingException">People have to decide first; the request is stored.</exception>
    internal async Task<Outcome<ApprovalPass>> AskAsync(Actor actor, ApprovalContent content, int required, CaWork work, CancellationToken cancel)
    {
        if (required == 0)
        {
            return ApprovalPass.Free;
        }

        if (work.Origin.Approvals == ApprovalMode.Bypass)
        {
            work.BypassedApprovals++;
            work.Audit(new AuditEntry(AuditEvents.ApprovalBypass, AuditStatus.Success, actor.Name) { Module = "APPROVAL", CustomId = Text(content.CaId), SearchDetail2 = content.Username }
                .With("type", content.Type.ToString()).With("source", work.Origin.Source));
            return ApprovalPass.Free;
        }

        byte[] hash = content.Hash(actor);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await AskOnceAsync(actor, content, hash, required, work.Origin, cancel);
            }
            catch (ConcurrentChangeException) when (attempt < Attempts)
            {
                // Two messages with one content, or a decision at this moment: what is stored by now counts.
            }
        }
    }

    /// <summary>Stages the use of an approval into the work that does what it permits, with an audit record.</summary>
    internal void Spend(CaWork work, ApprovalPass pass, Actor actor, string what)
    {
        if (pass.ApprovalId is { } id)
        {
            ApprovalChanges.Spend(work, id, actor, what, clock.GetUtcNow());
        }
    }

    /// <summary>
    /// Before costly preparations: a request that is known to wait, or is remembered as rejected, ends here as it would in
    /// <see cref="AskAsync"/>. Nobody is asked anything.
    /// </summary>
    /// <exception cref="ApprovalPendingException">It waits already.</exception>
    internal async Task<Refusal?> PeekAsync(Actor actor, ApprovalContent content, int required, CaWork work, CancellationToken cancel)
    {
        if (required == 0 || work.Origin.Approvals == ApprovalMode.Bypass)
        {
            return null;
        }

        DateTimeOffset now = clock.GetUtcNow();
        byte[] hash = content.Hash(actor);
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ApprovalRow? newest = await NewestAsync(db, hash, cancel);
        switch (newest?.StatusAt(now))
        {
            case ApprovalStatus.Waiting:
                await RememberWaiterAsync(db, newest, work.Origin, cancel);
                throw Pending(newest, now);
            case ApprovalStatus.Rejected or ApprovalStatus.ExecutionFailed when Remembers(newest, now):
                return await RepeatAsync(newest, cancel);
            default:
                return null;
        }
    }

    /// <summary>Where a request stands; null: it is forgotten. For those who ask again and again, without asking anybody.</summary>
    public async Task<ApprovalStatus?> StatusAsync(long id, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return (await db.Set<ApprovalRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel))?.StatusAt(clock.GetUtcNow());
    }

    /// <summary>
    /// A message was refused for good: what was asked for it can no longer be done, and people shall see why. Staged with
    /// the refusal, so that neither is without the other.
    /// </summary>
    /// <param name="work">Gets the change.</param>
    /// <param name="uniqueId">The message.</param>
    /// <param name="part">Which part; null: all.</param>
    /// <param name="refusal">Why.</param>
    public void Fail(CaWork work, string uniqueId, int? part, Refusal refusal) => Fail(work, r => r.UniqueId == uniqueId && (part == null || r.Part == part), refusal.ToString());

    /// <summary>As the other, for whoever comes back in another message and knows what people were asked.</summary>
    /// <param name="work">Gets the change.</param>
    /// <param name="id">What people were asked.</param>
    /// <param name="why">Why it cannot be done, for people.</param>
    public void Fail(CaWork work, long id, string why) => Fail(work, r => r.Id == id, why);

    private void Fail(CaWork work, Expression<Func<ApprovalRow, bool>> which, string why)
    {
        DateTimeOffset now = clock.GetUtcNow();
        work.Stage(async (db, cancel) =>
        {
            IQueryable<ApprovalRow> live = db.Set<ApprovalRow>().Where(which).Where(r => r.Status == ApprovalStatus.Waiting || r.Status == ApprovalStatus.Approved);
            await db.Set<ApprovalWaiterRow>().Where(w => live.Any(r => r.Id == w.ApprovalId) && w.WakeAt == null)
                .ExecuteUpdateAsync(s => s.SetProperty(w => w.WakeAt, now), cancel);
            await live.ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Status, ApprovalStatus.ExecutionFailed).SetProperty(r => r.Result, why).SetProperty(r => r.DecidedAt, now), cancel);
        });
    }

    private async Task<Outcome<ApprovalPass>> AskOnceAsync(Actor actor, ApprovalContent content, byte[] hash, int required, WorkOrigin origin, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ApprovalRow? newest = await NewestAsync(db, hash, cancel);
        switch (newest?.StatusAt(now))
        {
            case ApprovalStatus.Waiting:
                await RememberWaiterAsync(db, newest, origin, cancel);
                throw Pending(newest, now);
            case ApprovalStatus.Approved:
                return new ApprovalPass(newest.Id);
            case ApprovalStatus.Rejected or ApprovalStatus.ExecutionFailed when Remembers(newest, now):
                return await RepeatAsync(newest, cancel);
            case ApprovalStatus.Executed when newest.DecidedAt + Options.ApprovalValidity > now:
                return await AfterExecutionAsync(db, actor, content, hash, required, origin, newest, cancel);
            default:
                return await OpenAsync(db, actor, content, hash, required, origin, cancel);
        }
    }

    /// <summary>Executed lately: a repeat with the same key is answered with the same certificate, if that is still good.</summary>
    private async Task<Outcome<ApprovalPass>> AfterExecutionAsync(
        CaDbContext db, Actor actor, ApprovalContent content, byte[] hash, int required, WorkOrigin origin, ApprovalRow executed, CancellationToken cancel) =>
        content.Value(ApprovalContent.PublicKey) is { } key && key != ApprovalContent.ServerKey && executed.ConsumedBy is { } certificate
            && await db.Set<CertificateRow>().AnyAsync(c => c.Fingerprint == certificate && c.Status == CertificateStatus.Active && c.ExpireAt > clock.GetUtcNow(), cancel)
            ? new ApprovalPass(null, certificate)
            : await OpenAsync(db, actor, content, hash, required, origin, cancel);

    private async Task<Refusal> RepeatAsync(ApprovalRow row, CancellationToken cancel)
    {
        await CountRepeatAsync(row, cancel);
        return row.Status == ApprovalStatus.Rejected
            ? new(RefusalCode.Rejected, $"Approval request {row.Id} was rejected at {row.DecidedAt:u}.")
            : new(RefusalCode.PolicyViolation, $"Approval request {row.Id} could not be executed at {row.DecidedAt:u}: {row.Result}");
    }

    private Task CountRepeatAsync(ApprovalRow row, CancellationToken cancel)
    {
        var work = new CaWork();
        work.Stage((db, token) => db.Set<ApprovalRow>().Where(r => r.Id == row.Id).ExecuteUpdateAsync(s => s.SetProperty(r => r.Repeats, r => r.Repeats + 1), token));
        return ledger.CommitAsync(work, cancel);
    }

    /// <summary>A client that came again under another transaction waits for the same decision.</summary>
    private async Task RememberWaiterAsync(CaDbContext db, ApprovalRow row, WorkOrigin origin, CancellationToken cancel)
    {
        if (origin.Message is not { } message
            || await db.Set<ApprovalWaiterRow>().AnyAsync(w => w.ApprovalId == row.Id && w.DataSource == message.DataSource && w.UniqueId == message.Key.UniqueId, cancel))
        {
            return;
        }

        var work = new CaWork();
        work.Stage(target => target.Add(ApprovalRows.Waiter(row.Id, message)));
        await ledger.CommitAsync(work, cancel);
    }

    private static Task<ApprovalRow?> NewestAsync(CaDbContext db, byte[] hash, CancellationToken cancel) =>
        db.Set<ApprovalRow>().AsNoTracking().Where(r => r.ContentHash == hash).OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancel);

    private bool Remembers(ApprovalRow row, DateTimeOffset now) =>
        !row.Forgotten && row.DecidedAt + (row.Status == ApprovalStatus.Rejected ? Options.RejectionMemory : Options.FailureMemory) > now;

    private static ApprovalPendingException Pending(ApprovalRow row, DateTimeOffset now)
    {
        TimeSpan left = row.ExpireAt - now + TimeSpan.FromSeconds(1); // beyond its end, so that the next look opens the next request
        return new(row.Id, row.UniqueId, row.Required - row.Given, row.ExpireAt, left < LongestWait ? left : LongestWait);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
