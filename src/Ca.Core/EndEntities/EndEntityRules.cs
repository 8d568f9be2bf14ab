using System.Globalization;
using Ca.Core.Profiles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.EndEntities;

/// <summary>
/// Does an end entity fit its profile? The rules of CA_CORE §6.3 in their order; the first failure is told, and it names
/// the field.
/// </summary>
internal static class EndEntityRules
{
    /// <summary>The first broken rule, null when the end entity fits.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="data">The end entity.</param>
    /// <param name="subject">Its subject, parsed.</param>
    /// <param name="certificateProfile">Its certificate profile.</param>
    /// <param name="caName">Its CA.</param>
    /// <param name="isNew">Being added: secrets may be required.</param>
    public static Refusal? Check(EndEntityProfile profile, EndEntityData data, DistinguishedName subject, CertificateProfile certificateProfile, string caName, bool isNew)
    {
        IReadOnlyList<(string Type, string Value)> altNames = [.. AltNames.Split(data.SubjectAltName).Select(n => (NameFields.AltNameKey(n.Type), n.Value))];
        return CheckCharacters(data)
            ?? NameFields.CheckCounts("subject", profile.SubjectFields, profile.AnyFields, SubjectValues(subject), NameFields.SubjectKey)
            ?? NameFields.CheckCounts("SAN", profile.AltNameFields, profile.AnyFields, altNames, NameFields.AltNameKey)
            ?? CheckUsername(data)
            ?? CheckSecret(profile.Password, data.Secret, isNew)
            ?? CheckEmail(profile.Email, data.Email)
            ?? NameFields.CheckValues("subject", profile.SubjectFields, profile.AnyFields, SubjectValues(subject), NameFields.SubjectKey)
            ?? NameFields.CheckValues("SAN", profile.AltNameFields, profile.AnyFields, altNames, NameFields.AltNameKey)
            ?? CheckFlags(profile, data)
            ?? CheckChoices(profile, data, certificateProfile, caName)
            ?? CheckTimes(profile, data)
            ?? CheckNumbers(profile, data);
    }

    private static Refusal? CheckCharacters(EndEntityData data)
    {
        if (Forbidden.IsInName(data.SubjectDn))
        {
            return No("subjectDn has a character that must not be in names.");
        }

        return data.SubjectAltName is { } san && Forbidden.IsInName(san.Replace("?", "", StringComparison.Ordinal).Replace("%", "", StringComparison.Ordinal))
            ? No("subjectAltName has a character that must not be in names.")
            : null; // a URI may have ? and %
    }

    private static Refusal? CheckUsername(EndEntityData data) => data.Username switch
    {
        "" => No("username is missing."),
        { Length: > 250 } => No("username is longer than 250 characters."),
        var name when name != name.Trim() || Forbidden.IsInUsername(name) => No("username has a character that must not be in it."),
        _ => null,
    };

    private static Refusal? CheckSecret(PasswordRules rules, Secret? secret, bool isNew)
    {
        if (secret is null || secret.IsEmpty)
        {
            return rules.Required && isNew ? No("password is required.") : null;
        }

        int length = secret.LendText(text => text.Length);
        if (WellKnownSecrets.Has(secret))
        {
            return No("password is one that everybody knows.");
        }

        return Math.Floor(Math.Log2(72) * length) < rules.MinimumBits ? No($"password is weaker than {rules.MinimumBits} bits.") : null;
    }

    private static Refusal? CheckEmail(EmailRules rules, string? email)
    {
        if (string.IsNullOrEmpty(email))
        {
            return rules.Required ? No("email is required.") : null;
        }

        if (!rules.Use)
        {
            return No("email must not be given.");
        }

        int at = email.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || at == email.Length - 1 || email.IndexOf('@', at + 1) >= 0 || email.Any(c => c <= ' '))
        {
            return No("email must have exactly one '@'.");
        }

