using System.Globalization;
using Pki.Protocols.Trust;

namespace Pki.Migration.Profiles;

/// <summary>
/// The parts of a subject or of a SAN that a certificate profile lets into certificates, as numbers of the legacy product's
/// name parts (which are not those of its end entity profiles). A part that is not known here stays out of certificates.
/// </summary>
internal static class LegacyNameSubset
{
    private static readonly Dictionary<int, string> SubjectParts = new()
    {
        [0] = "E", [1] = "UID", [2] = "CN", [3] = "SN", [4] = "GIVENNAME", [5] = "INITIALS", [6] = "SURNAME", [7] = "T", [8] = "OU", [9] = "O", [10] = "L", [11] = "ST", [12] = "DC", [13] = "C",
        [14] = "unstructuredAddress", [15] = "unstructuredName", [32] = "postalCode", [33] = "businessCategory", [34] = "dnQualifier", [35] = "postalAddress", [36] = "telephoneNumber",
        [37] = "pseudonym", [38] = "street", [55] = "name",
    };

    private static readonly Dictionary<int, string> AltNameParts = new()
    {
        [17] = "rfc822Name", [18] = "dNSName", [19] = "iPAddress", [21] = "directoryName", [23] = "uri", [24] = "registeredID", [25] = "upn", [26] = "guid", [52] = "krb5principal", [56] = "permanentIdentifier",
    };

    /// <summary>What stays of the subject; empty: everything.</summary>
    public static Outcome<string[]> OfSubject(ProfileMap keys) => Read(keys, "subjectdnsubset", SubjectParts);

    /// <summary>What stays of the SAN; empty: everything.</summary>
    public static Outcome<string[]> OfAltName(ProfileMap keys) =>
        Read(keys, "subjectaltnamesubset", AltNameParts).Succeeded(out string[]? parts, out Refusal? refusal)
            ? (string[])[.. parts.SelectMany(part => part == "uri" ? (string[])["uri", "uniformResourceIdentifier"] : [part])] // two names of one part
            : refusal;

    private static Outcome<string[]> Read(ProfileMap keys, string key, Dictionary<int, string> known)
    {
        if (!keys.Flag("use" + key))
        {
            keys.Ignore(key);
            return Array.Empty<string>();
        }

        int[] parts = [.. keys.Numbers(key)];
        keys.Notes.AddRange(parts.Where(part => !known.ContainsKey(part)).Select(part => string.Create(CultureInfo.InvariantCulture, $"{key}: part {part} has no counterpart here and stays out of certificates.")));
        string[] found = [.. parts.Where(known.ContainsKey).Select(part => known[part])];

        // An empty list would mean: everything.
        return found.Length > 0 ? found : new Refusal(RefusalCode.PolicyViolation, $"{key} is in use and names no part that is known here.");
    }
}
