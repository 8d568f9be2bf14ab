using Ca.Core.Authorities;
using Ca.Core.Roles;
using Pki.Migration.Import;
using Pki.Protocols.X509;

namespace Pki.Migration.Roles;

/// <summary>
/// Up to 6.7 the rules of all roles of a person were merged, and one role could take from another; here they are united.
/// Whoever may be in two roles that contradict each other is left out of both (MIGRATION §9 check 9). What counts is what was
/// read: a role that is not taken over, or not with all its members, took from the others all the same.
/// </summary>
/// <param name="names">What is here.</param>
internal sealed class MemberOverlap(SiteNames names)
{
    /// <summary>The roles without the members who are in doubt.</summary>
    /// <param name="old">The roles as they were read.</param>
    /// <param name="roles">What became of each.</param>
    public IReadOnlyList<TranslatedRole> Remove(IReadOnlyList<LegacyRole> old, IReadOnlyList<TranslatedRole> roles)
    {
        var translator = new RuleTranslator(names);
        Claim[] claims = [.. old.Select(role => new Claim(role.Name, translator.Said(role), [.. role.Members.Select(Who)]))];
        return [.. roles.Select((role, i) => Without(role, [.. claims.Where((other, j) => j != i && Contradict(claims[i], other))]))];
    }

    private static TranslatedRole Without(TranslatedRole role, Claim[] others)
    {
        (TranslatedMember Member, Claim? Other)[] members = [.. role.Members.Select(member => (member, Array.Find(others, other => other.Members.Any(second => MayBeOne(member, second)))))];
        return role with
        {
            Members = [.. members.Where(one => one.Other is null).Select(one => one.Member)],
            Notes =
            [
                .. role.Notes,
                .. members.Where(one => one.Other is not null).Select(one => $"member left out (CA '{one.Member.Ca.Name}', {one.Member.With} = '{one.Member.Value}'): may be in role '{one.Other!.Name}' too, which says otherwise; decide, then pki role add-member"),
            ],
        };
    }

    // One that is not recognised here as it was there may be anybody; but no holder of a certificate where it was recognised without one.
    private Person Who(LegacyMember member) => !member.MayBeCertificate ? new(IsNobody: true)
        : (MatchOperator)member.Operator is MatchOperator.EqualCase or MatchOperator.EqualIgnoreCase ? new(names.FindCa(member.CaId), (MatchWith)member.MatchWith, member.Value)
        : new(names.FindCa(member.CaId));

    /// <summary>One declines what the other accepts, or the two do not say the same about a resource.</summary>
    private static bool Contradict(Claim one, Claim other) => one.Rules.Any(first => other.Rules.Any(second =>
        (first.Resource == second.Resource && first.Decision != second.Decision) || Takes(first, second) || Takes(second, first)));

    /// <summary>A decline holds for all below it, and cuts a piece out of a tree that was accepted above it.</summary>
    private static bool Takes(AccessRule decline, AccessRule accept) => decline.Decision == AccessDecision.Decline && accept.Decision != AccessDecision.Decline
        && (IsWithin(accept.Resource, decline.Resource) || (accept.Decision == AccessDecision.AcceptRecursive && IsWithin(decline.Resource, accept.Resource)));

    private static bool IsWithin(string resource, string tree) => resource == tree || LegacyAccess.Ancestors(resource).Contains(tree, StringComparer.Ordinal);

    /// <summary>Nothing rules out that one certificate matches both.</summary>
    private static bool MayBeOne(TranslatedMember member, Person other) => !other.IsNobody && (other.Ca is null || other.Ca.Id == member.Ca.Id)
        && !(member.With == other.With && member.With switch
        {
            MatchWith.CertificateSerialNumber => other.Value.All(char.IsAsciiHexDigit) && !member.Value.TrimStart('0').Equals(other.Value.TrimStart('0'), StringComparison.OrdinalIgnoreCase),
            MatchWith.FullDn => IsAnother(member.Value, other.Value),
            _ => false,
        });

    private static bool IsAnother(string one, string other) =>
        DistinguishedName.Parse(one).Succeeded(out DistinguishedName? first, out _) && DistinguishedName.Parse(other).Succeeded(out DistinguishedName? second, out _) && !first.Equals(second);

    /// <summary>What a role said, and about whom.</summary>
    private sealed record Claim(string Name, IReadOnlyList<AccessRule> Rules, IReadOnlyList<Person> Members);

    /// <param name="Ca">The CA of its certificate; null: any.</param>
    /// <param name="With">What is compared; null: nothing that is known here.</param>
    /// <param name="Value">With what.</param>
    /// <param name="IsNobody">It was no holder of a certificate.</param>
    private sealed record Person(CertificateAuthority? Ca = null, MatchWith? With = null, string Value = "", bool IsNobody = false);
}