        return rules.Domain is { } domain && !email[(at + 1)..].Equals(domain, StringComparison.OrdinalIgnoreCase)
            ? No($"email must be of the domain {domain}.")
            : null;
    }

    private static Refusal? CheckFlags(EndEntityProfile profile, EndEntityData data)
    {
        if (data.KeyRecoverable && !profile.KeyRecoverable)
        {
            return No("keyRecoverable must not be set.");
        }

        return data.SendNotification && !profile.SendNotification ? No("sendNotification must not be set.") : null;
    }

    private static Refusal? CheckChoices(EndEntityProfile profile, EndEntityData data, CertificateProfile certificateProfile, string caName)
    {
        if (profile.CertificateProfiles.Count > 0 && !profile.CertificateProfiles.Contains(certificateProfile.Name, StringComparer.Ordinal))
        {
            return No($"certificateProfile '{certificateProfile.Name}' is not available in end entity profile '{profile.Name}'.");
        }

        if (certificateProfile.Type != Certificates.CertificateType.EndEntity)
        {
            return No($"certificateProfile '{certificateProfile.Name}' is not for end entities.");
        }

        if (!profile.TokenTypes.Contains(data.TokenType))
        {
            return No($"tokenType {data.TokenType} is not available in end entity profile '{profile.Name}'.");
        }

        if (profile.Cas.Count > 0 && !profile.Cas.Contains(caName, StringComparer.Ordinal))
        {
            return No($"caName '{caName}' is not available in end entity profile '{profile.Name}'.");
        }

        return certificateProfile.AvailableCas.Count > 0 && !certificateProfile.AvailableCas.Contains(caName, StringComparer.Ordinal)
            ? No($"caName '{caName}' is not available in certificate profile '{certificateProfile.Name}'.")
            : null;
    }

    private static Refusal? CheckTimes(EndEntityProfile profile, EndEntityData data)
    {
        Refusal? refusal = CheckOptional("startTime", profile.StartTime, data.StartTime) ?? CheckOptional("endTime", profile.EndTime, data.EndTime);
        if (refusal is not null)
        {
            return refusal;
        }

        foreach ((string name, string? text) in new[] { ("startTime", data.StartTime), ("endTime", data.EndTime) })
        {
            if (text is not null && UserTime.Parse(text, DateTimeOffset.UnixEpoch) is null)
            {
                return No($"{name} must be 'd:h:m' or 'yyyy-MM-dd HH:mm'.");
            }
        }

        bool sameKind = data.StartTime is not null && data.EndTime is not null && UserTime.IsRelative(data.StartTime) == UserTime.IsRelative(data.EndTime);
        return sameKind && UserTime.Parse(data.EndTime!, DateTimeOffset.UnixEpoch) <= UserTime.Parse(data.StartTime!, DateTimeOffset.UnixEpoch)
            ? No("endTime must be after startTime.")
            : null;
    }

    private static Refusal? CheckNumbers(EndEntityProfile profile, EndEntityData data) =>
        CheckOptional("allowedRequests", profile.AllowedRequests, Text(data.AllowedRequests))
        ?? (data.AllowedRequests is < 1 or > 5 ? No("allowedRequests must be 1 to 5.") : null)
        ?? CheckOptional("issuanceRevocationReason", profile.IssuanceRevocationReason, Text(data.IssuanceRevocationReason))
        ?? (data.IssuanceRevocationReason is { } reason && reason is not (-1 or (>= 0 and <= 6) or 9 or 10) ? No("issuanceRevocationReason is not one of RFC 5280.") : null)
        ?? CheckOptional("maxFailedLogins", profile.MaxFailedLogins, Text(data.MaxFailedLogins))
        ?? (data.MaxFailedLogins < -1 ? No("maxFailedLogins must be -1 or more.") : null);

    private static Refusal? CheckOptional(string name, OptionalValue rule, string? value)
    {
        if (value is null)
        {
            return rule.Required ? No($"{name} is required.") : null;
        }

        if (!rule.Use && value != rule.Value)
        {
            return No($"{name} must not be given.");
        }

        return !rule.Modifiable && value != rule.Value ? No($"{name} must be '{rule.Value}'.") : null;
    }

    private static IReadOnlyList<(string Type, string Value)> SubjectValues(DistinguishedName subject) =>
        [.. subject.Rdns.SelectMany(rdn => rdn.Attributes).Select(a => (a.Oid, a.Value))];

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static Refusal No(string detail) => new(RefusalCode.PolicyViolation, detail);
}
