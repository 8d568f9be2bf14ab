using Ca.Core.Authorities;
using Ca.Core.Importing;
using Ca.Core.Roles;
using Pki.Migration.Import;
using Pki.Migration.Sources;

namespace Pki.Migration.Roles;

/// <summary>
/// Roles of the old system as roles of this one (MIGRATION §2.7, CA_CORE §12.1). Nothing is guessed and nobody gets more than
/// before: what is not certain is left out and told, for a person to decide.
/// </summary>
public sealed class RoleTranslation(BulkImport bulk, CertificateAuthorities authorities, ILegacySource source)
{
    private static readonly string[] Verbs = ["view_end_entity", "create_end_entity", "edit_end_entity", "delete_end_entity", "revoke_end_entity", "approve_end_entity", "view_history", "keyrecovery"];

    /// <summary>All roles of the source.</summary>
    public async Task<IReadOnlyList<TranslatedRole>> RunAsync(ImportMap map, CancellationToken cancel)
    {
        SiteNames names = await SiteNames.ReadAsync(bulk, authorities, source, map.NamedOnly(), [], cancel);
        IReadOnlyList<LegacyRole> old = await LegacyRole.ReadAsync(source, cancel);
        TranslatedRole[] roles = [.. old.Select(role => Translate(role, names))];
        return old.Any(role => !role.NearestWins) ? new MemberOverlap(names).Remove(old, roles) : roles;
    }

    private static TranslatedRole Translate(LegacyRole role, SiteNames names)
    {
        List<string> notes = [];
        if (role.Problem is { } problem)
        {
            return new(role.Name, [], [], notes, problem);
        }

        if (new RuleTranslator(names).Renumber(role, notes) is not { } renumbered)
        {
            return new(role.Name, [], [], notes, "it declines a CA or profile that is not here: bring that in first, or name it in the map");
        }

        Dictionary<string, AccessDecision> rules = RuleTranslator.Narrow(renumbered, role.NearestWins, notes);
        AccessRule[] list = [.. rules.OrderBy(rule => rule.Key, StringComparer.Ordinal).Select(rule => new AccessRule(rule.Key, rule.Value))];
        string? wider = Wider(new(renumbered, role.NearestWins), new(list), Resources(renumbered, rules, names));
        return wider is null
            ? new(role.Name, list, [.. role.Members.Select(member => Member(member, names, notes)).OfType<TranslatedMember>()], notes, null)
            : new(role.Name, [], [], notes, $"it would allow '{wider}', which it did not allow before");
    }

    /// <summary>The net below the rope: every question that somebody may ask here gets no new yes (MIGRATION §9 check 9).</summary>
    private static string? Wider(LegacyAccess before, AccessRules now, IEnumerable<string> resources) => resources.FirstOrDefault(resource => now.Allow(resource) && !before.Allow(resource));

    private static IEnumerable<string> Resources(IReadOnlyDictionary<string, AccessDecision> before, Dictionary<string, AccessDecision> now, SiteNames names) =>
    [
        AccessResources.Root, AccessResources.Administrator, AccessResources.CreateCertificate, AccessResources.StoreCertificate, AccessResources.ViewCertificate, AccessResources.ViewCa,
        AccessResources.CreateCrl, AccessResources.CreateEndEntity, AccessResources.EditEndEntity, AccessResources.DeleteEndEntity, AccessResources.RevokeEndEntity, AccessResources.ViewEndEntity,
        AccessResources.KeyRecovery, AccessResources.VouchForKey, AccessResources.ReactivateEndEntity, AccessResources.ViewMessages, AccessResources.ReadAudit, AccessResources.VerifyAudit,
        AccessResources.ApproveEndEntity, AccessResources.ApproveCaAction,
        .. names.Cas.Select(ca => AccessResources.Ca(ca.Id)),
        .. names.EndEntityProfileIds.SelectMany(id => Verbs.Select(verb => AccessResources.EndEntityProfile(id, verb))),
        .. before.Keys, .. now.Keys,
    ];

    private static TranslatedMember? Member(LegacyMember member, SiteNames names, List<string> notes)
    {
        string? problem = member.TokenType.Length > 0 && member.TokenType != LegacyMember.Certificate ? "it is recognised by something else than a certificate"
            : !Enum.IsDefined((MatchWith)member.MatchWith) || member.Value.Length == 0 ? "what is compared is not known here"
            : !Enum.IsDefined((MatchOperator)member.Operator) ? "only 'equal' is known here: who is not excluded would be in"
            : (MatchWith)member.MatchWith == MatchWith.CertificateSerialNumber && !IsSerial(member.Value) ? "its value is no serial number"
            : names.FindCa(member.CaId) is null ? "its CA is not here"
            : null;
        if (problem is not null)
        {
            notes.Add($"member left out ({member.Text}): {problem}");
            return null;
        }

        return new(names.FindCa(member.CaId)!, (MatchWith)member.MatchWith, (MatchOperator)member.Operator, member.Value);
    }

    private static bool IsSerial(string value) => value.Length is > 0 and <= 40 && value.All(char.IsAsciiHexDigit);
}
