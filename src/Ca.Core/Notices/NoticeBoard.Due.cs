using System.Globalization;
using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Notices;

/// <content>What is due.</content>
public sealed partial class NoticeBoard
{
    private const string ApprovalEvent = "approval";

    /// <summary>
    /// Certificates in force that end within a threshold but not within the next shorter one, so that who is told late is
    /// told once. One whose end entity has another of the same CA and profile that ends later is renewed: nobody needs to know.
    /// </summary>
    /// <param name="target">Who would be told.</param>
    /// <param name="threshold">How long before the end.</param>
    /// <param name="shorter">The next shorter threshold; zero for the shortest.</param>
    /// <param name="most">How many at most, the soonest to end first.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<IReadOnlyList<DueNotice>> ExpiringAsync(string target, TimeSpan threshold, TimeSpan shorter, int most, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        (DateTimeOffset after, DateTimeOffset until) = (now + shorter, now + threshold);
        string name = $"expiring/{((long)threshold.TotalSeconds).ToString(CultureInfo.InvariantCulture)}";
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        var found = await (
            from row in Ending(db, after, until)
            from notice in db.Set<NoticeRow>().Where(n => n.About == row.Fingerprint && n.Event == name && n.Target == target).DefaultIfEmpty()
            where notice == null || (notice.State == NoticeState.Open && notice.At <= now)
            orderby row.ExpireAt, row.Fingerprint
            select new
            {
                Row = row,
                Attempts = notice == null ? 0 : notice.Attempts,
                Email = db.Set<EndEntityRow>().Where(u => u.Username == row.Username).Max(u => u.Email),
            }).AsNoTracking().Take(most).ToListAsync(cancel);
        return [.. found.Select(f => new DueNotice(new(f.Row.Fingerprint, name, target), NoticeKind.Expiring, Values(f.Row, snapshot, now), f.Email, f.Attempts + 1))];
    }

    /// <summary>Approvals that wait for people.</summary>
    public async Task<IReadOnlyList<DueNotice>> ApprovalsAsync(string target, int most, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        var found = await (
            from row in db.Set<ApprovalRow>()
            where row.Status == ApprovalStatus.Waiting && row.ExpireAt > now
            from notice in db.Set<NoticeRow>().Where(n => n.About == row.Id.ToString() && n.Event == ApprovalEvent && n.Target == target).DefaultIfEmpty()
            where notice == null || (notice.State == NoticeState.Open && notice.At <= now)
            orderby row.Id
            select new { Row = row, Attempts = notice == null ? 0 : notice.Attempts }).AsNoTracking().Take(most).ToListAsync(cancel);
        return [.. found.Select(f => new DueNotice(new(f.Row.Id.ToString(CultureInfo.InvariantCulture), ApprovalEvent, target), NoticeKind.Approval, Values(f.Row, snapshot), null, f.Attempts + 1))];
    }

    /// <summary>In force, ending in this time, and not renewed.</summary>
    internal static IQueryable<CertificateRow> Ending(CaDbContext db, DateTimeOffset after, DateTimeOffset until)
    {
        IQueryable<CertificateRow> all = db.Set<CertificateRow>();
        return from row in all
               where row.ExpireAt > after && row.ExpireAt <= until && (row.Status == CertificateStatus.Active || row.Status == CertificateStatus.NotifiedAboutExpiration)
                   && !all.Any(later => later.Username != null && later.Username == row.Username // not null: otherwise no index serves the comparison
                       && later.CaId == row.CaId && later.CertificateProfileId == row.CertificateProfileId
                       && later.ExpireAt > row.ExpireAt && (later.Status == CertificateStatus.Active || later.Status == CertificateStatus.NotifiedAboutExpiration))
               select row;
    }

    private static Dictionary<string, string> Values(CertificateRow row, ConfigurationSnapshot snapshot, DateTimeOffset now) => new(StringComparer.Ordinal)
    {
        [NoticeNames.Serial] = row.Serial,
        [NoticeNames.SubjectDn] = row.SubjectDn,
        [NoticeNames.SubjectAltName] = row.SubjectAltName ?? "",
        [NoticeNames.Username] = row.Username ?? "",
        [NoticeNames.CaName] = snapshot.FindCa(row.CaId)?.Name ?? "",
        [NoticeNames.CertificateProfile] = snapshot.CertificateProfilesById.GetValueOrDefault(row.CertificateProfileId)?.Name ?? "",
        [NoticeNames.NotAfter] = Time(row.ExpireAt),
        [NoticeNames.DaysLeft] = ((int)(row.ExpireAt - now).TotalDays).ToString(CultureInfo.InvariantCulture),
    };

    private static Dictionary<string, string> Values(ApprovalRow row, ConfigurationSnapshot snapshot) => new(StringComparer.Ordinal)
    {
        [NoticeNames.Id] = row.Id.ToString(CultureInfo.InvariantCulture),
        [NoticeNames.Type] = row.Type.ToString(),
        [NoticeNames.SubjectDn] = row.SubjectDn ?? "",
        [NoticeNames.SubjectAltName] = row.SubjectAltName ?? "",
        [NoticeNames.Username] = row.Username,
        [NoticeNames.CaName] = snapshot.FindCa(row.CaId)?.Name ?? "",
        [NoticeNames.Requester] = row.Requester,
        [NoticeNames.RequestedAt] = Time(row.RequestedAt),
        [NoticeNames.ExpireAt] = Time(row.ExpireAt),
        [NoticeNames.Missing] = (row.Required - row.Given).ToString(CultureInfo.InvariantCulture),
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
