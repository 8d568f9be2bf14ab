using System.Globalization;
using Ca.Core.Roles;
using Pki.Migration.Import;

namespace Pki.Migration.Roles;

/// <summary>The rules of an old role with the numbers of this system.</summary>
/// <param name="names">What is here.</param>
internal sealed class RuleTranslator(SiteNames names)
{
    private const string Cas = "/ca/", Profiles = "/endentityprofilesrules/";

    /// <summary>Trees that somebody asks for here.</summary>
    private static readonly string[] Known = ["/administrator", "/ca_functionality", "/ra_functionality", "/endentityprofilesrules", "/ca", "/secureaudit"];

    /// <summary>Rights that the old system had no word for: a tree that was accepted there does not hold them here.</summary>
    private static readonly string[] New = [AccessResources.VouchForKey, AccessResources.ReactivateEndEntity];

    /// <summary>All that a role says about what there is here, allowed or not: with our numbers, and with the old ones of what is not here.</summary>
    public IReadOnlyList<AccessRule> Said(LegacyRole role) =>
        [.. role.Rules.Where(rule => IsKnown(rule.Key)).Select(rule => new AccessRule(Path(rule.Key) ?? rule.Key, rule.Value))];

    /// <summary>The rules of a role with our numbers; null when a prohibition would get lost.</summary>
    public Dictionary<string, AccessDecision>? Renumber(LegacyRole role, List<string> notes)
    {
        var rules = new Dictionary<string, AccessDecision>(StringComparer.Ordinal);
        int unused = 0;
        foreach ((string resource, AccessDecision decision) in role.Rules)
        {
            if (!IsKnown(resource))
            {
                unused++;
            }
            else if (Path(resource) is { } path)
            {
                rules[path] = rules.TryGetValue(path, out AccessDecision known) ? Stricter(known, decision) : decision; // two old ids may be one here
            }
            else if (decision == AccessDecision.Decline)
            {
                return null;
            }
            else
            {
                notes.Add($"'{resource}' means a CA or profile that is not here: left out");
            }
        }

        if (unused > 0)
        {
            notes.Add($"{unused} rules for what this system has not: left out");
        }

        return rules;
    }

    /// <summary>Takes away what would allow more here than it did there.</summary>
    /// <param name="renumbered">From <see cref="Renumber"/>.</param>
    /// <param name="nearestWins">As in <see cref="LegacyRole"/>.</param>
    /// <param name="notes">Told here.</param>
    public static Dictionary<string, AccessDecision> Narrow(IReadOnlyDictionary<string, AccessDecision> renumbered, bool nearestWins, List<string> notes)
    {
        var rules = renumbered.ToDictionary(StringComparer.Ordinal);
        // What an older release declined was declined all the way down; here the nearest rule counts.
        string[] idle = nearestWins ? [] : [.. rules.Keys.Where(path => LegacyAccess.Ancestors(path).Any(above => rules.GetValueOrDefault(above) == AccessDecision.Decline))];
        foreach (string path in idle)
        {
            rules.Remove(path);
        }

        if (idle.Length > 0)
        {
            notes.Add($"{idle.Length} rules below a declined resource had no effect: left out");
        }

        var here = new AccessRules(rules.Select(rule => new AccessRule(rule.Key, rule.Value)));
        foreach (string right in New.Where(right => here.Allow(right) && rules.GetValueOrDefault(AccessResources.Root) != AccessDecision.AcceptRecursive))
        {
            rules[right] = AccessDecision.Decline;
            notes.Add($"{right} is new here and not part of the tree it had: declined");
        }

        return rules;
    }

    private static bool IsKnown(string resource) => resource == AccessResources.Root || Array.Exists(Known, tree => resource == tree || resource.StartsWith(tree + "/", StringComparison.Ordinal));

    /// <summary>CAs and profiles have other numbers here; null: not here.</summary>
    private string? Path(string resource)
    {
        if (resource.StartsWith(Cas, StringComparison.Ordinal))
        {
            (string id, string rest) = Split(resource[Cas.Length..]);
            return Number(id) is { } old && names.FindCa(old) is { } ca ? AccessResources.Ca(ca.Id) + rest : null;
        }

        if (resource.StartsWith(Profiles, StringComparison.Ordinal))
        {
            (string id, string rest) = Split(resource[Profiles.Length..]);
            return Number(id) is { } old && names.EndEntityProfile(old) is { } profile ? string.Create(CultureInfo.InvariantCulture, $"{Profiles}{profile}{rest}") : null;
        }

        return resource;
    }

    private static AccessDecision Stricter(AccessDecision one, AccessDecision other) =>
        one == AccessDecision.Decline || other == AccessDecision.Decline ? AccessDecision.Decline : one < other ? one : other;

    private static (string Id, string Below) Split(string path) => path.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? (path[..slash], path[slash..]) : (path, "");

    private static int? Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
}
