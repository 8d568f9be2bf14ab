namespace Ca.Core.Roles;

/// <summary>What a rule says about its resource.</summary>
public enum AccessDecision
{
    /// <summary>This resource only (plain "accept" of old data).</summary>
    Accept = 1,

    /// <summary>This resource and all below it.</summary>
    AcceptRecursive = 2,

    /// <summary>Not this resource nor anything below it, as far as this role goes.</summary>
    Decline = 3,
}

/// <summary>One rule of a role.</summary>
/// <param name="Resource">Path, such as <c>/ca/1652389506</c>.</param>
/// <param name="Decision">What it says.</param>
public sealed record AccessRule(string Resource, AccessDecision Decision);

/// <summary>
/// The rules of one role. The most specific rule on the path wins and holds for its subtree; a plain accept holds for
/// its own node only; nothing said means no (CA_CORE §12.1 [R]).
/// </summary>
public sealed class AccessRules
{
    private readonly Dictionary<string, AccessDecision> rules;

    /// <summary>Takes the rules; of several for one resource a decline wins.</summary>
    public AccessRules(IEnumerable<AccessRule> rules)
    {
        this.rules = new(StringComparer.Ordinal);
        foreach (AccessRule rule in rules)
        {
            string resource = Normalise(rule.Resource);
            this.rules[resource] = this.rules.TryGetValue(resource, out AccessDecision there) && there > rule.Decision ? there : rule.Decision;
        }
    }

    /// <summary>May the holder of this role use the resource?</summary>
    public bool Allow(string resource)
    {
        string node = Normalise(resource);
        bool itself = true;
        while (true)
        {
            if (Find(node) is { } decision && (itself || decision != AccessDecision.Accept))
            {
                return decision != AccessDecision.Decline;
            }

            if (node.Length == 1)
            {
                return false;
            }

            int slash = node.LastIndexOf('/');
            node = slash == 0 ? "/" : node[..slash];
            itself = false;
        }
    }

    /// <summary>The rule at exactly this node; <c>/ca/-1</c> stands in for every CA without a rule of its own.</summary>
    private AccessDecision? Find(string node)
    {
        if (rules.TryGetValue(node, out AccessDecision decision))
        {
            return decision;
        }

        bool oneCa = node.StartsWith("/ca/", StringComparison.Ordinal) && node.IndexOf('/', 4) < 0;
        return oneCa && rules.TryGetValue(AccessResources.AnyCa, out decision) ? decision : null;
    }

    private static string Normalise(string resource) => resource.Length > 1 ? resource.TrimEnd('/') : resource;
}
