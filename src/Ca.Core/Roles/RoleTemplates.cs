namespace Ca.Core.Roles;

/// <summary>Sets of rules to start a role from (CA_CORE §12.2).</summary>
public static class RoleTemplates
{
    private static readonly string[] RaVerbs = ["view_end_entity", "create_end_entity", "edit_end_entity", "delete_end_entity", "revoke_end_entity", "view_history"];

    /// <summary>Names that <see cref="Rules"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["SUPERADMIN", "CAADMIN", "RAADMINISTRATOR", "SUPERVISOR"];

    /// <summary>The rules of a template.</summary>
    /// <param name="template">One of <see cref="Names"/>.</param>
    /// <param name="caIds">CAs the role may use; empty: any CA.</param>
    /// <param name="endEntityProfileIds">End entity profiles the role may use; empty: all.</param>
    /// <exception cref="ArgumentException">There is no such template.</exception>
    public static IReadOnlyList<AccessRule> Rules(string template, IReadOnlyCollection<int> caIds, IReadOnlyCollection<int> endEntityProfileIds)
    {
        IEnumerable<AccessRule> rules = template.ToUpperInvariant() switch
        {
            "SUPERADMIN" => [Tree(AccessResources.Root)],
            "CAADMIN" => [One(AccessResources.Administrator), Tree("/ca_functionality"), Tree("/ra_functionality/edit_end_entity_profiles"), Tree("/secureaudit/auditor"), .. Cas(caIds)],
            "RAADMINISTRATOR" => [One(AccessResources.Administrator), One(AccessResources.CreateCertificate), One(AccessResources.StoreCertificate), One(AccessResources.ViewCertificate), .. RaVerbs.Select(v => One("/ra_functionality/" + v)), .. Profiles(endEntityProfileIds, RaVerbs), .. Cas(caIds)],
            "SUPERVISOR" => [One(AccessResources.Administrator), One(AccessResources.ViewCertificate), One(AccessResources.ViewEndEntity), Tree("/secureaudit/auditor/select"), .. Profiles(endEntityProfileIds, ["view_end_entity", "view_history"]), .. Cas(caIds)],
            _ => throw new ArgumentException($"There is no role template '{template}'; there are {string.Join(", ", Names)}.", nameof(template)),
        };
        return [.. rules];
    }

    private static AccessRule One(string resource) => new(resource, AccessDecision.Accept);

    private static AccessRule Tree(string resource) => new(resource, AccessDecision.AcceptRecursive);

    private static IEnumerable<AccessRule> Cas(IReadOnlyCollection<int> caIds) =>
        caIds.Count == 0 ? [Tree(AccessResources.AnyCa)] : caIds.Select(id => Tree(AccessResources.Ca(id)));

    /// <summary>All profiles: the whole subtree, since the general rights already limit the verbs.</summary>
    private static IEnumerable<AccessRule> Profiles(IReadOnlyCollection<int> ids, string[] verbs) =>
        ids.Count == 0
            ? [Tree("/endentityprofilesrules")]
            : ids.SelectMany(id => verbs.Select(verb => One(AccessResources.EndEntityProfile(id, verb))));
}
