using Ca.Core.Authorities;
using Ca.Core.Roles;

namespace Pki.Migration.Roles;

/// <summary>A member as it is known here.</summary>
/// <param name="Ca">The CA that issued its certificate.</param>
/// <param name="With">What is compared.</param>
/// <param name="Operator">How.</param>
/// <param name="Value">With what.</param>
public sealed record TranslatedMember(CertificateAuthority Ca, MatchWith With, MatchOperator Operator, string Value);

/// <summary>A role of the old system as it can be made here; it never allows what the old one did not.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rules">Its rules here.</param>
/// <param name="Members">Those members who are certainly meant.</param>
/// <param name="Notes">What was left out, and why.</param>
/// <param name="Problem">Why it is not taken over at all; null: it is.</param>
public sealed record TranslatedRole(string Name, IReadOnlyList<AccessRule> Rules, IReadOnlyList<TranslatedMember> Members, IReadOnlyList<string> Notes, string? Problem);
