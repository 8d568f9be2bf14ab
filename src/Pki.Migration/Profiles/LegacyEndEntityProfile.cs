using System.Globalization;
using Ca.Core.Profiles;
using Pki.Migration.Xml;
using Pki.Protocols.Trust;

namespace Pki.Migration.Profiles;

/// <summary>
/// An end entity profile as <c>ca exportprofiles</c> writes it: a map from <c>kind*10000 + 100*n + field</c>, kind 0 value,
/// 1 use, 2 required, 3 modifiable (MIGRATION §2.8), as one of ours.
/// </summary>
/// <param name="Profile">The profile.</param>
/// <param name="Notes">What was left out or changed.</param>
public sealed record LegacyEndEntityProfile(EndEntityProfile Profile, IReadOnlyList<string> Notes)
{
    private const int Kind = 10_000, Occurrence = 100;
    private const int Password = 1, ClearPassword = 2, Email = 26, KeyRecoverable = 28, DefaultProfile = 29, Profiles = 30, Tokens = 32, Notification = 35, DefaultCa = 37, Cas = 38;
    private const int MinStrength = 90, MaxLogins = 93, RevocationReason = 94, Requests = 97, StartTime = 98, EndTime = 99;
    private const int Username = 0, DefaultToken = 31, DefaultTokenIssuer = 33, TokenIssuers = 34;
    private const string AllCas = "1";

    // Those that are no part of a name. Who names a user, and what is proposed where several are allowed, is not ruled here.
    private static readonly int[] Asked =
    [
        Username, Password, ClearPassword, Email, KeyRecoverable, DefaultProfile, Profiles, DefaultToken, Tokens, DefaultTokenIssuer, TokenIssuers, Notification, DefaultCa, Cas,
        MinStrength, MaxLogins, RevocationReason, Requests, StartTime, EndTime,
    ];

    private static readonly Dictionary<int, string> SubjectTypes = new()
    {
        [3] = "E", [4] = "UID", [5] = "CN", [6] = "SN", [7] = "GIVENNAME", [8] = "INITIALS", [9] = "SURNAME", [10] = "T", [11] = "OU", [12] = "O", [13] = "L", [14] = "ST", [15] = "DC", [16] = "C",
        [39] = "unstructuredAddress", [40] = "unstructuredName", [47] = "dnQualifier", [48] = "businessCategory", [49] = "postalCode", [50] = "postalAddress", [51] = "telephoneNumber",
        [53] = "pseudonym", [54] = "street", [55] = "name",
    };

    private static readonly Dictionary<int, string> AltNameTypes = new()
    {
        [17] = "rfc822Name", [18] = "dNSName", [19] = "iPAddress", [21] = "uri", [23] = "directoryName", [25] = "registeredID", [36] = "upn", [41] = "guid", [52] = "krb5principal", [56] = "permanentIdentifier",
    };

    private static readonly Dictionary<int, string> WithoutCounterpart = new()
    {
        [20] = "otherName", [22] = "x400Address", [24] = "ediPartyName", [42] = "dateOfBirth", [43] = "placeOfBirth", [44] = "gender", [45] = "countryOfCitizenship", [46] = "countryOfResidence",
        [88] = "name constraints (excluded)", [89] = "name constraints (permitted)", [91] = "card number", [92] = "certificate serial number",
    };

