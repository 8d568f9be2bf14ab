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
    /// Fixed values and patterns. Several fields of one type rule one value each: there must be a way to give every value a
    /// field of its own that it fits, and every required field a value of its own. With any number of values allowed each
    /// must fit some field.
    /// </summary>
    public static Refusal? CheckValues(string where, IReadOnlyList<ProfileField> fields, bool any, IReadOnlyList<(string Type, string Value)> values, Func<string, string> key)
    {
        ILookup<string, string> given = values.ToLookup(v => v.Type, v => v.Value, StringComparer.OrdinalIgnoreCase);
        foreach (IGrouping<string, ProfileField> group in fields.GroupBy(f => key(f.Type), StringComparer.OrdinalIgnoreCase))
        {
            ProfileField[] own = [.. group];
            string[] texts = [.. given[group.Key]];
            bool[][] fits = [.. texts.Select(text => own.Select(field => Fits(field, text)).ToArray())];
            if (Array.Exists(fits, row => !row.Contains(true)) || (!any && !HasOwn(texts.Length, own.Length, (text, field) => fits[text][field])))
            {
                return No($"The value of {where} field {Display(group.Key)} is not one the profile permits.");
            }

            int[] required = [.. own.Index().Where(field => field.Item.Required).Select(field => field.Index)];
            if (!HasOwn(required.Length, texts.Length, (field, text) => fits[text][required[field]]))
            {
                return No($"Required {where} field {Display(group.Key)} is missing: no value is one that the profile permits there.");
            }
        }

        return null;
    }

    /// <summary>Each of some can have one of others for itself. With values and required fields both so served there is one way that serves both (Mendelsohn, Dulmage).</summary>
    private static bool HasOwn(int some, int others, Func<int, int, bool> fits)
    {
        int[] taken = [.. Enumerable.Repeat(-1, others)];
        bool Serve(int one, bool[] asked)
        {
            for (int other = 0; other < others; other++)
            {
                if (!asked[other] && fits(one, other))
                {
                    asked[other] = true;
                    if (taken[other] < 0 || Serve(taken[other], asked))
                    {
                        taken[other] = one;
                        return true;
                    }
                }
            }

            return false;
        }

        return Enumerable.Range(0, some).All(one => Serve(one, new bool[others]));
    }

    private static bool Fits(ProfileField field, string value) =>
        (value.Length > 0 || !field.Required) && (field.Modifiable || field.Value.Split(';').Contains(value))
        && (field.Regex is null || Regex.IsMatch(value, $@"\A(?:{field.Regex})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    private static string Display(string type) => SubjectTypes.FirstOrDefault(t => t.Value == type).Key ?? type;

    private static Refusal No(string detail) => new(RefusalCode.PolicyViolation, detail);
}
