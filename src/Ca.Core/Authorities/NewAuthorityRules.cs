using Ca.Core.Certificates;
using Ca.Core.Profiles;
using Ca.Core.Storage;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Authorities;

/// <summary>A CA to be created, with names resolved and texts parsed.</summary>
internal sealed record AuthorityPlan(NewAuthority Order, DistinguishedName Subject, CertificateAuthority? Parent, CertificateProfile Profile, Validity Validity);

/// <summary>What must hold before a CA is created (CA_CORE §4.1).</summary>
internal static class NewAuthorityRules
{
    public static Outcome<AuthorityPlan> Check(NewAuthority order, ConfigurationSnapshot snapshot, DateTimeOffset now)
    {
        var options = new NameOptions { LdapOrder = order.Settings.UseLdapDnOrder, UsePrintableString = order.Settings.UsePrintableString };
        if (!DistinguishedName.Parse(order.SubjectDn, options).Succeeded(out DistinguishedName? subject, out Refusal? refusal))
        {
            return new Refusal(refusal.Code, "subjectDn: " + refusal.Detail);
        }

        if (CheckNames(order, subject, snapshot) is { } broken)
        {
            return broken;
        }

        CertificateAuthority? parent = null;
        if (order.SignedBy is { } signer)
        {
            parent = snapshot.FindCa(signer);
            if (parent is null || parent.StatusAt(now) != AuthorityStatus.Active)
            {
                return new Refusal(RefusalCode.NotFound, $"signedBy: there is no active CA '{signer}'.");
            }
        }

        string profileName = order.CertificateProfile ?? (parent is null ? FixedProfiles.RootCa.Name : FixedProfiles.SubCa.Name);
        CertificateType type = parent is null ? CertificateType.RootCa : CertificateType.SubCa;
        if (!snapshot.CertificateProfiles.TryGetValue(profileName, out CertificateProfile? profile) || profile.Type != type)
        {
            return new Refusal(RefusalCode.NotFound, $"certificateProfile: there is no profile '{profileName}' of type {type}.");
        }

        return Validity.Parse(order.Validity ?? profile.Validity).Succeeded(out Validity? validity, out refusal)
            ? new AuthorityPlan(order, subject, parent, profile, validity)
            : new Refusal(refusal.Code, "validity: " + refusal.Detail);
    }

    private static Refusal? CheckNames(NewAuthority order, DistinguishedName subject, ConfigurationSnapshot snapshot)
    {
        if (!ProfileRules.IsName(order.Name))
        {
            return new(RefusalCode.PolicyViolation, "name must be 1 to 250 printable characters without '/'.");
        }

        if (subject.IsEmpty)
        {
            return new(RefusalCode.PolicyViolation, "subjectDn is empty.");
        }

        if (snapshot.FindCa(order.Name) is not null)
        {
            return new(RefusalCode.Conflict, $"There is a CA '{order.Name}' already.");
        }

        int id = subject.CaId();
        if (snapshot.FindCa(id) is { } other)
        {
            return new(RefusalCode.Conflict, $"The id {id} of '{subject}' is taken by CA '{other.Name}'; choose another subject.");
        }

        if (id is >= -1 and <= CaId.LastSpecial)
        {
            return new(RefusalCode.Conflict, $"The id {id} of '{subject}' has a special meaning; choose another subject.");
        }

        return order.Settings.Check();
    }
}