    /// <summary>Reads the document.</summary>
    /// <param name="document">The XMLEncoder document.</param>
    /// <param name="caName">The name here of an old CA id; null: not known.</param>
    /// <param name="profileName">The name here of an old certificate profile id; null: not known.</param>
    public static Outcome<LegacyEndEntityProfile> Read(string document, Func<int, string?> caName, Func<int, string?> profileName)
    {
        if (!XmlEncoderDocument.ReadMap(document).Succeeded(out IReadOnlyDictionary<string, object?>? map, out Refusal? refusal))
        {
            return refusal;
        }

        var keys = new ProfileMap(map);
        int[] counts = [.. keys.Numbers("NUMBERARRAY")];
        var fields = new Fields(keys, counts);
        string[] profiles = Names(keys, "certificate profile", fields.Value(Profiles), profileName);
        string? usual = int.TryParse(fields.Value(DefaultProfile), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id) ? profileName(id) : null;
        if (profiles.Length == 0 || map.Any(entry => IsValidation(entry.Key) && entry.Value is not (null or "" or Dictionary<string, object?> { Count: 0 })))
        {
            return new Refusal(RefusalCode.PolicyViolation, profiles.Length == 0
                ? $"None of its certificate profiles ({fields.Value(Profiles) ?? "it names none"}) is here, and without a list it would allow any: bring those in first."
                : "It checks the values of fields by patterns, which are not translated: make it here by hand.");
        }

        if (SubjectTypes.Concat(AltNameTypes).FirstOrDefault(type => fields.CannotBeMet(type.Key)) is { Value: { } type })
        {
            return new Refusal(RefusalCode.PolicyViolation, $"Its field {type} is required, and no value of it is allowed.");
        }

        string[] cas = CasOf(keys, fields.Value(Cas), caName);
        string? ca = int.TryParse(fields.Value(DefaultCa), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out id) ? caName(id) : null;
        var profile = new EndEntityProfile
        {
            SubjectFields = [.. SubjectTypes.SelectMany(type => fields.Of(type.Key, type.Value))],
            AltNameFields = [.. AltNameTypes.SelectMany(type => fields.Of(type.Key, type.Value))],
            AutoGenerateUsername = false,
            Password = new() { Required = fields.Required(Password), MinimumBits = fields.Number(MinStrength) ?? 0 },
            Email = new() { Use = fields.Use(Email), Required = fields.Required(Email), Domain = fields.Modifiable(Email) || fields.Value(Email) is null ? null : fields.Value(Email) },
            CertificateProfiles = profiles,
            DefaultCertificateProfile = usual is not null && profiles.Contains(usual) ? usual : profiles[0],
            Cas = cas,
            DefaultCa = ca is not null && (cas.Length == 0 || cas.Contains(ca)) ? ca : null,
            TokenTypes = TokenTypesOf(keys, fields.Value(Tokens)),
            StartTime = fields.Optional(StartTime),
            EndTime = fields.Optional(EndTime),
            AllowedRequests = fields.Optional(Requests) is { Use: true, Value: not null } requests ? requests : new() { Value = "1" },
            IssuanceRevocationReason = fields.Optional(RevocationReason) is { Use: true, Value: not null } reason ? reason : new() { Value = "-1" },
            MaxFailedLogins = fields.Optional(MaxLogins) is { Use: true, Value: not null } logins ? logins : new() { Value = "-1" },
            KeyRecoverable = fields.Use(KeyRecoverable),
            ReuseRecoveredCertificate = keys.Flag("REUSECERTIFICATE"),
            SendNotification = fields.Use(Notification),
        };
        if (fields.Use(ClearPassword) && fields.Required(ClearPassword))
        {
            keys.Notes.Add("clear text passwords are required there; here secrets are kept as hashes unless password.reversible is set in the profile; CMP clients' MACs need that.");
        }

        foreach ((int field, string name) in WithoutCounterpart)
        {
            if (fields.Count(field) > 0)
            {
                keys.Notes.Add($"the field {name} is in use and has no counterpart here.");
            }
        }

        foreach (int field in Enumerable.Range(0, counts.Length).Where(field => !IsRead(field) && fields.Count(field) > 0 && (field >= Occurrence || fields.Use(field))))
        {
            keys.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"the field number {field} is in use and not known here."));
        }

        Unspoken(keys, map);
        return new LegacyEndEntityProfile(profile, keys.Notes);
    }

    private static bool IsRead(int field) => SubjectTypes.ContainsKey(field) || AltNameTypes.ContainsKey(field) || WithoutCounterpart.ContainsKey(field) || Array.IndexOf(Asked, field) >= 0;

    private static void Unspoken(ProfileMap keys, IReadOnlyDictionary<string, object?> map)
    {
        keys.Ignore("version", "SUBJECTDNFIELDORDER", "SUBJECTALTNAMEFIELDORDER", "SUBJECTDIRATTRFIELDORDER", "USEEXTENSIONDATA", "PRINTINGUSE", "PRINTINGDEFAULT", "PRINTINGREQUIRED", "PRINTINGCOPIES", "PRINTERNAME", "PRINTINGSVGDATA", "PRINTINGSVGFILENAME");
        keys.Unsupported("USERNOTIFICATIONS");
        keys.Unsupported("REVERSEFFIELDCHECKS");
        keys.Unsupported("ALLOW_MERGEDN_WEBSERVICES");
        keys.Ignore(map.Keys.Where(key => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 4 * Kind));
        keys.Finish();
    }

    // An empty list would mean any CA: a name that cannot exist keeps the profile unused instead.
    private static string[] CasOf(ProfileMap keys, string? ids, Func<int, string?> caName) =>
        ids?.Split(';').Contains(AllCas) == true ? [] : Names(keys, "CA", ids, caName) is { Length: > 0 } found ? found : [LegacyCertificateProfile.NoCa];

    // Releases from 6.10: kind 4, a map from a class that checks to its pattern.
    private static bool IsValidation(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number / Kind == 4;

    private static string[] Names(ProfileMap keys, string what, string? ids, Func<int, string?> name)
    {
        List<string> names = [];
        foreach (string id in (ids ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && name(number) is { } found)
            {
                names.Add(found);
            }
            else
            {
                keys.Notes.Add($"no {what} here has the old id {id}.");
            }
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private static int[] TokenTypesOf(ProfileMap keys, string? ids)
    {
        int[] all = [.. (ids ?? "1").Split(';').Select(id => int.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : 0)];
        if (all.Any(type => type is < 1 or > 4))
        {
            keys.Notes.Add("token types other than user generated, P12, JKS and PEM were left out.");
        }

        int[] soft = [.. all.Where(type => type is >= 1 and <= 4).Distinct()];
        return soft.Length > 0 ? soft : [1];
    }

    /// <summary>The numbered keys.</summary>
    private sealed class Fields(ProfileMap keys, int[] counts)
    {
        private const int MostOccurrences = 50;

        public string? Value(int field, int n = 0) => keys.Text(Key(0, field, n));

        public bool Use(int field, int n = 0) => keys.Flag(Key(1, field, n));

        public bool Required(int field, int n = 0) => Use(field, n) && keys.Flag(Key(2, field, n));

        public bool Modifiable(int field, int n = 0) => keys.Flag(Key(3, field, n));

        public int? Number(int field) => Use(field) ? keys.Number(Key(0, field, 0)) : null;

        public OptionalValue Optional(int field) => Use(field)
            ? new() { Use = true, Required = Required(field), Modifiable = Modifiable(field), Value = Value(field) }
            : new();

        /// <summary>Occurrences of a field.</summary>
        public int Count(int field) => field < counts.Length ? Math.Clamp(counts[field], 0, MostOccurrences) : 0;

        /// <summary>The occurrences of a name's field that somebody may fill. One that may not be changed and has no value had to stay empty.</summary>
        public IReadOnlyList<ProfileField> Of(int field, string type) =>
        [
            .. Enumerable.Range(0, Count(field)).Where(n => IsInUse(field, n) && MayBeFilled(field, n))
                .Select(n => new ProfileField { Type = type, Value = Value(field, n) ?? "", Required = Required(field, n), Modifiable = Modifiable(field, n) }),
        ];

        /// <summary>It must be filled and may not.</summary>
        public bool CannotBeMet(int field) => Enumerable.Range(0, Count(field)).Any(n => Required(field, n) && !MayBeFilled(field, n));

        private bool IsInUse(int field, int n) => keys.Flag(Key(1, field, n), otherwise: true);

        private bool MayBeFilled(int field, int n) => Modifiable(field, n) || Value(field, n) is not null;

        private static string Key(int kind, int field, int n) => ((kind * Kind) + (n * Occurrence) + field).ToString(CultureInfo.InvariantCulture);
    }
}
