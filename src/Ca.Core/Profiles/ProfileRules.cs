using System.Globalization;
using System.Text.RegularExpressions;
using Ca.Core.Certificates;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Profiles;

/// <summary>What a profile must fulfil before it is saved (CA_CORE §5.2, §6.2). The first broken rule is told.</summary>
internal static partial class ProfileRules
{
    private static readonly string[] Digests = ["SHA256", "SHA384", "SHA512"];
    private static readonly string[] KnownKeys = ["RSA2048", "RSA3072", "RSA4096", "RSA6144", "RSA8192", "P-256", "P-384", "P-521"];

    public static Refusal? Check(string name, CertificateProfile profile)
    {
        bool ca = profile.Type is CertificateType.SubCa or CertificateType.RootCa;
        IEnumerable<(bool Broken, string Rule)> rules =
        [
            (!IsName(name), "the name must be 1 to 250 printable characters"),
            (FixedProfiles.Certificate.Any(p => p.Name == name), $"'{name}' is a fixed profile and cannot be changed"),
            (profile.Type == CertificateType.Unknown, "type must be EndEntity, SubCa or RootCa"),
            (!Validity.Parse(profile.Validity).Succeeded(out _, out _), $"validity '{profile.Validity}' is not readable"),
            (profile.AllowedKeys.Count == 0 || profile.AllowedKeys.Any(k => !KnownKeys.Contains(k)), $"allowedKeys must be some of {string.Join(", ", KnownKeys)}"),
            (profile.SignatureDigest is { } digest && !Digests.Contains(digest), $"signatureDigest must be one of {string.Join(", ", Digests)}"),
            (ca && !profile.BasicConstraints.Use, "a CA profile must use basicConstraints"),
            (!ca && profile.BasicConstraints.PathLength is not null, "basicConstraints.pathLength is for CA profiles only"),
            (profile.BasicConstraints.PathLength is < 0 or > 255, "basicConstraints.pathLength must be 0 to 255"),
            (!ca && (profile.KeyUsage.Usages & Issuance.CertificateComposer.CaUsages) != KeyUsages.None, "an end entity profile must not have keyCertSign or cRLSign"),
            (ca && (!profile.KeyUsage.Use || (profile.KeyUsage.Usages & KeyUsages.KeyCertSign) == KeyUsages.None), "a CA profile must have keyCertSign"),
            (profile.Approvals.Check() is not null, "approvals must be 0 to 5 for each action"),
            (profile.KeyUsage.Use && profile.KeyUsage.Usages == KeyUsages.None, "keyUsage is used but empty"),
            (profile.ExtendedKeyUsage.Use && profile.ExtendedKeyUsage.Purposes.Count == 0, "extendedKeyUsage is used but empty"),
            (profile.CertificatePolicies.Use && profile.CertificatePolicies.Policies.Count == 0, "certificatePolicies is used but empty"),
        ];
        (bool broken, string rule) = rules.FirstOrDefault(r => r.Broken);
        return broken ? Broken(rule) : CheckTexts(profile);
    }

    public static Refusal? Check(string name, EndEntityProfile profile)
    {
        IEnumerable<(bool Broken, string Rule)> rules =
        [
            (!IsName(name), "the name must be 1 to 250 printable characters"),
            (name == FixedProfiles.Empty.Name, "'EMPTY' is a fixed profile and cannot be changed"),
            (profile.CertificateProfiles.Count > 0 && !profile.CertificateProfiles.Contains(profile.DefaultCertificateProfile, StringComparer.Ordinal), "defaultCertificateProfile must be one of certificateProfiles"),
            (profile.DefaultCa is not null && profile.Cas.Count > 0 && !profile.Cas.Contains(profile.DefaultCa, StringComparer.Ordinal), "defaultCa must be one of cas"),
            (profile.TokenTypes.Count == 0, "tokenTypes is empty"),
            (!IsNumber(profile.AllowedRequests.Value ?? "1", 1, 5), "allowedRequests must be 1 to 5"),
            (!IsNumber(profile.MaxFailedLogins.Value ?? "-1", -1, int.MaxValue), "maxFailedLogins must be -1 or more"),
            (!IsNumber(profile.IssuanceRevocationReason.Value ?? "-1", -1, 10), "issuanceRevocationReason must be -1 to 10"),
            (profile.Password.MinimumBits is < 0 or > 512, "password.minimumBits must be 0 to 512"),
        ];
        (bool broken, string rule) = rules.FirstOrDefault(r => r.Broken);
        return broken ? Broken(rule) : CheckFields(profile);
    }

    public static bool IsUri(string text) => Uri.TryCreate(text, UriKind.Absolute, out _) && !text.Any(char.IsWhiteSpace);

    public static bool IsName(string name) =>
        name.Length is > 0 and <= 250 && name == name.Trim() && !name.Any(c => char.IsControl(c) || c == '/');

    private static Refusal? CheckTexts(CertificateProfile profile)
    {
        foreach (string oid in profile.ExtendedKeyUsage.Purposes
            .Concat(profile.CertificatePolicies.Policies.Select(p => p.Oid)).Concat(profile.CustomExtensions.Select(e => e.Oid)))
        {
            if (!OidText().IsMatch(oid))
            {
                return Broken($"'{oid}' is no OID");
            }
        }

        IEnumerable<string?> uris = profile.CrlDistributionPoints.Uris.Concat(profile.AuthorityInformationAccess.CaIssuers)
            .Concat(profile.CertificatePolicies.Policies.Select(p => p.PracticeStatement)).Append(profile.AuthorityInformationAccess.OcspLocator);
        foreach (string uri in uris.OfType<string>())
        {
            if (!IsUri(uri))
            {
                return Broken($"'{uri}' is no URI");
            }
        }

        CustomExtension? custom = profile.CustomExtensions.FirstOrDefault(e => e.Value.Length == 0 || e.Value.Length % 2 != 0 || !e.Value.All(char.IsAsciiHexDigit));
        return custom is null ? null : Broken($"the value of custom extension {custom.Oid} is not hex");
    }

    private static Refusal? CheckFields(EndEntityProfile profile)
    {
        foreach (ProfileField field in profile.SubjectFields)
        {
            if (!EndEntities.NameFields.IsSubjectType(field.Type))
            {
                return Broken($"subject field '{field.Type}' is not known");
            }
        }

        foreach (ProfileField field in profile.AltNameFields)
        {
            if (!EndEntities.NameFields.IsAltNameType(field.Type))
            {
                return Broken($"SAN field '{field.Type}' is not known");
            }
        }

        foreach (ProfileField field in profile.SubjectFields.Concat(profile.AltNameFields))
        {
            if (!field.Modifiable && field.Value.Length == 0)
            {
                return Broken($"field '{field.Type}' is not modifiable and has no value");
            }

            if (field.Regex is not null && !IsRegex(field.Regex))
            {
                return Broken($"the regex of field '{field.Type}' is not usable: no back-references or look-around");
            }
        }

        return null;
    }

    private static bool IsRegex(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static bool IsNumber(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most;

    private static Refusal Broken(string rule) => new(RefusalCode.PolicyViolation, $"Profile: {rule}.");

    [GeneratedRegex(@"\A[012](\.(0|[1-9]\d{0,15})){1,30}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OidText();
}
