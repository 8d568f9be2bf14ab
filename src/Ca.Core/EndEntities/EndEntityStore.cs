using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Recovery;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <summary>Adds, changes, shows and removes end entities (CA_CORE §7).</summary>
public sealed class EndEntityStore(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, TimeProvider clock, IOptions<CaOptions> options)
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

        DateTimeOffset now = clock.GetUtcNow();
        EndEntityRow row = there ?? new EndEntityRow { Username = data.Username, SubjectDn = "", CreatedAt = now };
        Apply(row, data, names, now);
        work.Stage(target => _ = there is null ? target.Add(row.Copy()) : target.Update(row.Copy()));
        work.Audit(Entry(there is null ? AuditEvents.RaAddEndEntity : AuditEvents.RaEditEndEntity, AuditStatus.Success, actor, row.Username).With("subjectDn", row.SubjectDn));
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
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        return await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == username, cancel) is { } row ? EndEntityView.Of(row, snapshot) : null;
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
        }, cancel);

    /// <summary>Gives the end entity a secret to enrol with, once for each allowed request.</summary>
    public async Task<Outcome<EndEntityView>> SetSecretAsync(Actor actor, string username, Secret secret, CancellationToken cancel)
    {
        if (EndEntityRules.IsWellKnown(secret))
        {
            return new Refusal(RefusalCode.PolicyViolation, "password is one that everybody knows.");
        }

        string hash = SecretHash.Create(secret, options.Value.SecretIterations);
        return await ChangeAsync(actor, username, AccessResources.EditEndEntity, AuditEvents.RaEditEndEntity, row => row.Secret = hash, cancel);
    }

    /// <summary>Removes the end entity. Its certificates stay.</summary>
    public async Task<Outcome<EndEntityView>> DeleteAsync(Actor actor, string username, CancellationToken cancel) =>
        await ChangeAsync(actor, username, AccessResources.DeleteEndEntity, AuditEvents.RaDeleteEndEntity, null, cancel);

    // A change of null removes the row.
    private async Task<Outcome<EndEntityView>> ChangeAsync(Actor actor, string username, string right, string auditEvent, Action<EndEntityRow>? change, CancellationToken cancel)
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

        change?.Invoke(row);
        row.ModifiedAt = clock.GetUtcNow();
        var work = new CaWork();
        work.Stage(target => _ = change is null ? target.Remove(row.Copy()) : target.Update(row.Copy()));
        work.Audit(Entry(auditEvent, AuditStatus.Success, actor, username).With("status", row.Status.ToString()));
        await ledger.CommitAsync(work, cancel);
        return EndEntityView.Of(row, snapshot);
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

    private void Apply(EndEntityRow row, EndEntityData data, EndEntityNames names, DateTimeOffset now)
    {
        row.SubjectDn = names.Subject.ToString();
        row.SubjectAltName = string.IsNullOrEmpty(data.SubjectAltName) ? null : data.SubjectAltName;
        row.Email = string.IsNullOrEmpty(data.Email) ? null : data.Email;
        row.Secret = data.Secret is null ? row.Secret : SecretHash.Create(data.Secret, options.Value.SecretIterations);
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
