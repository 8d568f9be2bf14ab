using System.Security.Cryptography;
using System.Text;
using Ca.Core.Authorities;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Ca.Core.Storage;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>A request with every name resolved and every text parsed.</summary>
internal sealed record IssuanceOrder(
    IssuanceRequest Request,
    CertificateAuthority Ca,
    CertificateProfile Profile,
    EndEntityProfile EndEntityProfile,
    EndEntityData Data,
    DistinguishedName Subject)
{
    /// <summary>What the certificate's user will own: the key, and the name where the CA insists.</summary>
    public IReadOnlyList<ClaimRow> Claims => field ??= [.. Kinds().Select(k => new ClaimRow { CaId = Ca.Id, Kind = k.Kind, Digest = k.Digest, Username = Data.Username })];

    /// <summary>
    /// Resolves names: what the request says, else what the end entity has, else, where there is no end entity, the default.
    /// An end entity whose profile or CA is gone gets no other in its place: the default profile allows more than most.
    /// </summary>
    public static Outcome<IssuanceOrder> Resolve(IssuanceRequest request, EndEntityRow? user, ConfigurationSnapshot configuration)
    {
        EndEntityProfile? endEntityProfile = request.EndEntityProfile is { } wanted ? configuration.EndEntityProfiles.GetValueOrDefault(wanted)
            : user is null ? FixedProfiles.Empty
            : configuration.EndEntityProfilesById.GetValueOrDefault(user.EndEntityProfileId);
        if (endEntityProfile is null)
        {
            return Unknown("endEntityProfile", request.EndEntityProfile, user?.EndEntityProfileId);
        }

        string? certificateProfileName = request.CertificateProfile ?? (user is null ? endEntityProfile.DefaultCertificateProfile : null);
        CertificateProfile? profile = certificateProfileName is null
            ? configuration.CertificateProfilesById.GetValueOrDefault(user!.CertificateProfileId)
            : configuration.CertificateProfiles.GetValueOrDefault(certificateProfileName);
        if (profile is null)
        {
            return Unknown("certificateProfile", certificateProfileName, user?.CertificateProfileId);
        }

        string? caName = request.CaName ?? (user is null ? endEntityProfile.DefaultCa : null);
        CertificateAuthority? ca = caName is not null ? configuration.FindCa(caName)
            : user is not null ? configuration.FindCa(user.CaId)
            : null;
        if (ca is null)
        {
            return Unknown("caName", caName, user?.CaId);
        }

        string? subjectDn = request.SubjectDn ?? user?.SubjectDn ?? (profile.AllowDnOverride ? request.Request.Subject.ToString() : null);
        if (subjectDn is null)
        {
            return new Refusal(RefusalCode.PolicyViolation, "subjectDn is missing.");
        }

        var options = new NameOptions { LdapOrder = profile.LdapDnOrder && ca.Settings.UseLdapDnOrder, UsePrintableString = ca.Settings.UsePrintableString };
        return DistinguishedName.Parse(subjectDn, options).Succeeded(out DistinguishedName? subject, out Refusal? refusal)
            ? new IssuanceOrder(request, ca, profile, endEntityProfile, DataOf(request, user, ca, profile, endEntityProfile, subject), subject)
            : new Refusal(refusal.Code, "subjectDn: " + refusal.Detail);
    }

    /// <summary>The fields of a request that names a subject replace those of the end entity, all of them.</summary>
    private static EndEntityData DataOf(IssuanceRequest request, EndEntityRow? user, CertificateAuthority ca, CertificateProfile profile, EndEntityProfile endEntityProfile, DistinguishedName subject)
    {
        bool own = request.SubjectDn is not null || user is null;
        return new()
        {
            Username = request.Username,
            SubjectDn = subject.ToString(),
            SubjectAltName = Empty(own ? request.SubjectAltName : user!.SubjectAltName),
            Email = Empty(own ? request.Email : user!.Email),
            CaName = ca.Name,
            CertificateProfile = profile.Name,
            EndEntityProfile = endEntityProfile.Name,
            TokenType = request.TokenType ?? user?.TokenType ?? 1,
            KeyRecoverable = request.KeyRecoverable,
            StartTime = request.StartTime ?? user?.StartTime,
            EndTime = request.EndTime ?? user?.EndTime,
        };
    }

    private IEnumerable<(ClaimKind Kind, byte[] Digest)> Kinds()
    {
        if (Ca.Settings.EnforceUniquePublicKeys)
        {
            yield return (ClaimKind.PublicKey, Request.Request.PublicKey.Sha256());
        }

        if (Ca.Settings.EnforceUniqueDistinguishedName)
        {
            yield return (ClaimKind.Subject, NameDigest(Subject.ToString()));
        }

        if (Ca.Settings.EnforceUniqueSubjectSerialNumber && Subject.First(Pki.Protocols.Asn1.Oids.NameSerialNumber) is { } serial)
        {
            yield return (ClaimKind.SubjectSerialNumber, NameDigest(serial));
        }
    }

    /// <summary>Names that differ in case only are the same to most software, so they are the same here.</summary>
    internal static byte[] NameDigest(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name.ToLowerInvariant()));

    private static string? Empty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Refusal Unknown(string field, string? name, int? usersId) => new(
        RefusalCode.NotFound, name is null && usersId is { } id ? $"{field}: what the end entity has (id {id}) does not exist." : $"{field} '{name}' does not exist.");
}
