using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <content>All certificates of a user, and the user.</content>
public sealed partial class Revoker
{
    /// <summary>
    /// Stages the revocation of every certificate of a user that is not finally revoked, and of the user itself; all in
    /// one transaction, so the user cannot remain half revoked. Certificates that lie on hold become final.
    /// </summary>
    public async Task<Outcome<Revocation[]>> RevokeUserAsync(Actor actor, string username, RevocationReason reason, CaWork work, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        if (!(await FindUserAsync(db, actor, username, reason, cancel)).Succeeded(out EndEntityRow? user, out Refusal? refusal))
        {
            return refusal;
        }

        Outcome<Revocation[]> done = await StageAllAsync(db, actor, user, reason, RevocationScope.User, work, cancel);
        if (!done.Succeeded(out _, out _))
        {
            return done;
        }

        user.Status = EndEntityStatus.Revoked;
        user.ForgetSecret();
        user.ModifiedAt = clock.GetUtcNow();
        work.Stage(target => target.Update(user.Copy()));
        work.Audit(new AuditEntry(AuditEvents.RaRevokeEndEntity, AuditStatus.Success, actor.Name) { Module = "RA", SearchDetail2 = username }.With("reason", reason.ToString()));
        return done;
    }

    /// <summary>The same for the certificates alone: the user stays as it is and may enrol again where it may now.</summary>
    public async Task<Outcome<Revocation[]>> RevokeAllAsync(Actor actor, string username, RevocationReason reason, CaWork work, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return (await FindUserAsync(db, actor, username, reason, cancel)).Succeeded(out EndEntityRow? user, out Refusal? refusal)
            ? await StageAllAsync(db, actor, user, reason, RevocationScope.AllCertificates, work, cancel)
            : refusal;
    }

    private static async Task<Outcome<EndEntityRow>> FindUserAsync(CaDbContext db, Actor actor, string username, RevocationReason reason, CancellationToken cancel)
    {
        EndEntityRow? user = Forbidden.IsUnusable(username)
            ? null
            : await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == username, cancel);
        if (user is null)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no user '{username}'.");
        }

        if (!actor.May(AccessResources.RevokeEndEntity, user.EndEntityProfileId) || !actor.May(AccessResources.Ca(user.CaId)))
        {
            return Denied(actor, $"revoke user '{username}'");
        }

        if (reason is RevocationReason.RemoveFromCrl || !Enum.IsDefined(reason))
        {
            return new Refusal(RefusalCode.PolicyViolation, $"A user cannot be revoked with the reason {reason}.");
        }

        return user.Status == EndEntityStatus.Revoked ? new Refusal(RefusalCode.Conflict, $"User '{username}' is already revoked.") : user;
    }

    /// <summary>All or none: one certificate of a CA or profile that the actor has no right over, and nothing is revoked.</summary>
    private async Task<Outcome<Revocation[]>> StageAllAsync(CaDbContext db, Actor actor, EndEntityRow user, RevocationReason reason, RevocationScope scope, CaWork work, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        List<CertificateRow> rows = await db.Set<CertificateRow>().AsNoTracking().Where(r => r.Username == user.Username).ToListAsync(cancel);
        CertificateRow[] open = [.. rows.Where(r => RevocationRules.Check(r.RevocationReason, r.Status, reason) is null)];
        if (open.Select(row => CheckRights(actor, row)).FirstOrDefault(denied => denied is not null) is { } refusal)
        {
            return refusal;
        }

        int required = RevocationApproval.Required(user, open, snapshot);
        if (!(await approvals.AskAsync(actor, RevocationApproval.Of(user, reason, scope), required, work, cancel)).Succeeded(out ApprovalPass? pass, out refusal))
        {
            return refusal;
        }

        approvals.Spend(work, pass, actor, $"user {user.Username}: {reason}");
        DateTimeOffset now = clock.GetUtcNow();
        return open.Select(row => new Revocation(
            row.Serial, reason, Stage(work, actor, row, new(reason, now, InvalidityDate: null), now), snapshot.FindCa(row.CaId)?.Settings.GenerateCrlUponRevocation ?? false)).ToArray();
    }
}
