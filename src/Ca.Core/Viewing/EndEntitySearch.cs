using Ca.Core.EndEntities;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Viewing;

/// <summary>Which end entities are looked for; all conditions hold together.</summary>
public sealed record EndEntityQuery
{
    /// <summary>Part of the username, subject DN or alternative names; case does not matter.</summary>
    public string? Names { get; init; }

    /// <summary>Status.</summary>
    public EndEntityStatus? Status { get; init; }

    /// <summary>Name of the end entity profile.</summary>
    public string? Profile { get; init; }
}

/// <summary>End entities for people to look at: those under the CAs and profiles the actor may view.</summary>
public sealed class EndEntitySearch(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration)
{
    /// <summary>End entities, last changed first.</summary>
    public async Task<Outcome<Page<EndEntityView>>> SearchAsync(Actor actor, EndEntityQuery query, Paging paging, CancellationToken cancel)
    {
        if (!actor.May(AccessResources.ViewEndEntity))
        {
            return Sight.Denied(actor, "view end entities");
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        IQueryable<EndEntityRow> rows = Visible(db, actor, snapshot);
        if (query.Names is { } names)
        {
            string pattern = Sight.Containing(names);
            rows = rows.Where(u => EF.Functions.ILike(u.Username, pattern, @"\") || EF.Functions.ILike(u.SubjectDn, pattern, @"\")
                || (u.SubjectAltName != null && EF.Functions.ILike(u.SubjectAltName, pattern, @"\")));
        }

        if (query.Profile is { } profile)
        {
            int? id = snapshot.EndEntityProfiles.GetValueOrDefault(profile)?.Id;
            rows = rows.Where(u => u.EndEntityProfileId == id);
        }

        rows = query.Status is null ? rows : rows.Where(u => u.Status == query.Status);
        List<EndEntityRow> found = await rows.OrderByDescending(u => u.ModifiedAt).ThenBy(u => u.Username).ReadAsync(paging, cancel);
        return paging.Of([.. found.Select(u => EndEntityView.Of(u, snapshot))]);
    }

    /// <summary>One end entity. What the actor may not see is answered like what does not exist.</summary>
    public async Task<Outcome<EndEntityView>> FindAsync(Actor actor, string username, CancellationToken cancel)
    {
        if (!actor.May(AccessResources.ViewEndEntity))
        {
            return Sight.Denied(actor, "view end entities");
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        return await Visible(db, actor, snapshot).SingleOrDefaultAsync(u => u.Username == username, cancel) is { } row
            ? EndEntityView.Of(row, snapshot)
            : new Refusal(RefusalCode.NotFound, $"There is no end entity '{username}'.");
    }

    private static IQueryable<EndEntityRow> Visible(CaDbContext db, Actor actor, ConfigurationSnapshot snapshot)
    {
        int[] cas = Sight.Cas(actor, snapshot);
        int[] profiles = Sight.Profiles(actor, AccessResources.ViewEndEntity, snapshot);
        return db.Set<EndEntityRow>().AsNoTracking().Where(u => cas.Contains(u.CaId) && profiles.Contains(u.EndEntityProfileId));
    }
}
