using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Approvals;

/// <summary>From filters and rights to queries.</summary>
internal static class ApprovalQueries
{
    private static readonly ApprovalStatus[] Decided = [ApprovalStatus.Approved, ApprovalStatus.Executed, ApprovalStatus.ExecutionFailed, ApprovalStatus.Rejected];

    /// <summary>Own requests, and those of CAs and profiles that the actor approves for. CAs and profiles that are gone only for who may do everything.</summary>
    public static IQueryable<ApprovalRow> VisibleTo(Actor actor, ConfigurationSnapshot snapshot, IQueryable<ApprovalRow> rows)
    {
        if (actor.May(AccessResources.Root) && actor.May(AccessResources.ApproveEndEntity) && actor.May(AccessResources.AnyCa))
        {
            return rows;
        }

        string me = actor.PersonKey;
        int[] cas = [.. snapshot.Cas.Select(ca => ca.Id).Where(id => actor.May(AccessResources.Ca(id)))];
        int[] profiles = [.. snapshot.EndEntityProfilesById.Keys.Where(id => actor.May(AccessResources.ApproveEndEntity, id))];
        return rows.Where(r => r.RequesterKey == me || (cas.Contains(r.CaId) && profiles.Contains(r.EndEntityProfileId)));
    }

    public static IQueryable<ApprovalRow> Filtered(
        CaDbContext db, IQueryable<ApprovalRow> rows, ApprovalFilter filter, Actor actor, ConfigurationSnapshot snapshot, DateTimeOffset now)
    {
        rows = Selected(rows, filter.Selection, now);
        if (filter.CaName is { } ca)
        {
            int? id = snapshot.FindCa(ca)?.Id;
            rows = rows.Where(r => r.CaId == id);
        }

        if (filter.CertificateProfile is { } profile)
        {
            int? id = snapshot.CertificateProfiles.GetValueOrDefault(profile)?.Id;
            rows = rows.Where(r => r.CertificateProfileId == id);
        }

        rows = filter.Type is null ? rows : rows.Where(r => r.Type == filter.Type);
        rows = filter.Username is null ? rows : rows.Where(r => r.Username == filter.Username);
        rows = filter.Since is null ? rows : rows.Where(r => r.RequestedAt >= filter.Since);
        rows = filter.Match is null ? rows : Matching(rows, filter.Match);
        string me = actor.PersonKey;
        return filter.Mine
            ? rows.Where(r => r.RequesterKey == me || db.Set<ApprovalDecisionRow>().Any(d => d.ApprovalId == r.Id && d.PersonKey == me))
            : rows;
    }

    /// <summary>Waiting: oldest first, since it ends first. The rest: newest first.</summary>
    public static IQueryable<ApprovalRow> Page(IQueryable<ApprovalRow> rows, ApprovalFilter filter, int limit) => filter.Selection == ApprovalSelection.Waiting
        ? rows.Where(r => filter.After == null || r.Id > filter.After).OrderBy(r => r.Id).Take(limit)
        : rows.Where(r => filter.After == null || r.Id < filter.After).OrderByDescending(r => r.Id).Take(limit);

    private static IQueryable<ApprovalRow> Selected(IQueryable<ApprovalRow> rows, ApprovalSelection selection, DateTimeOffset now) => selection switch
    {
        ApprovalSelection.Waiting => rows.Where(r => r.Status == ApprovalStatus.Waiting && r.ExpireAt > now),
        ApprovalSelection.Decided => rows.Where(r => Decided.Contains(r.Status) && !(r.Status == ApprovalStatus.Approved && r.ExpireAt <= now)),
        ApprovalSelection.Expired => rows.Where(r => r.Status == ApprovalStatus.Expired || ((r.Status == ApprovalStatus.Waiting || r.Status == ApprovalStatus.Approved) && r.ExpireAt <= now)),
        _ => rows,
    };

    /// <summary>Fingerprints are read out with colons, blanks, or neither; they are stored with neither.</summary>
    private static IQueryable<ApprovalRow> Matching(IQueryable<ApprovalRow> rows, string match)
    {
        string text = match.Trim().ToLowerInvariant();
        string bare = text.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return bare.Length > 0 && bare.All(char.IsAsciiHexDigit)
            ? rows.Where(r => r.SearchText.Contains(text) || r.SearchText.Contains(bare))
            : rows.Where(r => r.SearchText.Contains(text));
    }
}
