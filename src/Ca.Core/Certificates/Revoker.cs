using System.Globalization;
using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>Asks for one certificate to be revoked, put on hold or released.</summary>
public sealed record RevocationOrder
{
    /// <summary>Who asks.</summary>
    public required Actor Actor { get; init; }

    /// <summary>CA that issued it.</summary>
    public required string CaName { get; init; }

    /// <summary>Hex, however written.</summary>
    public required string Serial { get; init; }

    /// <summary>RemoveFromCrl releases from hold.</summary>
    public required RevocationReason Reason { get; init; }

    /// <summary>When given, the certificate must be this user's (FLAWS E13).</summary>
    public string? Username { get; init; }

    /// <summary>Its owner never accepted it: what was not put into use is taken back without asking people (CMP-O-20, O-24).</summary>
    public bool NeverAccepted { get; init; }

    /// <summary>Back-dated, where the certificate profile allows it; null: now.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>
    /// Since when the key is known or suspected to be in other hands, for the CRL entry (RFC 5280 §5.3.2): whole seconds,
    /// not later than now but for what clocks differ; null: not said. A release has none.
    /// </summary>
    public DateTimeOffset? InvalidityDate { get; init; }
}

/// <summary>What became of it.</summary>
/// <param name="Serial">Lower-case hex.</param>
/// <param name="Reason">As stored.</param>
/// <param name="At">When it was revoked; for a release, when it was released.</param>
/// <param name="CrlWanted">The CA makes a CRL with every revocation: have one made after the commit.</param>
public sealed record Revocation(string Serial, RevocationReason Reason, DateTimeOffset At, bool CrlWanted);

/// <summary>What the CRL will tell.</summary>
/// <param name="Reason">Why.</param>
/// <param name="At">When it was revoked.</param>
/// <param name="InvalidityDate">Since when the key is not to be trusted; null: not said.</param>
internal sealed record RevocationDetails(RevocationReason Reason, DateTimeOffset At, DateTimeOffset? InvalidityDate);

/// <summary>Revokes certificates and users (CA_CORE §9).</summary>
public sealed partial class Revoker(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ApprovalGate approvals, TimeProvider clock)
{
    /// <summary>Stages a change of one certificate's status into <paramref name="work"/>.</summary>
    public async Task<Outcome<Revocation>> RevokeAsync(RevocationOrder order, CaWork work, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        if (snapshot.FindCa(order.CaName) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"caName '{order.CaName}' does not exist.");
        }

        string serial = CertificateStore.NormaliseSerial(order.Serial);
        CertificateRow? row = await db.Set<CertificateRow>().AsNoTracking().SingleOrDefaultAsync(r => r.CaId == ca.Id && r.Serial == serial, cancel);
        if (row is null || (order.Username is not null && row.Username != order.Username))
        {
            return new Refusal(RefusalCode.NotFound, $"CA '{ca.Name}' has no certificate {serial}{(order.Username is null ? "" : $" of user '{order.Username}'")}.");
        }

        if (CheckRights(order.Actor, row) is { } denied)
        {
            work.Audit(Entry(AuditEvents.AccessControl, AuditStatus.Failure, order.Actor, row).With("refusal", denied.ToString()));
            return denied;
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (CheckTime(order, row, snapshot, now) is { } wrongTime)
        {
            return wrongTime;
        }

        if (RevocationRules.Check(row.RevocationReason, row.Status, order.Reason) is { } broken)
        {
            return broken;
        }

        if (RevocationRules.CheckInvalidity(order, now) is { } wrongDate)
        {
            return wrongDate;
        }

        int required = order.NeverAccepted ? 0 : RevocationApproval.Required(row, snapshot);
        if (!(await approvals.AskAsync(order.Actor, RevocationApproval.Of(row, order), required, work, cancel)).Succeeded(out ApprovalPass? pass, out Refusal? refusal))
        {
            return refusal;
        }

        approvals.Spend(work, pass, order.Actor, $"certificate {row.Serial}: {order.Reason}");
        DateTimeOffset at = Stage(work, order.Actor, row, new(order.Reason, order.RevokedAt ?? now, order.InvalidityDate), now);
        return new Revocation(serial, order.Reason, at, ca.Settings.GenerateCrlUponRevocation);
    }

    private static DateTimeOffset Stage(CaWork work, Actor actor, CertificateRow row, RevocationDetails wanted, DateTimeOffset now)
    {
        bool release = wanted.Reason == RevocationReason.RemoveFromCrl;
        DateTimeOffset? revokedAt = release ? null : row.Status == CertificateStatus.Revoked ? row.RevokedAt : wanted.At; // hold → final keeps the date
        DateTimeOffset? invalidityDate = release ? null : wanted.InvalidityDate is { } date ? (date < now ? date : now).ToUniversalTime() : row.InvalidityDate;
        CertificateStatus status = release ? CertificateStatus.Active : CertificateStatus.Revoked;
        work.ActFor(actor);
        work.End(row.Fingerprint);
        work.Stage(async (db, cancel) =>
        {
            int changed = await db.Set<CertificateRow>().Where(r => r.Fingerprint == row.Fingerprint && r.Version == row.Version).ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Status, status).SetProperty(r => r.RevocationReason, (int)wanted.Reason)
                    .SetProperty(r => r.RevokedAt, revokedAt).SetProperty(r => r.InvalidityDate, invalidityDate).SetProperty(r => r.StatusChangedAt, now),
                cancel);
            if (changed != 1)
            {
                throw new DbUpdateConcurrencyException($"Certificate {row.Serial} was changed meanwhile.");
            }
        });
        work.Audit(Entry(release ? AuditEvents.CertChangedStatus : AuditEvents.CertRevoked, AuditStatus.Success, actor, row)
            .With("reason", wanted.Reason.ToString()).With("invalidityDate", invalidityDate is { } since ? $"{since:u}" : null));
        return revokedAt ?? now;
    }

    private static Refusal? CheckRights(Actor actor, CertificateRow row)
    {
        if (row.Type != CertificateType.EndEntity)
        {
            return new(RefusalCode.NotAuthorized, "CA certificates are not revoked by the right to revoke end entities.");
        }

        return actor.May(AccessResources.RevokeEndEntity, row.EndEntityProfileId) && actor.May(AccessResources.Ca(row.CaId))
            ? null
            : Denied(actor, $"revoke certificate {row.Serial}");
    }

    /// <summary>Never in the future; back-dated only where the profile says so.</summary>
    private static Refusal? CheckTime(RevocationOrder order, CertificateRow row, ConfigurationSnapshot snapshot, DateTimeOffset now)
    {
        if (order.RevokedAt is not { } at)
        {
            return null;
        }

        if (at > now)
        {
            return new(RefusalCode.PolicyViolation, "A revocation cannot lie in the future.");
        }

        return snapshot.CertificateProfilesById.TryGetValue(row.CertificateProfileId, out CertificateProfile? profile) && profile.AllowBackdatedRevocation
            ? null
            : new(RefusalCode.PolicyViolation, "The certificate profile does not allow back-dated revocation.");
    }

    private static Refusal Denied(Actor actor, string what) => new(RefusalCode.NotAuthorized, $"'{actor.Name}' may not {what}.");

    private static AuditEntry Entry(string auditEvent, AuditStatus status, Actor actor, CertificateRow row) => new(auditEvent, status, actor.Name)
    {
        CustomId = row.CaId.ToString(CultureInfo.InvariantCulture),
        SearchDetail1 = row.Serial,
        SearchDetail2 = row.Username,
    };
}
