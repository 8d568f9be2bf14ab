using Ca.Core.Authorities;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.EndEntities;

/// <summary>What the names in an <see cref="EndEntityData"/> stand for.</summary>
internal sealed record EndEntityNames(CertificateAuthority Ca, CertificateProfile CertificateProfile, EndEntityProfile EndEntityProfile, DistinguishedName Subject)
{
    /// <summary>Resolves the names; what is not given is the profile's default.</summary>
    public static Outcome<EndEntityNames> Resolve(EndEntityData data, ConfigurationSnapshot snapshot)
    {
        if (!snapshot.EndEntityProfiles.TryGetValue(data.EndEntityProfile, out EndEntityProfile? endEntityProfile))
        {
            return new Refusal(RefusalCode.NotFound, $"endEntityProfile '{data.EndEntityProfile}' does not exist.");
        }

        string profileName = data.CertificateProfile ?? endEntityProfile.DefaultCertificateProfile;
        if (!snapshot.CertificateProfiles.TryGetValue(profileName, out CertificateProfile? profile))
        {
            return new Refusal(RefusalCode.NotFound, $"certificateProfile '{profileName}' does not exist.");
        }

        string? caName = data.CaName ?? endEntityProfile.DefaultCa;
        if (caName is null || snapshot.FindCa(caName) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"caName '{caName}' does not exist.");
        }

        var names = new NameOptions { LdapOrder = profile.LdapDnOrder && ca.Settings.UseLdapDnOrder };
        return DistinguishedName.Parse(data.SubjectDn, names).Succeeded(out DistinguishedName? subject, out Refusal? refusal)
            ? new EndEntityNames(ca, profile, endEntityProfile, subject)
            : new Refusal(refusal.Code, "subjectDn: " + refusal.Detail);
    }

    /// <summary>Why this actor may not add the end entity, or edit it where it is there already; null when he may.</summary>
    public Refusal? CheckRights(Actor actor, EndEntityRow? there)
    {
        string right = there is null ? AccessResources.CreateEndEntity : AccessResources.EditEndEntity;
        bool may = actor.May(right, EndEntityProfile.Id) && actor.May(AccessResources.Ca(Ca.Id))
            && (there is null || (actor.May(right, there.EndEntityProfileId) && actor.May(AccessResources.Ca(there.CaId))));
        return may
            ? null
            : new(RefusalCode.NotAuthorized, $"'{actor.Name}' lacks {right} under profile '{EndEntityProfile.Name}' or for CA '{Ca.Name}'.");
    }
}
