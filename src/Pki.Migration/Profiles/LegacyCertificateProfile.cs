using System.Text.RegularExpressions;
using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.Profiles;
using Pki.Migration.Xml;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Profiles;

/// <summary>A certificate profile as <c>ca exportprofiles</c> writes it (MIGRATION §2.8), as one of ours.</summary>
/// <param name="Profile">The profile; names of CAs and other rules that need a person are in the notes.</param>
/// <param name="Notes">What was left out or changed.</param>
public sealed partial record LegacyCertificateProfile(CertificateProfile Profile, IReadOnlyList<string> Notes)
{
    internal const string NoCa = "(none of the old CAs is here)";

    private const int AnyCa = -1;
    private const string PracticeStatement = "1.3.6.1.5.5.7.2.1"; // RFC 5280 §4.2.1.4: id-qt-cps
    private const string AnyCurve = "ANY_EC_CURVE";
    private const int LeastRsa = 2048;

    private static readonly KeyUsages[] Usages =
    [
        KeyUsages.DigitalSignature, KeyUsages.NonRepudiation, KeyUsages.KeyEncipherment, KeyUsages.DataEncipherment, KeyUsages.KeyAgreement,
        KeyUsages.KeyCertSign, KeyUsages.CrlSign, KeyUsages.EncipherOnly, KeyUsages.DecipherOnly,
    ];

    private static readonly Dictionary<string, string> Curves = new(StringComparer.OrdinalIgnoreCase)
    {
        ["prime256v1"] = "P-256", ["secp256r1"] = "P-256", ["P-256"] = "P-256", ["secp384r1"] = "P-384", ["P-384"] = "P-384", ["secp521r1"] = "P-521", ["P-521"] = "P-521",
    };

    private static readonly string[] Digests = ["SHA256", "SHA384", "SHA512"];

    private static readonly string[] Ignored =
    [
        "version", "certversion", "minimumavailablebitlength", "maximumavailablebitlength", "usedpublishers", "usesubjectkeyidentifiercritical", "subjectkeyidentifiercritical",
        "useauthoritykeyidentifiercritical", "authoritykeyidentifiercritical", "usecardnumber", "crlissuer", "freshestcrluri", "usecadefinedfreshestcrl", "usedefaultcrlissuer",
    ];

    private static readonly string[] NoCounterpart =
    [
        "allowcertsnoverride", "usefreshestcrl", "usemicrosofttemplate", "usenameconstraints", "usesubjectdirattributes", "useprivkeyusageperiod", "useqcstatement", "useissueralternativename",
        "usedcertificateextensions", "usecertificatetransparencyincerts", "usecertificatetransparencyinocsp", "usecertificatetransparencyinpublisher",
    ];

