using System.Globalization;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Profiles;
using Ca.Core.Storage;

namespace Ca.Core.EndEntities;

/// <summary>What people approve when an end entity is added or changed.</summary>
internal static class EndEntityApproval
{
    private const string Status = "userStatus";
    private const string Password = "password";

    /// <summary>Changes that happen while a request is worked on; they say nothing that people have not agreed to (APPROVALS §2.3).</summary>
    public static bool IsExempt(EndEntityStatus from, EndEntityStatus to) => to == EndEntityStatus.KeyRecovery || (from, to) switch
    {
        (EndEntityStatus.Generated, EndEntityStatus.Generated) => true,
        (EndEntityStatus.New, EndEntityStatus.New or EndEntityStatus.InProcess or EndEntityStatus.Generated or EndEntityStatus.Failed) => true,
        (EndEntityStatus.Failed, EndEntityStatus.Failed or EndEntityStatus.InProcess or EndEntityStatus.Generated) => true,
        (EndEntityStatus.InProcess, EndEntityStatus.InProcess or EndEntityStatus.Generated or EndEntityStatus.Failed) => true,
        (EndEntityStatus.KeyRecovery, EndEntityStatus.InProcess or EndEntityStatus.Generated or EndEntityStatus.Failed) => true,
        _ => false,
    };

    /// <summary>What CA and certificate profile of a registered end entity demand.</summary>
    public static int Required(EndEntityRow? user, ConfigurationSnapshot configuration, ApprovalAction action) =>
        user is null || configuration.FindCa(user.CaId) is not { } ca
            ? 0
            : ApprovalRules.Required(action, ca.Settings.Approvals, configuration.CertificateProfilesById.GetValueOrDefault(user.CertificateProfileId)?.Approvals);

    /// <summary>Adding or editing; marking a key for recovery counts as recovery, too.</summary>
    public static int Required(EndEntityData data, EndEntityNames names, EndEntityRow? before, ConfigurationSnapshot configuration) =>
        new[] { ApprovalAction.AddEditEndEntity, ApprovalAction.KeyRecovery }
            .Where(action => action == ApprovalAction.AddEditEndEntity || data.Status == EndEntityStatus.KeyRecovery)
            .Max(action => Math.Max(ApprovalRules.Required(action, names.Ca.Settings.Approvals, names.CertificateProfile.Approvals), Required(before, configuration, action)));

    /// <summary>Adding or editing an end entity without a certificate.</summary>
    public static ApprovalContent Of(EndEntityData data, EndEntityNames names, EndEntityRow? before, ConfigurationSnapshot configuration)
    {
        EndEntityData canonical = data with { SubjectDn = names.Subject.ToString() };
        return new()
        {
            Type = before is null ? ApprovalType.AddEndEntity : ApprovalType.EditEndEntity,
            CaId = names.Ca.Id,
            EndEntityProfileId = names.EndEntityProfile.Id,
            CertificateProfileId = names.CertificateProfile.Id,
            Username = data.Username,
            Facts =
            [
                .. Facts(canonical, names.Ca, names.EndEntityProfile, names.CertificateProfile, before, configuration),
                new("wantedStatus", data.Status.ToString()),
                new(Password, data.Secret is null ? null : "set"), // which one is nobody's business but the end entity's
                new("sendNotification", data.SendNotification ? "yes" : null),
                new("allowedRequests", data.AllowedRequests?.ToString(CultureInfo.InvariantCulture)),
                new("maxFailedLogins", data.MaxFailedLogins?.ToString(CultureInfo.InvariantCulture)),
                new("issuanceRevocationReason", data.IssuanceRevocationReason?.ToString(CultureInfo.InvariantCulture)),
            ],
        };
    }

    /// <summary>A new secret for a registered end entity.</summary>
    public static ApprovalContent OfPassword(EndEntityRow user) => OfRow(ApprovalType.EditEndEntity, user, new ApprovalFact(Password, "set"));

    /// <summary>Another status for a registered end entity.</summary>
    public static ApprovalContent OfStatus(EndEntityRow user, EndEntityStatus status) =>
        OfRow(ApprovalType.ChangeStatus, user, new ApprovalFact(Status, status.ToString(), user.Status.ToString()));

    /// <summary>Old values beside the new: if somebody else changes the end entity meanwhile, it is another content.</summary>
    public static IEnumerable<ApprovalFact> Facts(
        EndEntityData data, CertificateAuthority ca, EndEntityProfile endEntityProfile, CertificateProfile profile, EndEntityRow? before, ConfigurationSnapshot configuration) =>
    [
        new(ApprovalContent.SubjectDn, data.SubjectDn, before?.SubjectDn),
        new(ApprovalContent.SubjectAltName, Given(data.SubjectAltName), before?.SubjectAltName),
        new("email", Given(data.Email), before?.Email),
        new("caName", ca.Name, before is null ? null : configuration.FindCa(before.CaId)?.Name ?? "?"),
        new("endEntityProfile", endEntityProfile.Name, before is null ? null : configuration.EndEntityProfilesById.GetValueOrDefault(before.EndEntityProfileId)?.Name ?? "?"),
        new("certificateProfile", profile.Name, before is null ? null : configuration.CertificateProfilesById.GetValueOrDefault(before.CertificateProfileId)?.Name ?? "?"),
        new(Status, before?.Status == EndEntityStatus.Revoked ? data.Status.ToString() : null, before?.Status == EndEntityStatus.Revoked ? before.Status.ToString() : null),
        new("tokenType", Number(data.TokenType), before is null ? null : Number(before.TokenType)),
        new("keyRecoverable", data.KeyRecoverable ? "yes" : null),
        new("startTime", data.StartTime, before?.StartTime),
        new("endTime", data.EndTime, before?.EndTime),
    ];

    private static ApprovalContent OfRow(ApprovalType type, EndEntityRow user, ApprovalFact change) => new()
    {
        Type = type,
        CaId = user.CaId,
        EndEntityProfileId = user.EndEntityProfileId,
        CertificateProfileId = user.CertificateProfileId,
        Username = user.Username,
        Facts = [new(ApprovalContent.SubjectDn, user.SubjectDn), new(ApprovalContent.SubjectAltName, user.SubjectAltName), change],
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
