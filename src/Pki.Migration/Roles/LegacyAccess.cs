using Ca.Core.Roles;

namespace Pki.Migration.Roles;

/// <summary>
/// What the old system would decide for one role (CA_CORE §12.1): to be compared with what is decided here, never to be used.
/// </summary>
/// <param name="rules">Its rules, by resource.</param>
/// <param name="nearestWins">From 6.8 on the nearest rule decides. Before, a decline held for all below it, whatever was said there.</param>
internal sealed class LegacyAccess(IReadOnlyDictionary<string, AccessDecision> rules, bool nearestWins)
{
    /// <summary>The decision for a resource.</summary>
    public bool Allow(string resource)
    {
        AccessDecision? own = rules.TryGetValue(resource, out AccessDecision said) ? said : null;
        AccessDecision[] above = [.. Ancestors(resource).Where(rules.ContainsKey).Select(node => rules[node])];
        return nearestWins
            ? (own ?? (above.Length > 0 ? above[0] : AccessDecision.Decline)) != AccessDecision.Decline
            : !above.Contains(AccessDecision.Decline) && own != AccessDecision.Decline && (own is not null || above.Contains(AccessDecision.AcceptRecursive));
    }

    /// <summary>From the parent up to the root.</summary>
    public static IEnumerable<string> Ancestors(string resource)
    {
        string node = resource;
        while (node.Length > 1)
        {
            int slash = node.LastIndexOf('/');
            node = slash <= 0 ? "/" : node[..slash];
            yield return node;
        }
    }
}