    [GeneratedRegex(@"^(cvc|ct|qc|useqc|microsofttemplate|privkeyusageperiod|certificatetransparency|nameconstraints|subjectdirattributes|issueralternativename)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Detail { get; }

    /// <summary>Reads the document.</summary>
    /// <param name="document">The XMLEncoder document.</param>
    /// <param name="caName">The name here of an old CA id; null: not known.</param>
    public static Outcome<LegacyCertificateProfile> Read(string document, Func<int, string?> caName)
    {
        if (!XmlEncoderDocument.ReadMap(document).Succeeded(out IReadOnlyDictionary<string, object?>? map, out Refusal? refusal))
        {
            return refusal;
        }

        var keys = new ProfileMap(map);
        if (!LegacyApprovals.Read(keys.Value, "numofreqapprovals", keys.Notes).Succeeded(out ApprovalRules? approvals, out refusal)
            || !LegacyNameSubset.OfSubject(keys).Succeeded(out string[]? subjectSubset, out refusal)
            || !LegacyNameSubset.OfAltName(keys).Succeeded(out string[]? altNameSubset, out refusal))
        {
            return refusal;
        }

        CertificateType type = keys.Number("type") switch { 2 => CertificateType.SubCa, 8 => CertificateType.RootCa, _ => CertificateType.EndEntity };
        if (type != CertificateType.EndEntity && keys.Flag("usenameconstraints"))
        {
            return new Refusal(RefusalCode.PolicyViolation, "It puts name constraints into CA certificates, which this product does not.");
        }

        var profile = new CertificateProfile
        {
            Type = type,
            Validity = keys.Text("encodedvalidity") ?? (keys.Number("validity") is { } days ? FormattableString.Invariant($"{days}d") : "730d"),
            AllowValidityOverride = keys.Flag("allowvalidityoverride"),
            AllowExtensionOverride = keys.Flag("allowextensionoverride"),
            AllowDnOverride = keys.Flag("allowdnoverride"),
            AllowKeyUsageOverride = keys.Flag("allowkeyusageoverride"),
            AllowBackdatedRevocation = keys.Flag("allowbackdatedrevokation"),
            AllowedKeys = Keys(keys),
            SignatureDigest = Digest(keys),
            BasicConstraints = new()
            {
                Use = keys.Flag("usebasicconstrants", true),
                Critical = keys.Flag("basicconstraintscritical", true),
                PathLength = keys.Flag("usepathlengthconstraint") && type != CertificateType.EndEntity ? keys.Number("pathlengthconstraint") : Asked(keys, "pathlengthconstraint"),
            },
            KeyUsage = KeyUsage(keys, type),
            ExtendedKeyUsage = new()
            {
                Use = keys.Flag("useextendedkeyusage") && keys.Value("extendedkeyusage") is not List<object?> { Count: 0 }, // without any there was no extension; what cannot be read is refused by our rules
                Critical = keys.Flag("extendedkeyusagecritical"),
                Purposes = [.. keys.List("extendedkeyusage").OfType<string>()],
            },
            UseSubjectKeyIdentifier = keys.Flag("usesubjectkeyidentifier", true),
            UseAuthorityKeyIdentifier = keys.Flag("useauthoritykeyidentifier", true),
            SubjectAltName = new() { Use = keys.Flag("usesubjectalternativename", true), Critical = keys.Flag("subjectalternativenamecritical") },
            CrlDistributionPoints = DistributionPoints(keys),
            AuthorityInformationAccess = InformationAccess(keys),
            CertificatePolicies = Policies(keys),
            OcspNoCheck = keys.Flag("useocspnocheck"),
            CommonNamePostfix = keys.Text("cnpostfix") is { } postfix && keys.Flag("usecnpostfix") ? postfix : null,
            LdapDnOrder = keys.Flag("useldapdnorder", true),
            AvailableCas = Cas(keys, caName),
            SubjectSubset = subjectSubset,
            SubjectAltNameSubset = altNameSubset,
            Approvals = approvals,
        };
        keys.Ignore(Ignored);
        Array.ForEach(NoCounterpart, keys.Unsupported);
        keys.Ignore(map.Keys.Where(key => Detail.IsMatch(key)));
        keys.Finish();
        return new LegacyCertificateProfile(profile, keys.Notes);
    }

    private static int? Asked(ProfileMap keys, string key)
    {
        keys.Ignore(key);
        return null;
    }

    private static string[] Keys(ProfileMap keys)
    {
        int[] lengths = [.. keys.Numbers("availablebitlengths")];
        string[] algorithms = [.. keys.List("availablekeyalgorithms").OfType<string>()];
        string[] curves = [.. keys.List("availableeccurves").OfType<string>()];
        string[] known = [.. curves.Select(Curves.GetValueOrDefault).OfType<string>()];
        bool anyCurve = curves.Length == 0 || curves.Contains(AnyCurve, StringComparer.OrdinalIgnoreCase);
        if (lengths.Any(length => length is > 600 and < LeastRsa))
        {
            keys.Notes.Add($"availablebitlengths: RSA keys below {LeastRsa} bits are no longer allowed.");
        }

        bool rsa = algorithms.Length == 0 || algorithms.Contains("RSA", StringComparer.OrdinalIgnoreCase);
        bool ec = algorithms.Length == 0 || algorithms.Any(a => a.StartsWith("EC", StringComparison.OrdinalIgnoreCase));
        IEnumerable<string> allowed = new CertificateProfile().AllowedKeys.Where(key => key[0] == 'R'
            ? rsa && (lengths.Length == 0 || lengths.Contains(int.Parse(key.AsSpan(3), System.Globalization.CultureInfo.InvariantCulture)))
            : ec && (anyCurve || known.Contains(key)) && (lengths.Length == 0 || lengths.Contains(int.Parse(key.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture))));
        return [.. allowed];
    }

    private static string? Digest(ProfileMap keys)
    {
        if (keys.Text("signaturealgorithm") is not { } algorithm)
        {
            return null;
        }

        string? digest = Digests.FirstOrDefault(d => algorithm.StartsWith(d, StringComparison.OrdinalIgnoreCase));
        if (digest is null)
        {
            keys.Notes.Add($"signaturealgorithm {algorithm} is not used here; the CA's own is.");
        }

        return digest;
    }

    // Rights of a CA in a profile for end entities were possible and never meant. Without any right there was no extension; where
    // none is left, our rules refuse the profile, because a certificate without the extension may do everything.
    private static KeyUsageRule KeyUsage(ProfileMap keys, CertificateType type)
    {
        bool[] flags = [.. keys.List("keyusage").Select(flag => flag is true)];
        KeyUsages usages = Usages.Zip(flags, (usage, on) => on ? usage : KeyUsages.None).Aggregate(KeyUsages.None, (all, one) => all | one);
        const KeyUsages OfCas = KeyUsages.KeyCertSign | KeyUsages.CrlSign;
        if (type == CertificateType.EndEntity && (usages & OfCas) != KeyUsages.None)
        {
            keys.Notes.Add("keyusage: keyCertSign and cRLSign were taken out of a profile for end entities.");
            usages &= ~OfCas;
        }

        return new() { Use = keys.Flag("usekeyusage", true) && (flags.Length == 0 || flags.Contains(true)), Critical = keys.Flag("keyusagecritical", true), Usages = usages };
    }

    private static DistributionPointRule DistributionPoints(ProfileMap keys) => new()
    {
        Use = keys.Flag("usecrldistributionpoint"),
        Critical = keys.Flag("crldistributionpointcritical"),
        UseCaDefined = keys.Flag("usedefaultcrldistributionpoint"),
        Uris = [.. (keys.Text("crldistributionpointuri") ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(uri => uri.Trim('"'))],
    };

    private static InformationAccessRule InformationAccess(ProfileMap keys) => new()
    {
        Use = keys.Flag("useauthorityinformationaccess"),
        UseCaDefined = keys.Flag("usedefaultocspservicelocator") | keys.Flag("usedefaultcaissuer"),
        OcspLocator = keys.Flag("useocspservicelocator", true) ? keys.Text("ocspservicelocatoruri") : Nothing(keys, "ocspservicelocatoruri"),
        CaIssuers = keys.Flag("usecaissuersuri", true) ? [.. keys.List("caissuers").OfType<string>().Where(uri => uri.Length > 0)] : NoList(keys, "caissuers"),
    };

    private static string? Nothing(ProfileMap keys, string key)
    {
        keys.Ignore(key);
        return null;
    }

    private static string[] NoList(ProfileMap keys, string key)
    {
        keys.Ignore(key);
        return [];
    }

    /// <summary>Texts in old profiles, objects later: an OID, and with it one qualifier. A policy with two qualifiers is there twice.</summary>
    private static PoliciesRule Policies(ProfileMap keys)
    {
        List<CertificatePolicy> policies = [];
        IEnumerable<object?> all = keys.Text("certificatepolicyid") is { } one ? keys.List("certificatepolicies").Append(one) : keys.List("certificatepolicies");
        foreach (object? policy in all)
        {
            var fields = policy as Dictionary<string, object?>;
            if ((policy as string ?? fields?.GetValueOrDefault("policyID") as string) is { Length: > 0 } oid)
            {
                Merge(policies, oid, Qualifier(fields, oid, keys));
            }
        }

        return new() { Use = keys.Flag("usecertificatepolicies") && policies.Count > 0, Critical = keys.Flag("certificatepoliciescritical"), Policies = policies };
    }

    private static void Merge(List<CertificatePolicy> policies, string oid, string? statement)
    {
        int known = policies.FindIndex(policy => policy.Oid == oid);
        if (known < 0)
        {
            policies.Add(new(oid, statement));
        }
        else
        {
            policies[known] = policies[known] with { PracticeStatement = policies[known].PracticeStatement ?? statement };
        }
    }

    private static string? Qualifier(Dictionary<string, object?>? fields, string oid, ProfileMap keys)
    {
        if (fields?.GetValueOrDefault("qualifier") is not string { Length: > 0 } qualifier)
        {
            return null;
        }

        if (fields.GetValueOrDefault("qualifierId") is PracticeStatement)
        {
            return qualifier;
        }

        keys.Notes.Add($"certificatepolicies: the user notice of {oid} was left out.");
        return null;
    }

    private static string[] Cas(ProfileMap keys, Func<int, string?> caName)
    {
        int[] ids = [.. keys.Numbers("availablecas")];
        if (keys.Value("availablecas") is null || ids.Contains(AnyCa))
        {
            return [];
        }

        List<string> names = [];
        foreach (int id in ids)
        {
            if (caName(id) is { } name)
            {
                names.Add(name);
            }
            else
            {
                keys.Notes.Add(FormattableString.Invariant($"availablecas: no CA here has the old id {id}."));
            }
        }

        // An empty list would mean any CA: a name that cannot exist keeps the profile unused instead.
        return names.Count > 0 ? [.. names] : [NoCa];
    }
}
