using System.Globalization;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Pki.Migration.Profiles;
using Pki.Migration.Xml;
using Pki.Protocols.Trust;

namespace Pki.Migration.Authorities;

/// <summary>CAData.data of one CA (MIGRATION §2.3, CA_CORE §4.1): what this product has settings for, and notes about the rest.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Description">Text for people.</param>
/// <param name="Notes">What was left out or changed.</param>
public sealed record LegacyAuthority(AuthoritySettings Settings, string Description, IReadOnlyList<string> Notes)
{
    // Read elsewhere, or without a meaning here.
    private static readonly string[] NotNeeded =
    [
        "version", "type", "catype", "subjectdn", "subjectaltname", "caid", "name", "validity", "encodedvalidity", "signedby", "certificatechain", "requestcertchain", "certificateprofileid",
        "revokationreason", "revokationdate", "catoken", "cryptotokenid", "expiretime", "updatetime", "usecertreqhistory", "useuserstorage", "usecertificatestorage", "latestlinkcertificate",
        "includeinhealthcheck", "useauthoritykeyidentifier", "usecrlnumber", "crlpublishers", "extendedcaservices", "useauthoritykeyidentifiercritical", "usecrlnumbercritical",
    ];

    // Left out without a word when off or empty.
    private static readonly string[] Unsupported =
    [
        "deltacrlperiod", "usecrldistributionpointoncrl", "usecrldistributionpointoncrlcritical", "defaultcrlissuer", "cadefinedfreshestcrl", "policies", "nameconstraintspermitted",
        "nameconstraintsexcluded", "externalcdp", "cmpraauthsecret", "useutf8policytext", "usepartitionedcrl", "keepexpiredcertsoncrl",
    ];

    /// <summary>Reads the document.</summary>
    public static Outcome<LegacyAuthority> Read(string data)
    {
        if (!XmlEncoderDocument.ReadMap(data).Succeeded(out IReadOnlyDictionary<string, object?>? map, out Refusal? refusal))
        {
            return refusal;
        }

        List<string> notes = [];
        var known = new HashSet<string>(NotNeeded, StringComparer.OrdinalIgnoreCase);
        var byName = new Dictionary<string, object?>(map, StringComparer.OrdinalIgnoreCase);
        object? Take(string key)
        {
            known.Add(key);
            return byName.GetValueOrDefault(key);
        }

        bool Flag(string key, bool otherwise) => Take(key) is bool flag ? flag : otherwise;
        string? Text(string key) => Take(key) is string { Length: > 0 } text ? text : null;
        if (!LegacyApprovals.Read(Take, "numberofreqapprovals", notes).Succeeded(out ApprovalRules? approvals, out refusal))
        {
            return refusal;
        }

        var defaults = new AuthoritySettings();
        TimeSpan period = Period(Take("crlperiod")) is { } p && p > TimeSpan.Zero ? p : defaults.CrlPeriod;
        var settings = new AuthoritySettings
        {
            CrlPeriod = period,
            CrlIssueInterval = Shorter(Period(Take("crlIssueInterval")) ?? TimeSpan.Zero, period, "crlIssueInterval", notes),
            CrlOverlap = Shorter(Overlap(Take("crlOverlapTime")) ?? defaults.CrlOverlap, period, "crlOverlapTime", notes),
            GenerateCrlUponRevocation = Flag("generateCrlUponRevocation", false),
            CrlDistributionPoints = Uris(Text("defaultcrldistpoint")),
            OcspLocator = Text("defaultocspservicelocator"),
            CaIssuers = Take("authorityinformationaccess") is List<object?> list ? [.. list.OfType<string>().Where(uri => uri.Length > 0)] : [],
            UseLdapDnOrder = Flag("useldapdnorder", true),
            UsePrintableString = Flag("useprintablestringsubjectdn", false),
            FinishUser = Flag("finishuser", true),
            EnforceUniquePublicKeys = Flag("doEnforceUniquePublicKeys", true),
            EnforceUniqueDistinguishedName = Flag("doEnforceUniqueDistinguishedName", true),
            EnforceUniqueSubjectSerialNumber = Flag("doEnforceUniqueSubjectDNSerialnumber", false),
            Approvals = approvals,
        };
        string description = Text("description") ?? "";
        foreach (string key in Unsupported)
        {
            if (!IsOff(Take(key)))
            {
                notes.Add($"{key} is set at the old CA and has no counterpart here, or is set by another command.");
            }
        }

        notes.AddRange(byName.Keys.Where(key => !known.Contains(key)).Order(StringComparer.Ordinal).Select(key => $"{Shown(key)}: not known, left out."));
        return new LegacyAuthority(settings, description, notes);
    }

    /// <summary>Old data has hours in an int, newer data milliseconds in a long (MIGRATION §2.3).</summary>
    private static TimeSpan? Period(object? value) => value switch
    {
        long hours and >= 0 and < 1_000_000 => TimeSpan.FromHours(hours),
        JavaLong { Value: >= 0 and < 100_000_000_000_000 } milliseconds => TimeSpan.FromMilliseconds(milliseconds.Value),
        _ => null,
    };

    // The overlap was minutes where the others were hours.
    private static TimeSpan? Overlap(object? value) => value is long minutes and >= 0 and < 1_000_000 ? TimeSpan.FromMinutes(minutes) : Period(value);

    private static TimeSpan Shorter(TimeSpan value, TimeSpan period, string key, List<string> notes)
    {
        if (value < period)
        {
            return value;
        }

        notes.Add($"{key} is not shorter than crlperiod; it became zero.");
        return TimeSpan.Zero;
    }

    private static string[] Uris(string? text) =>
        [.. (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(uri => uri.Trim('"'))];

    private static bool IsOff(object? value) => value is null or false or "" or 0L or JavaLong { Value: 0 } or List<object?> { Count: 0 } or Dictionary<string, object?> { Count: 0 };

    private static string Shown(string key) => key.Length <= 60 ? key : string.Create(CultureInfo.InvariantCulture, $"{key[..60]}…");
}
