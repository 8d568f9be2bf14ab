using Ca.Core.Approvals;
using Ca.Core.EndEntities;
using Ca.Core.Storage;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>What people approve when something is revoked or released.</summary>
internal static class RevocationApproval
{
    public static int Required(CertificateRow row, ConfigurationSnapshot configuration) => configuration.FindCa(row.CaId) is { } ca
        ? ApprovalRules.Required(ApprovalAction.Revocation, ca.Settings.Approvals, configuration.CertificateProfilesById.GetValueOrDefault(row.CertificateProfileId)?.Approvals)
        : 0;

    public static int Required(EndEntityRow user, IEnumerable<CertificateRow> certificates, ConfigurationSnapshot configuration) => certificates
        .Select(row => Required(row, configuration)).Append(EndEntityApproval.Required(user, configuration, ApprovalAction.Revocation)).Max();

    public static ApprovalContent Of(CertificateRow row, RevocationOrder order) => new()
    {
        Type = ApprovalType.RevokeCertificate,
        CaId = row.CaId,
        EndEntityProfileId = row.EndEntityProfileId,
        CertificateProfileId = row.CertificateProfileId,
        Username = row.Username ?? "",
        Facts =
        [
            new(ApprovalContent.SubjectDn, row.SubjectDn),
            new(ApprovalContent.SubjectAltName, row.SubjectAltName),
            new("caName", order.CaName),
            new("serial", row.Serial),
            new("reason", order.Reason.ToString(), row.Status.ToString()),
            new("revokedAt", order.RevokedAt is { } at ? $"{at:u}" : null),
            new("invalidityDate", order.InvalidityDate is { } since ? $"{since:u}" : null),
            new("fingerprint", row.Fingerprint),
        ],
    };

    public static ApprovalContent Of(EndEntityRow user, RevocationReason reason, RevocationScope scope) => new()
    {
        Type = ApprovalType.RevokeEndEntity,
        CaId = user.CaId,
        EndEntityProfileId = user.EndEntityProfileId,
        CertificateProfileId = user.CertificateProfileId,
        Username = user.Username,
        Facts =
        [
            new(ApprovalContent.SubjectDn, user.SubjectDn),
            new(ApprovalContent.SubjectAltName, user.SubjectAltName),
            new("scope", scope.ToString()),
            new("reason", reason.ToString()),
        ],
    };
}
