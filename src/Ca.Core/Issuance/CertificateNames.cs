using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>
/// The names a certificate will have: the end entity's, cut and completed as the profiles say, or those of the request where
/// the certificate profile lets them count (CA_CORE §5.3). A renewal is for the names that are renewed: others that its
/// request brings along nobody has registered, checked or approved, so they do not count whatever the profile allows.
/// </summary>
/// <param name="Subject">The subject.</param>
/// <param name="AltNames">The subject alternative names; null when there are none.</param>
internal sealed record CertificateNames(DistinguishedName Subject, GeneralNames? AltNames)
{
    public static Outcome<CertificateNames> Of(IssuanceOrder order)
    {
        if (!SubjectOf(order).Succeeded(out DistinguishedName? subject, out Refusal? refusal))
        {
            return refusal;
        }

        if (order.Profile.AllowExtensionOverride && ExtensionsOf(order).FirstOrDefault(e => e.Oid == Oids.SubjectAltName) is { } requested)
        {
            return Der.DecodeBer<GeneralNames>(requested.Value).Succeeded(out GeneralNames? own, out refusal)
                ? new CertificateNames(subject, own)
                : new Refusal(refusal.Code, "subjectAltName of the request: " + refusal.Detail);
        }

        string text = AltNamesOf(order);
        if (text.Length == 0 || !order.Profile.SubjectAltName.Use)
        {
            return new CertificateNames(subject, null);
        }

        return GeneralNames.Parse(text).Succeeded(out GeneralNames? names, out refusal)
            ? new CertificateNames(subject, names)
            : new Refusal(refusal.Code, "subjectAltName: " + refusal.Detail);
    }

    /// <summary>What the request asks for, without alternative names that a renewal may not bring along.</summary>
    public static IReadOnlyList<CertificateExtension> ExtensionsOf(IssuanceOrder order)
    {
        IReadOnlyList<CertificateExtension> requested = order.Request.Request.RequestedExtensions;
        return order.Request.OldCertificate is { } old
            ? [.. requested.Where(e => e.Oid != Oids.SubjectAltName || old.Extension(e.Oid)?.Value.Span.SequenceEqual(e.Value.Span) == true)]
            : requested;
    }

    /// <summary>Whether a certificate has these names, in whichever order: other software may have made it.</summary>
    public bool AreThoseOf(Certificate certificate) =>
        Texts(Subject.Rdns).SetEquals(Texts(certificate.Subject.Rdns))
        && Texts(AltNames?.Names).SetEquals(Texts(certificate.SubjectAltName?.Names));

    private static HashSet<string> Texts(IEnumerable<object>? names) => [.. (names ?? []).Select(name => name.ToString()!)];

    private static Outcome<DistinguishedName> SubjectOf(IssuanceOrder order)
    {
        DistinguishedName requested = order.Request.Request.Subject;
        bool counts = order.Profile.AllowDnOverride && !requested.IsEmpty
            && (order.Request.OldCertificate is not { } old || requested.Equals(old.Subject));
        DistinguishedName subject = counts ? requested : order.Subject;
        if (order.Profile is { CommonNamePostfix: null, SubjectSubset.Count: 0 })
        {
            return subject;
        }

        var kept = order.Profile.SubjectSubset.Select(t => NameFields.SubjectOid(t)).ToHashSet(StringComparer.Ordinal);
        IEnumerable<RelativeDistinguishedName> rdns = subject.Rdns
            .Select(rdn => new RelativeDistinguishedName([.. rdn.Attributes.Where(a => kept.Count == 0 || kept.Contains(a.Oid)).Select(a => Postfix(a, order.Profile))]))
            .Where(rdn => rdn.Attributes.Count > 0);
        return DistinguishedName.FromRdns(rdns);
    }

    private static AttributeValue Postfix(AttributeValue attribute, CertificateProfile profile) =>
        attribute.Oid == Oids.CommonName ? attribute with { Value = attribute.Value + profile.CommonNamePostfix } : attribute;

    /// <summary>The end entity's SAN, its e-mail address where the profile says so, cut to the profile's subset.</summary>
    private static string AltNamesOf(IssuanceOrder order)
    {
        IEnumerable<AltName> names = EndEntities.AltNames.Split(order.Data.SubjectAltName);
        if (order.EndEntityProfile.Email.AddToSubjectAltName && order.Data.Email is { } email && !names.Any(n => n.Value == email))
        {
            names = names.Append(new("rfc822Name", email));
        }

        if (order.Profile.SubjectAltNameSubset.Count > 0)
        {
            names = names.Where(n => order.Profile.SubjectAltNameSubset.Contains(n.Type, StringComparer.OrdinalIgnoreCase));
        }

        return EndEntities.AltNames.Join(names);
    }
}
