using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Roles;
using Ca.Core.Storage;

namespace Ca.Cmp.Authentication;

/// <summary>The rights of requesters who are members of no role: an RA that knows a secret, an end entity itself.</summary>
internal static class RequesterRights
{
    /// <summary>Whoever knows an alias' secret is heard under that alias' CA and end entity profile, never beyond (CMP-M-4).</summary>
    public static Actor OfAlias(CmpAlias alias, CertificateAuthority ca, ConfigurationSnapshot configuration, string name)
    {
        IEnumerable<AccessRule> rules = RoleTemplates.Rules("RAADMINISTRATOR", [ca.Id], [configuration.EndEntityProfiles[alias.EndEntityProfile].Id]);
        return Actor.With(name, alias.AllowRaVerified && alias.Mode == CmpMode.Ra ? rules.Append(new(AccessResources.VouchForKey, AccessDecision.Accept)) : rules);
    }

    /// <summary>An end entity has certificates made and revoked by its CA; whose they are, the issuer and the bodies check.</summary>
    public static Actor OfEndEntity(CertificateAuthority ca, int endEntityProfileId, string name) =>
        Actor.With(name, RoleTemplates.Rules("RAADMINISTRATOR", [ca.Id], [endEntityProfileId]));
}
