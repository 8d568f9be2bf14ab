using System.Globalization;
using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Recovery;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.EndEntities;

/// <summary>Adds, changes, shows and removes end entities (CA_CORE §7).</summary>
public sealed partial class EndEntityStore(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, ApprovalGate approvals, EnrolmentCodes codes, TimeProvider clock, IOptions<CaOptions> options)
{
    /// <summary>
    /// INITIALIZED and HISTORICAL come from imports only. REVOKED is not set by hand: <see cref="Certificates.Revoker"/>
    /// revokes the certificates with the user.
    /// </summary>
    private static readonly EndEntityStatus[] Settable = [EndEntityStatus.New, EndEntityStatus.Failed, EndEntityStatus.InProcess, EndEntityStatus.Generated, EndEntityStatus.KeyRecovery];

    /// <summary>Adds an end entity, or brings an existing one into line.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="data">How it shall be.</param>
    /// <param name="reactivate">A revoked one may be brought back; needs a right of its own.</param>
    /// <param name="work">Gets the change.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<Outcome<EndEntityView>> SetAsync(Actor actor, EndEntityData data, bool reactivate, CaWork work, CancellationToken cancel)
    {
        if (Forbidden.IsUnusable(data.Username))
        {
            return new Refusal(RefusalCode.PolicyViolation, "username has a character that must not be in it.");
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        EndEntityRow? there = await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == data.Username, cancel);
        if (!EndEntityNames.Resolve(data, snapshot).Succeeded(out EndEntityNames? names, out Refusal? refusal))
        {
            return refusal;
        }

        refusal = names.CheckRights(actor, there)
            ?? CheckStatus(actor, data, names, there, reactivate)
            ?? EndEntityRules.Check(names.EndEntityProfile, data, names.Subject, names.CertificateProfile, names.Ca.Name, there is null)
            ?? (data.Status == EndEntityStatus.KeyRecovery ? await KeyMarks.StageNewestAsync(db, actor, data.Username, names.EndEntityProfile.Id, work, cancel) : null);
        if (refusal is not null)
        {
            work.Audit(Entry(there is null ? AuditEvents.RaAddEndEntity : AuditEvents.RaEditEndEntity, AuditStatus.Failure, actor, data.Username).With("refusal", refusal.ToString()));
            return refusal;
        }

        int required = EndEntityApproval.Required(data, names, there, snapshot);
        if (!(await approvals.AskAsync(actor, EndEntityApproval.Of(data, names, there, snapshot), required, work, cancel)).Succeeded(out ApprovalPass? pass, out refusal))
        {
            return refusal;
        }

        DateTimeOffset now = clock.GetUtcNow();
        EndEntityRow row = there ?? new EndEntityRow { Username = data.Username, SubjectDn = "", CreatedAt = now };
        Apply(row, data, names, now);
        if (data.Secret is { } secret)
        {
            row.SetSecret(SecretHash.Create(secret, options.Value.SecretIterations), await codes.SealAsync(secret, row.Username, names.Ca, names.EndEntityProfile, cancel));
        }

        work.Stage(target => _ = there is null ? target.Add(row.Copy()) : target.Update(row.Copy()));
        work.Audit(Entry(there is null ? AuditEvents.RaAddEndEntity : AuditEvents.RaEditEndEntity, AuditStatus.Success, actor, row.Username).With("subjectDn", row.SubjectDn));
        approvals.Spend(work, pass, actor, "end entity stored");
        return EndEntityView.Of(row, snapshot);
    }

    /// <summary>The same with a commit of its own.</summary>
    public async Task<Outcome<EndEntityView>> SetAsync(Actor actor, EndEntityData data, CancellationToken cancel)
    {
        var work = new CaWork();
        Outcome<EndEntityView> outcome = await SetAsync(actor, data, reactivate: false, work, cancel);
        await ledger.CommitAsync(work, cancel);
        return outcome;
    }

