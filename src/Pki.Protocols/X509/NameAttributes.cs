using System.Collections.Frozen;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// The keywords of distinguished names and their order in the text form, as data (CA_CORE.md §2.1). They are an
/// EJBCA's: SN is the serialNumber, DN the dnQualifier.
/// </summary>
public static class NameAttributes
{
    private const int MaxArcDigits = 38; // the platform reads arcs of 128 bits at most

    /// <summary>The order an EJBCA has when nobody configured another: keyword as printed, and OID.</summary>
    private static readonly (string Keyword, string Oid)[] Ordered =
    [
        ("description", Oids.Description),
        ("jurisdictionCountry", Oids.JurisdictionCountry),
        ("jurisdictionState", Oids.JurisdictionState),
        ("jurisdictionLocality", Oids.JurisdictionLocality),
        ("street", Oids.Street),
        ("pseudonym", Oids.Pseudonym),
        ("telephoneNumber", Oids.TelephoneNumber),
        ("postalAddress", Oids.PostalAddress),
        ("businessCategory", Oids.BusinessCategory),
        ("postalCode", Oids.PostalCode),
        ("unstructuredAddress", Oids.UnstructuredAddress),
        ("unstructuredName", Oids.UnstructuredName),
        ("E", Oids.EmailAddress),
        ("DN", Oids.DnQualifier),
        ("UID", Oids.UserId),
        ("CN", Oids.CommonName),
        ("name", Oids.Name),
        ("SN", Oids.NameSerialNumber),
        ("GIVENNAME", Oids.GivenName),
        ("INITIALS", Oids.Initials),
        ("SURNAME", Oids.Surname),
        ("T", Oids.Title),
        ("OU", Oids.OrganizationalUnit),
        ("organizationIdentifier", Oids.OrganizationIdentifier),
        ("O", Oids.Organization),
        ("L", Oids.Locality),
        ("ST", Oids.StateOrProvince),
        ("DC", Oids.DomainComponent),
        ("C", Oids.Country),
    ];

    private static readonly (string Keyword, string Oid)[] Aliases =
    [
        ("EMAIL", Oids.EmailAddress),
        ("EMAILADDRESS", Oids.EmailAddress),
        ("SERIALNUMBER", Oids.NameSerialNumber),
        ("GN", Oids.GivenName),
        ("DNQ", Oids.DnQualifier),
        ("DNQUALIFIER", Oids.DnQualifier),
        ("TITLE", Oids.Title),
        ("S", Oids.StateOrProvince),
        ("STREETADDRESS", Oids.Street),
    ];

    private static readonly FrozenDictionary<string, string> OidsByKeyword =
        Ordered.Concat(Aliases).ToFrozenDictionary(known => known.Keyword, known => known.Oid, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> KeywordsByOid =
        Ordered.ToFrozenDictionary(known => known.Oid, known => known.Keyword, StringComparer.Ordinal);

    /// <summary>The OIDs in canonical order, most specific first.</summary>
    public static IReadOnlyList<string> CanonicalOrder { get; } = [.. Ordered.Select(known => known.Oid)];

    /// <summary>The OID of a keyword of either case, or of a dotted OID itself; null for neither.</summary>
    public static string? FindOid(string keyword)
    {
        if (OidsByKeyword.TryGetValue(keyword, out string? oid))
        {
            return oid;
        }

        string dotted = keyword.StartsWith("OID.", StringComparison.OrdinalIgnoreCase) ? keyword[4..] : keyword;
        return IsDottedOid(dotted) ? dotted : null;
    }

    /// <summary>The keyword an OID is printed with, or the OID itself.</summary>
    public static string KeywordOf(string oid) => KeywordsByOid.GetValueOrDefault(oid, oid);

    private static bool IsDottedOid(string text)
    {
        string[] arcs = text.Split('.');
        return text.Length <= 128 && arcs.Length >= 2 && Array.TrueForAll(arcs, IsArc)
            && (arcs[0] is "0" or "1" ? arcs[1].Length == 1 || (arcs[1].Length == 2 && string.CompareOrdinal(arcs[1], "39") <= 0) : arcs[0] == "2");
    }

    private static bool IsArc(string arc) => arc.Length is > 0 and <= MaxArcDigits && arc.All(char.IsAsciiDigit) && (arc.Length == 1 || arc[0] != '0');
}
