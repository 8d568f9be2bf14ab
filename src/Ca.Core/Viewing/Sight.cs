using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Viewing;

/// <summary>How far an actor can see. Lists and counts are cut to it in the query, so that nothing shows beside it.</summary>
internal static class Sight
{
    /// <summary>The CAs the actor may use.</summary>
    public static int[] Cas(Actor actor, ConfigurationSnapshot snapshot) =>
        [.. snapshot.Cas.Where(ca => actor.May(AccessResources.Ca(ca.Id))).Select(ca => ca.Id)];

    /// <summary>The end entity profiles under which the actor has this right.</summary>
    public static int[] Profiles(Actor actor, string right, ConfigurationSnapshot snapshot) =>
        [.. snapshot.EndEntityProfilesById.Keys.Where(id => actor.May(right, id))];

    /// <summary>The pattern for "contains", with what has a meaning in patterns taken literally.</summary>
    public static string Containing(string text) =>
        $"%{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

    public static Refusal Denied(Actor actor, string what) => new(RefusalCode.NotAuthorized, $"'{actor.Name}' may not {what}.");

    /// <summary>Reads a page, and one row more.</summary>
    public static Task<List<T>> ReadAsync<T>(this IQueryable<T> query, Paging paging, CancellationToken cancel) =>
        query.Skip(paging.Skip).Take(paging.Take + 1).ToListAsync(cancel);
}
