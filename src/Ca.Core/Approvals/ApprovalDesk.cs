using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;

namespace Ca.Core.Approvals;

/// <summary>
/// Where people see and decide approval requests (APPROVALS §5, §9). What somebody has no right over is not shown, not
/// counted, and cannot be told from what does not exist.
/// </summary>
public sealed partial class ApprovalDesk(
    IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, TimeProvider clock, IOptions<CaOptions> options)
{
    private const int MostRows = 1000;

    /// <summary>The requests that the filter finds, page by page: two queries, however many there are.</summary>
    public async Task<ApprovalPage> ListAsync(Actor actor, ApprovalFilter filter, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        IQueryable<ApprovalRow> query = ApprovalQueries.Filtered(db, ApprovalQueries.VisibleTo(actor, snapshot, db.Set<ApprovalRow>().AsNoTracking()), filter, actor, snapshot, clock.GetUtcNow());
        int total = await query.CountAsync(cancel);
        int limit = Math.Clamp(filter.Limit, 1, MostRows);
        List<ApprovalRow> rows = await ApprovalQueries.Page(query, filter, limit + 1).ToListAsync(cancel);
        ApprovalView[] items = [.. rows.Take(limit).Select(r => ViewOf(r, actor, snapshot))];
        return new(items, total, rows.Count > limit ? items[^1].Id : null);
    }

    /// <summary>One request with everything that somebody who decides should see.</summary>
    public async Task<Outcome<ApprovalDetail>> FindAsync(Actor actor, long id, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        if (await LoadAsync(db, actor, id, snapshot, cancel) is not { } row)
        {
            return Unknown(id);
        }

        List<ApprovalDecisionRow> decisions = await DecisionsAsync(db, id, cancel);
        int earlier = await db.Set<ApprovalRow>().CountAsync(r => r.ContentHash == row.ContentHash && r.Id < id, cancel);
        ApprovalContext context = await ApprovalContext.LoadAsync(db, row, snapshot, cancel);
        return new ApprovalDetail(
            ViewOf(row, actor, snapshot),
            row.Content().Facts,
            row.Content().Fingerprints,
            [.. decisions.Select(d => new ApprovalDecisionView(d.Name, d.CertificateSerial, d.Verdict, d.Comment, d.At))],
            earlier,
            context.Related,
            context.Warnings,
            Obstacle(actor, row, decisions)?.Detail,
            ActsOf(actor, row, clock.GetUtcNow()));
    }

    private static async Task<ApprovalRow?> LoadAsync(CaDbContext db, Actor actor, long id, ConfigurationSnapshot snapshot, CancellationToken cancel) =>
        await ApprovalQueries.VisibleTo(actor, snapshot, db.Set<ApprovalRow>().AsNoTracking()).SingleOrDefaultAsync(r => r.Id == id, cancel);

    private static Task<List<ApprovalDecisionRow>> DecisionsAsync(CaDbContext db, long id, CancellationToken cancel) =>
        db.Set<ApprovalDecisionRow>().AsNoTracking().Where(d => d.ApprovalId == id).OrderBy(d => d.At).ToListAsync(cancel);

    private ApprovalView ViewOf(ApprovalRow row, Actor actor, ConfigurationSnapshot snapshot) => new()
    {
        Id = row.Id,
        Type = row.Type,
        Status = row.StatusAt(clock.GetUtcNow()),
        CaName = snapshot.FindCa(row.CaId)?.Name ?? $"#{row.CaId}",
        EndEntityProfile = snapshot.EndEntityProfilesById.GetValueOrDefault(row.EndEntityProfileId)?.Name ?? $"#{row.EndEntityProfileId}",
        CertificateProfile = snapshot.CertificateProfilesById.GetValueOrDefault(row.CertificateProfileId)?.Name ?? $"#{row.CertificateProfileId}",
        Username = row.Username,
        SubjectDn = row.SubjectDn,
        SubjectAltName = row.SubjectAltName,
        Requester = row.Requester,
        RequesterSerial = row.RequesterSerial,
        Source = row.Source,
        Protocol = row.Protocol,
        TransactionId = row.TransactionId,
        UniqueId = row.UniqueId,
        Code = row.Code,
        Required = row.Required,
        Given = row.Given,
        RequestedAt = row.RequestedAt,
        ExpireAt = row.ExpireAt,
        DecidedAt = row.DecidedAt,
        Result = row.Result,
        ConsumedBy = row.ConsumedBy,
        Repeats = row.Repeats,
        Forgotten = row.Forgotten,
        IsOwn = row.RequesterKey == actor.PersonKey,
    };

    /// <summary>Why this person does not decide this request; null when he may (APPROVALS §5).</summary>
    private Refusal? Obstacle(Actor actor, ApprovalRow row, List<ApprovalDecisionRow> decisions) => row.StatusAt(clock.GetUtcNow()) switch
    {
        ApprovalStatus.Expired => new(RefusalCode.Conflict, $"Approval request {row.Id} has expired."),
        not ApprovalStatus.Waiting => new(RefusalCode.Conflict, $"Approval request {row.Id} is already decided: {row.Status}{By(decisions)}."),
        _ when !MayApprove(actor, row) => new(RefusalCode.NotAuthorized, $"'{actor.Name}' has no right to approve for this CA and end entity profile."),
        _ when row.RequesterKey == actor.PersonKey => new(RefusalCode.NotAuthorized, $"'{actor.Name}' has asked for it; somebody else must decide."),
        _ when decisions.Any(d => d.PersonKey == actor.PersonKey) => new(RefusalCode.NotAuthorized, $"'{actor.Name}' has decided it before; somebody else must."),
        _ when !row.IsIntact() => new(RefusalCode.InternalFailure, $"Approval request {row.Id} was changed in the database: its content does not fit its hash."),
        _ => null,
    };

    private static bool MayApprove(Actor actor, ApprovalRow row) =>
        actor.May(AccessResources.ApproveEndEntity, row.EndEntityProfileId) && actor.May(AccessResources.Ca(row.CaId));

    private static string By(List<ApprovalDecisionRow> decisions) => decisions.Count == 0 ? "" : $" by {string.Join(", ", decisions.Select(d => $"'{d.Name}'"))}";

    private static Refusal Ended(Actor actor) => new(RefusalCode.NotAuthorized, $"The certificate of '{actor.Name}' has ended or is revoked.");

    private static Refusal Unknown(long id) => new(RefusalCode.NotFound, $"There is no approval request {id}.");

    private static Refusal? CheckComment(string? comment) => comment is { Length: > 1000 } || Forbidden.IsUnusable(comment)
        ? new(RefusalCode.PolicyViolation, "The comment is longer than 1000 characters, or no text.")
        : null;
}