    /// <summary>The end entity; null when there is none.</summary>
    public async Task<EndEntityView?> FindAsync(string username, CancellationToken cancel)
    {
        if (Forbidden.IsUnusable(username))
        {
            return null;
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        return await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == username, cancel) is { } row ? EndEntityView.Of(row, snapshot) : null;
    }

    /// <summary>The end entity of a CA that is registered with this subject; null when there is none, or more than one.</summary>
    public async Task<EndEntityView?> FindBySubjectAsync(string caName, DistinguishedName subject, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        int? ca = snapshot.FindCa(caName)?.Id;
        string text = subject.ToString();
        List<EndEntityRow> rows = Forbidden.IsUnusable(text) ? [] : await db.Set<EndEntityRow>().AsNoTracking().Where(u => u.SubjectDn == text && u.CaId == ca).Take(2).ToListAsync(cancel);
        return rows is [var only] ? EndEntityView.Of(only, snapshot) : null;
    }

    /// <summary>End entities whose username contains a text, last changed first.</summary>
    public async Task<IReadOnlyList<EndEntityView>> ListAsync(string? usernameContains, EndEntityStatus? status, int limit, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        IQueryable<EndEntityRow> query = db.Set<EndEntityRow>().AsNoTracking();
        query = usernameContains is null ? query : query.Where(u => u.Username.Contains(usernameContains));
        query = status is null ? query : query.Where(u => u.Status == status);
        List<EndEntityRow> rows = await query.OrderByDescending(u => u.ModifiedAt).Take(limit).ToListAsync(cancel);
        return [.. rows.Select(r => EndEntityView.Of(r, snapshot))];
    }

    private static Refusal? CheckStatus(Actor actor, EndEntityData data, EndEntityNames names, EndEntityRow? there, bool reactivate)
    {
        if (!Settable.Contains(data.Status))
        {
            return new(RefusalCode.PolicyViolation, $"status {data.Status} is not set by editing.");
        }

        return (there?.Status, reactivate) switch
        {
            (EndEntityStatus.Revoked, false) => new(RefusalCode.Revoked, $"User '{there.Username}' is revoked."),
            (EndEntityStatus.Revoked, true) when !actor.May(AccessResources.ReactivateEndEntity, names.EndEntityProfile.Id) => new(RefusalCode.NotAuthorized, $"'{actor.Name}' may not reactivate end entities."),
            _ => null,
        };
    }

    private static void Apply(EndEntityRow row, EndEntityData data, EndEntityNames names, DateTimeOffset now)
    {
        row.SubjectDn = names.Subject.ToString();
        row.SubjectAltName = string.IsNullOrEmpty(data.SubjectAltName) ? null : data.SubjectAltName;
        row.Email = string.IsNullOrEmpty(data.Email) ? null : data.Email;
        row.CaId = names.Ca.Id;
        row.EndEntityProfileId = names.EndEntityProfile.Id;
        row.CertificateProfileId = names.CertificateProfile.Id;
        row.TokenType = data.TokenType;
        row.Type = 1 | (data.KeyRecoverable ? 0x80 : 0) | (data.SendNotification ? 0x100 : 0);
        row.Status = data.Status;
        row.AllowedRequests = data.AllowedRequests ?? Number(names.EndEntityProfile.AllowedRequests, 1);
        row.RequestsLeft = row.AllowedRequests;
        row.MaxFailedLogins = data.MaxFailedLogins ?? Number(names.EndEntityProfile.MaxFailedLogins, -1);
        row.LoginsLeft = row.MaxFailedLogins;
        row.StartTime = data.StartTime ?? names.EndEntityProfile.StartTime.Value;
        row.EndTime = data.EndTime ?? names.EndEntityProfile.EndTime.Value;
        row.IssuanceRevocationReason = data.IssuanceRevocationReason ?? Number(names.EndEntityProfile.IssuanceRevocationReason, -1);
        row.ModifiedAt = now;
    }

    private static int Number(OptionalValue setting, int otherwise) =>
        int.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    private static AuditEntry Entry(string auditEvent, AuditStatus status, Actor actor, string username) =>
        new(auditEvent, status, actor.Name) { Module = "RA", SearchDetail2 = username };
}
