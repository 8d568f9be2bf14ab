using Ca.Core.Authorities;
using Ca.Core.Importing;
using Pki.Migration.Sources;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <summary>What is here already, found by what the old system calls it.</summary>
internal sealed class SiteNames
{
    /// <summary>The certificate profile of certificates whose own is not known.</summary>
    public const int UnknownProfile = 0;

    private const int FirstOwnId = 1000;

    private readonly ImportMap map;
    private readonly IReadOnlyDictionary<string, int> certificateProfiles;
    private readonly IReadOnlyDictionary<string, int> endEntityProfiles;
    private readonly Dictionary<string, CertificateAuthority> casByName;
    private readonly Dictionary<string, CertificateAuthority> casBySubject;
    private readonly Dictionary<int, CertificateAuthority> casByOldId = [];

    private readonly ILookup<string, Certificate> olderCertificates;

    public SiteNames(
        ImportMap map, IReadOnlyList<CertificateAuthority> cas, IReadOnlyList<Certificate> older, IReadOnlyDictionary<string, int> certificateProfiles, IReadOnlyDictionary<string, int> endEntityProfiles)
    {
        olderCertificates = older.ToLookup(c => Convert.ToHexString(c.Subject.Encoded.Span), StringComparer.Ordinal);
        this.map = map;
        this.certificateProfiles = certificateProfiles;
        this.endEntityProfiles = endEntityProfiles;
        casByName = cas.ToDictionary(ca => ca.Name, StringComparer.Ordinal);
        casBySubject = cas.ToDictionary(ca => Convert.ToHexString(ca.Certificate.Subject.Encoded.Span), StringComparer.Ordinal);
    }

    /// <summary>What is here, and what the source's table of CAs tells of their old ids.</summary>
    public static async Task<SiteNames> ReadAsync(
        BulkImport bulk, CertificateAuthorities authorities, ILegacySource source, ImportMap map, IReadOnlyList<Certificate> older, CancellationToken cancel)
    {
        (IReadOnlyDictionary<string, int> certificateProfiles, IReadOnlyDictionary<string, int> endEntityProfiles) = await bulk.ProfileIdsAsync(cancel);
        var names = new SiteNames(map, await authorities.ListAsync(cancel), older, certificateProfiles, endEntityProfiles);
        await foreach (LegacyRow row in source.ReadAsync(SiteImport.CasTable, 0, cancel))
        {
            if (row.Text("subjectDN") is { } subject)
            {
                names.Learn(row.Number32("cAId", 0), subject);
            }
        }

        return names;
    }

    public IEnumerable<CertificateAuthority> Cas => casByName.Values;

    public IEnumerable<int> EndEntityProfileIds => endEntityProfiles.Values;

    /// <summary>Old ids are not computed from names: renamed and renewed CAs kept theirs (MIGRATION §10 trap 6).</summary>
    public void Learn(int oldId, string subjectDn)
    {
        if (FindCa(subjectDn) is { } ca)
        {
            casByOldId[oldId] = ca;
        }
    }

    /// <summary>The CA whose certificate names this issuer, octet by octet.</summary>
    public CertificateAuthority? IssuerOf(Certificate certificate) => casBySubject.GetValueOrDefault(Convert.ToHexString(certificate.Issuer.Encoded.Span));

    /// <summary>The certificates of a CA, the present one first; renewed CAs have several, perhaps with several keys.</summary>
    public IEnumerable<Certificate> GenerationsOf(CertificateAuthority ca) =>
        olderCertificates[Convert.ToHexString(ca.Certificate.Subject.Encoded.Span)].Prepend(ca.Certificate);

    public CertificateAuthority? FindCa(DistinguishedName subject) => casBySubject.GetValueOrDefault(Convert.ToHexString(subject.Encoded.Span));

    /// <summary>The CA of a subject text, however it is ordered.</summary>
    public CertificateAuthority? FindCa(string subjectDn) =>
        DistinguishedName.Parse(subjectDn).Succeeded(out DistinguishedName? subject, out _) ? Cas.FirstOrDefault(ca => ca.Certificate.Subject.Equals(subject)) : null;

    /// <summary>The CA of an old id: what the map says, else what the old CA table says.</summary>
    public CertificateAuthority? FindCa(int oldId) =>
        map.Cas.GetValueOrDefault(oldId.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { } name
            ? casByName.GetValueOrDefault(name)
            : casByOldId.GetValueOrDefault(oldId) ?? (ImportMap.Name(map.Cas, oldId) is { } rest ? casByName.GetValueOrDefault(rest) : null);

    public int? CertificateProfile(int oldId) => Profile(oldId, map.CertificateProfiles, certificateProfiles);

    public int? EndEntityProfile(int oldId) => Profile(oldId, map.EndEntityProfiles, endEntityProfiles);

    // Fixed profiles have the same numbers in both products.
    private static int? Profile(int oldId, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, int> here) =>
        ImportMap.Name(names, oldId) is { } name && here.TryGetValue(name, out int id) ? id
        : oldId is > 0 and < FirstOwnId && here.Values.Contains(oldId) ? oldId : null;
}
