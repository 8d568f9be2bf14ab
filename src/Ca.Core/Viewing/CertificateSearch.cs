using Ca.Core.Certificates;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Viewing;

/// <summary>Certificates for people to look at: those of the CAs the actor may use, for who may view certificates.</summary>
public sealed class CertificateSearch(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, TimeProvider clock)
{
    /// <summary>The longest list that is made at once; a narrower search finds the rest.</summary>
    public const int LongestList = 50_000;

    /// <summary>Certificates, newest first; with an expiry window, soonest to end first.</summary>
    public async Task<Outcome<Page<FoundCertificate>>> SearchAsync(Actor actor, CertificateQuery query, Paging paging, CancellationToken cancel)
    {
        if (!actor.May(AccessResources.ViewCertificate))
        {
            return Sight.Denied(actor, "view certificates");
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        List<CertificateRow> found = await Rows(db, actor, query, snapshot).ReadAsync(paging, cancel);
        return paging.Of([.. found.Select(r => View(r, actor, snapshot))]);
    }

    /// <summary>The same as one long list, for programs and spreadsheets: no page misses or repeats what was issued meanwhile.</summary>
    /// <param name="actor">Who looks.</param>
    /// <param name="query">What for.</param>
    /// <param name="most">The most rows, up to <see cref="LongestList"/>.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<Outcome<FoundCertificates>> ListAsync(Actor actor, CertificateQuery query, int most, CancellationToken cancel)
    {
        if (!actor.May(AccessResources.ViewCertificate))
        {
            return Sight.Denied(actor, "view certificates");
        }

        int limit = Math.Clamp(most, 1, LongestList);
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        List<CertificateRow> found = await Rows(db, actor, query, snapshot).Take(limit + 1).ToListAsync(cancel);
        return new FoundCertificates([.. found.Take(limit).Select(r => View(r, actor, snapshot))], found.Count > limit);
    }

    /// <summary>One certificate. What the actor may not see is answered like what does not exist.</summary>
    public async Task<Outcome<FoundCertificate>> FindAsync(Actor actor, string caName, string serial, CancellationToken cancel) =>
        (await SearchAsync(actor, new() { CaName = caName, Serial = serial }, new(1, 1), cancel)).Succeeded(out Page<FoundCertificate>? page, out Refusal? refusal)
            ? page.Items is [var found] ? found : new Refusal(RefusalCode.NotFound, $"CA '{caName}' has no certificate {serial}.")
            : refusal;

    /// <summary>How many valid certificates end in each of the coming periods; none for who may not view certificates.</summary>
    public async Task<IReadOnlyList<ExpiringCount>> ExpiringAsync(Actor actor, TimeSpan period, int periods, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset end = now + (period * periods);
        if (!actor.May(AccessResources.ViewCertificate))
        {
            return [];
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        List<DateTimeOffset> ends = await Visible(db, actor, snapshot)
            .Where(r => r.ExpireAt >= now && r.ExpireAt < end && (r.Status == CertificateStatus.Active || r.Status == CertificateStatus.NotifiedAboutExpiration))
            .Select(r => r.ExpireAt).ToListAsync(cancel);
        ILookup<int, DateTimeOffset> byPeriod = ends.ToLookup(at => (int)((at - now) / period));
        return [.. Enumerable.Range(0, periods).Select(i => new ExpiringCount(now + (period * i), byPeriod[i].Count()))];
    }

    /// <summary>What is looked for, in the order in which it is shown.</summary>
    internal IQueryable<CertificateRow> Rows(CaDbContext db, Actor actor, CertificateQuery query, ConfigurationSnapshot snapshot)
    {
        IQueryable<CertificateRow> rows = Narrow(Visible(db, actor, snapshot), query, snapshot);
        return query.ExpiresWithin is null
            ? rows.OrderByDescending(r => r.IssuedAt).ThenBy(r => r.Fingerprint)
            : rows.OrderBy(r => r.ExpireAt).ThenBy(r => r.Fingerprint);
    }

    private static IQueryable<CertificateRow> Visible(CaDbContext db, Actor actor, ConfigurationSnapshot snapshot)
    {
        int[] cas = Sight.Cas(actor, snapshot);
        return db.Set<CertificateRow>().AsNoTracking().Where(r => cas.Contains(r.CaId));
    }

    private IQueryable<CertificateRow> Narrow(IQueryable<CertificateRow> rows, CertificateQuery query, ConfigurationSnapshot snapshot)
    {
        if (query.Names is { } names)
        {
            string pattern = Sight.Containing(names);
            rows = rows.Where(r => EF.Functions.ILike(r.SubjectDn, pattern, @"\") || (r.SubjectAltName != null && EF.Functions.ILike(r.SubjectAltName, pattern, @"\")));
        }

        if (query.Serial is { } text)
        {
            string serial = CertificateStore.NormaliseSerial(text);
            rows = rows.Where(r => r.Serial == serial);
        }

        if (query.CaName is { } caName)
        {
            int? caId = snapshot.FindCa(caName)?.Id;
            rows = rows.Where(r => r.CaId == caId);
        }

        if (query.Profile is { } profile)
        {
            int? certificateProfile = snapshot.CertificateProfiles.GetValueOrDefault(profile)?.Id;
            int? endEntityProfile = snapshot.EndEntityProfiles.GetValueOrDefault(profile)?.Id;
            rows = rows.Where(r => r.CertificateProfileId == certificateProfile || r.EndEntityProfileId == endEntityProfile);
        }

        if (query.ExpiresWithin is { } window)
        {
            DateTimeOffset now = clock.GetUtcNow();
            DateTimeOffset end = now + window;
            rows = rows.Where(r => r.ExpireAt >= now && r.ExpireAt < end);
        }

        if (query.NotRevoked)
        {
            rows = rows.Where(r => r.Status == CertificateStatus.Active || r.Status == CertificateStatus.NotifiedAboutExpiration);
        }

        rows = query.Username is null ? rows : rows.Where(r => r.Username == query.Username);
        return query.Status is null ? rows : rows.Where(r => r.Status == query.Status);
    }

    private static FoundCertificate View(CertificateRow row, Actor actor, ConfigurationSnapshot snapshot) => new(
        CertificateStore.View(row, snapshot),
        snapshot.CertificateProfilesById.GetValueOrDefault(row.CertificateProfileId)?.Name ?? "",
        snapshot.EndEntityProfilesById.GetValueOrDefault(row.EndEntityProfileId)?.Name ?? "",
        row.Type == CertificateType.EndEntity && actor.May(AccessResources.RevokeEndEntity, row.EndEntityProfileId));
}
