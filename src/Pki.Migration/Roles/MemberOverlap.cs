using Ca.Core.Roles;

namespace Pki.Migration.Roles;

/// <summary>
/// Up to 6.7 the rules of all roles of a person were merged, and one role could take from another; here they are united.
/// Whoever may be in two roles that contradict each other is left out of both (MIGRATION §9 check 9).
/// </summary>
internal static class MemberOverlap
{
    public static IReadOnlyList<TranslatedRole> Remove(IReadOnlyList<TranslatedRole> roles)
    {
        var doubtful = roles.Select(_ => new Dictionary<TranslatedMember, string>()).ToArray();
        for (int one = 0; one < roles.Count; one++)
        {
            for (int other = one + 1; other < roles.Count; other++)
            {
                if (Contradict(roles[one], roles[other]))
                {
                    Mark(roles[one], roles[other], doubtful[one], doubtful[other]);
                }
            }
        }

        return
        [
            .. roles.Select((role, i) => doubtful[i].Count == 0 ? role : role with
            {
                Members = [.. role.Members.Where(member => !doubtful[i].ContainsKey(member))],
                Notes = [.. role.Notes, .. doubtful[i].Select(pair => $"member left out (CA '{pair.Key.Ca.Name}', {pair.Key.With} = '{pair.Key.Value}'): may be in role '{pair.Value}' too, which says otherwise; decide, then pki role add-member")],
            }),
        ];
    }

    private static void Mark(TranslatedRole one, TranslatedRole other, Dictionary<TranslatedMember, string> ofOne, Dictionary<TranslatedMember, string> ofOther)
    {
        foreach (TranslatedMember member in one.Members)
        {
            foreach (TranslatedMember second in other.Members.Where(second => MayBeOne(member, second)))
            {
                ofOne[member] = other.Name;
                ofOther[second] = one.Name;
            }
        }
    }

    /// <summary>One declines what the other accepts, or the two do not say the same about a resource.</summary>
    private static bool Contradict(TranslatedRole one, TranslatedRole other) => one.Rules.Any(first => other.Rules.Any(second =>
        (first.Resource == second.Resource && first.Decision != second.Decision) || Takes(first, second) || Takes(second, first)));

    /// <summary>A decline holds for all below it, and cuts a piece out of a tree that was accepted above it.</summary>
    private static bool Takes(AccessRule decline, AccessRule accept) => decline.Decision == AccessDecision.Decline && accept.Decision != AccessDecision.Decline
        && (IsWithin(accept.Resource, decline.Resource) || (accept.Decision == AccessDecision.AcceptRecursive && IsWithin(decline.Resource, accept.Resource)));

    private static bool IsWithin(string resource, string tree) => resource == tree || LegacyAccess.Ancestors(resource).Contains(tree, StringComparer.Ordinal);

    /// <summary>Nothing rules out that one certificate matches both.</summary>
    private static bool MayBeOne(TranslatedMember one, TranslatedMember other) => one.Ca.Id == other.Ca.Id && !(one.With == other.With && one.With switch
    {
        MatchWith.CertificateSerialNumber => !one.Value.TrimStart('0').Equals(other.Value.TrimStart('0'), StringComparison.OrdinalIgnoreCase),
        MatchWith.FullDn => !one.Value.Equals(other.Value, StringComparison.OrdinalIgnoreCase),
        _ => false,
    });
}
