using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <content>Single changes by an administrator, each with a commit of its own.</content>
public sealed partial class EndEntityStore
{
    /// <summary>Sets a status by hand. NEW from another status restores the counters.</summary>
    public Task<Outcome<EndEntityView>> SetStatusAsync(Actor actor, string username, EndEntityStatus status, CancellationToken cancel) =>
        ChangeAsync(actor, username, AccessResources.EditEndEntity, AuditEvents.RaEditEndEntity, row =>
        {
            if (status == EndEntityStatus.New && row.Status != EndEntityStatus.New)
            {
                row.RequestsLeft = row.AllowedRequests;
                row.LoginsLeft = row.MaxFailedLogins;
            }

            row.Status = status;
            return Task.CompletedTask;
        }, row => EndEntityApproval.IsExempt(row.Status, status) ? null : EndEntityApproval.OfStatus(row, status), cancel);

    /// <summary>Gives the end entity a secret to enrol with, once for each allowed request.</summary>
    public async Task<Outcome<EndEntityView>> SetSecretAsync(Actor actor, string username, Secret secret, CancellationToken cancel)
    {
        if (WellKnownSecrets.Has(secret))
        {
            return new Refusal(RefusalCode.PolicyViolation, "password is one that everybody knows.");
        }

        string hash = SecretHash.Create(secret, options.Value.SecretIterations);
        return await ChangeAsync(actor, username, AccessResources.EditEndEntity, AuditEvents.RaEditEndEntity, async row => row.SetSecret(hash, await SealAsync(secret, row, cancel)), EndEntityApproval.OfPassword, cancel);
    }

    /// <summary>Removes the end entity. Its certificates stay.</summary>
    public async Task<Outcome<EndEntityView>> DeleteAsync(Actor actor, string username, CancellationToken cancel) =>
        await ChangeAsync(actor, username, AccessResources.DeleteEndEntity, AuditEvents.RaDeleteEndEntity, null, _ => null, cancel);

    private async Task<byte[]?> SealAsync(Secret secret, EndEntityRow row, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        return snapshot.FindCa(row.CaId) is { } ca && snapshot.EndEntityProfilesById.TryGetValue(row.EndEntityProfileId, out EndEntityProfile? profile)
            ? await codes.SealAsync(secret, row.Username, ca, profile, cancel)
            : null;
    }

    // A change of null removes the row; an approval of null asks nobody.
    private async Task<Outcome<EndEntityView>> ChangeAsync(
        Actor actor, string username, string right, string auditEvent, Func<EndEntityRow, Task>? change, Func<EndEntityRow, ApprovalContent?> approval, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        EndEntityRow? row = await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == username, cancel);
        if (row is null)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no user '{username}'.");
        }

        if (!actor.May(right, row.EndEntityProfileId))
        {
            return new Refusal(RefusalCode.NotAuthorized, $"'{actor.Name}' lacks {right}.");
        }

        var work = new CaWork();
        int required = approval(row) is null ? 0 : EndEntityApproval.Required(row, snapshot, ApprovalAction.AddEditEndEntity);
        if (required > 0)
        {
            if (!(await approvals.AskAsync(actor, approval(row)!, required, work, cancel)).Succeeded(out ApprovalPass? pass, out Refusal? refusal))
            {
                return refusal;
            }

            approvals.Spend(work, pass, actor, "end entity changed");
        }

        await (change?.Invoke(row) ?? Task.CompletedTask);
        row.ModifiedAt = clock.GetUtcNow();
        work.Stage(target => _ = change is null ? target.Remove(row.Copy()) : target.Update(row.Copy()));
        work.Audit(Entry(auditEvent, AuditStatus.Success, actor, username).With("status", row.Status.ToString()));
        await ledger.CommitAsync(work, cancel);
        return EndEntityView.Of(row, snapshot);
    }
}
