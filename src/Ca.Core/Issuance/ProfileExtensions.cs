using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Profiles;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>The extensions a profile gives (CA_CORE §5.2).</summary>
internal static class ProfileExtensions
{
    public static List<CertificateExtension> Of(CertificateProfile profile, CertificateAuthority ca, SubjectPublicKey key, GeneralNames? altNames, bool subjectIsEmpty)
    {
        List<CertificateExtension> extensions = Common(profile, key, ca.Certificate.SubjectKeyIdentifier ?? ca.Certificate.PublicKey.KeyIdentifier());
        if (altNames is not null)
        {
            // RFC 5280 §4.2.1.6: critical when there is no subject to know the holder by.
            extensions.Add(CertificateExtensions.SubjectAltName(altNames, profile.SubjectAltName.Critical || subjectIsEmpty));
        }

        AddPointers(profile, ca.Settings, extensions);
        return extensions;
    }

    /// <summary>For a CA's own certificate: there is no CA yet to take settings from.</summary>
    public static List<CertificateExtension> OfAuthority(CertificateProfile profile, AuthoritySettings settings, SubjectPublicKey key, ReadOnlyMemory<byte> signerKeyIdentifier)
    {
        List<CertificateExtension> extensions = Common(profile, key, signerKeyIdentifier);
        AddPointers(profile, settings, extensions);
        return extensions;
    }

    private static List<CertificateExtension> Common(CertificateProfile profile, SubjectPublicKey key, ReadOnlyMemory<byte> signerKeyIdentifier)
    {
        var extensions = new List<CertificateExtension>(10);
        bool ca = profile.Type is CertificateType.SubCa or CertificateType.RootCa;
        if (profile.BasicConstraints.Use)
        {
            extensions.Add(CertificateExtensions.BasicConstraints(ca, profile.BasicConstraints.PathLength, profile.BasicConstraints.Critical));
        }

        if (profile.KeyUsage.Use)
        {
            extensions.Add(CertificateExtensions.KeyUsage(profile.KeyUsage.Usages, profile.KeyUsage.Critical));
        }

        if (profile.ExtendedKeyUsage.Use)
        {
            extensions.Add(CertificateExtensions.ExtendedKeyUsage(profile.ExtendedKeyUsage.Purposes, profile.ExtendedKeyUsage.Critical));
        }

        if (profile.UseSubjectKeyIdentifier)
        {
            extensions.Add(CertificateExtensions.SubjectKeyIdentifier(key));
        }

        if (profile.UseAuthorityKeyIdentifier)
        {
            extensions.Add(CertificateExtensions.AuthorityKeyIdentifier(signerKeyIdentifier.Span));
        }

        return extensions;
    }

    private static void AddPointers(CertificateProfile profile, AuthoritySettings settings, List<CertificateExtension> extensions)
    {
        DistributionPointRule points = profile.CrlDistributionPoints;
        IReadOnlyList<string> uris = points.UseCaDefined ? settings.CrlDistributionPoints : points.Uris;
        if (points.Use && uris.Count > 0)
        {
            extensions.Add(CertificateExtensions.CrlDistributionPoints(uris, critical: points.Critical));
        }

        InformationAccessRule access = profile.AuthorityInformationAccess;
        string? ocsp = access.UseCaDefined ? settings.OcspLocator : access.OcspLocator;
        IReadOnlyList<string> issuers = access.UseCaDefined ? settings.CaIssuers : access.CaIssuers;
        if (access.Use && (ocsp is not null || issuers.Count > 0))
        {
            extensions.Add(CertificateExtensions.AuthorityInformationAccess(ocsp is null ? [] : [ocsp], issuers));
        }

        if (profile.CertificatePolicies.Use)
        {
            extensions.Add(CertificateExtensions.CertificatePolicies(profile.CertificatePolicies.Policies.Select(p => new PolicyInformation(p.Oid, p.PracticeStatement is null ? [] : [p.PracticeStatement])), profile.CertificatePolicies.Critical));
        }

        if (profile.OcspNoCheck)
        {
            extensions.Add(CertificateExtensions.OcspNoCheck());
        }

        extensions.AddRange(profile.CustomExtensions.Select(c => new CertificateExtension(c.Oid, c.Critical, Convert.FromHexString(c.Value))));
    }
}
