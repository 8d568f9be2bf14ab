using System.Text.RegularExpressions;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <summary>The fields of names that end entity profiles rule (CA_CORE §6.1), and whether a name fits them.</summary>
internal static class NameFields
{
    private static readonly Dictionary<string, string> SubjectTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["E"] = Oids.EmailAddress, ["UID"] = Oids.UserId, ["CN"] = Oids.CommonName, ["SN"] = Oids.NameSerialNumber,
        ["GIVENNAME"] = Oids.GivenName, ["INITIALS"] = Oids.Initials, ["SURNAME"] = Oids.Surname, ["T"] = Oids.Title,
        ["OU"] = Oids.OrganizationalUnit, ["O"] = Oids.Organization, ["L"] = Oids.Locality, ["ST"] = Oids.StateOrProvince,
        ["DC"] = Oids.DomainComponent, ["C"] = Oids.Country, ["unstructuredAddress"] = Oids.UnstructuredAddress,
        ["unstructuredName"] = Oids.UnstructuredName, ["postalCode"] = Oids.PostalCode, ["businessCategory"] = Oids.BusinessCategory,
        ["DN"] = Oids.DnQualifier, ["dnQualifier"] = Oids.DnQualifier, ["postalAddress"] = Oids.PostalAddress,
        ["telephoneNumber"] = Oids.TelephoneNumber, ["pseudonym"] = Oids.Pseudonym, ["street"] = Oids.Street, ["name"] = Oids.Name,
        ["description"] = Oids.Description, ["organizationIdentifier"] = Oids.OrganizationIdentifier,
    };

    private static readonly HashSet<string> AltNameTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        "rfc822Name", "dNSName", "iPAddress", "directoryName", "uri", "uniformResourceIdentifier", "registeredID", "upn", "guid", "krb5principal",
        "permanentIdentifier", "xmppAddr", "srvName", "otherName",
    };

    public static bool IsSubjectType(string type) => SubjectTypes.ContainsKey(type);

    public static bool IsAltNameType(string type) => AltNameTypes.Contains(type);

    /// <summary>OID of a DN keyword; null when it is not known.</summary>
    public static string? SubjectOid(string type) => SubjectTypes.GetValueOrDefault(type);

    /// <summary>What a subject field is compared by.</summary>
    public static string SubjectKey(string type) => SubjectOid(type) ?? type;

    /// <summary>Two names of one type are one.</summary>
    public static string AltNameKey(string type) => type.Equals("uniformResourceIdentifier", StringComparison.OrdinalIgnoreCase) ? "uri" : type;

    /// <summary>No attribute the profile lacks, every required one there and not empty, none too often.</summary>
    public static Refusal? CheckCounts(string where, IReadOnlyList<ProfileField> fields, bool any, IReadOnlyList<(string Type, string Value)> values, Func<string, string> key)
    {
        ILookup<string, ProfileField> allowed = fields.ToLookup(f => key(f.Type), StringComparer.OrdinalIgnoreCase);
        foreach (IGrouping<string, (string Type, string Value)> group in values.GroupBy(v => v.Type, StringComparer.OrdinalIgnoreCase))
        {
            int most = allowed[group.Key].Count();
            if (!any && group.Count() > most)
            {
                return No($"Wrong number of {Display(group.Key)} fields in the {where}: {group.Count()}, the profile has {most}.");
            }
        }

        foreach (IGrouping<string, ProfileField> group in allowed)
        {
            int needed = group.Count(f => f.Required);
            if (values.Count(v => v.Type.Equals(group.Key, StringComparison.OrdinalIgnoreCase) && v.Value.Length > 0) < needed)
            {
                return No($"Required {where} field {Display(group.First().Type)} is missing or empty.");
            }
        }

        return null;
    }

    /// <summary>
    /// Fixed values and patterns. Several fields of one type: each value takes one of them for itself, and each required field
    /// gets a value that fits it, so that a free field beside a fixed one does not stand in for it. Where any field may be
    /// used, values may share one.
    /// </summary>
    /// <remarks>If all values can be placed, and all required fields can be served, both can at once (Mendelsohn and Dulmage).</remarks>
    public static Refusal? CheckValues(string where, IReadOnlyList<ProfileField> fields, bool any, IReadOnlyList<(string Type, string Value)> values, Func<string, string> key)
    {
        foreach (IGrouping<string, ProfileField> group in fields.GroupBy(f => key(f.Type), StringComparer.OrdinalIgnoreCase))
        {
            ProfileField[] own = [.. group];
            string[] given = [.. values.Where(v => v.Type.Equals(group.Key, StringComparison.OrdinalIgnoreCase)).Select(v => v.Value)];
            bool[][] fits = [.. given.Select(value => own.Select(field => Fits(field, value)).ToArray())];
            if (any ? fits.Any(row => !row.Contains(true)) : !Pairing.Exists(fits))
            {
                return No($"The value of {where} field {Display(own[0].Type)} is not one the profile permits.");
            }

            IEnumerable<int> required = Enumerable.Range(0, own.Length).Where(i => own[i].Required);
            if (!Pairing.Exists([.. required.Select(i => fits.Select((row, v) => row[i] && given[v].Length > 0).ToArray())]))
            {
                return No($"Required {where} field {Display(own[0].Type)} has none of the values the profile permits.");
            }
        }

        return null;
    }

    private static bool Fits(ProfileField field, string value) =>
        (field.Modifiable || field.Value.Split(';').Contains(value))
        && (field.Regex is null || Regex.IsMatch(value, $@"\A(?:{field.Regex})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    private static string Display(string type) => SubjectTypes.FirstOrDefault(t => t.Value == type).Key ?? type;

    private static Refusal No(string detail) => new(RefusalCode.PolicyViolation, detail);
}
