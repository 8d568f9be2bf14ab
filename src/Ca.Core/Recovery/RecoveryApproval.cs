using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Storage;

namespace Ca.Core.Recovery;

/// <summary>What people approve when a kept key is to be handed out.</summary>
internal static class RecoveryApproval
{
    public static int Required(CertificateAuthority ca, CertificateRow row, ConfigurationSnapshot configuration) =>
        ApprovalRules.Required(ApprovalAction.KeyRecovery, ca.Settings.Approvals, configuration.CertificateProfilesById.GetValueOrDefault(row.CertificateProfileId)?.Approvals);

    public static ApprovalContent Of(RecoveryOrder order, CertificateAuthority ca, CertificateRow row, EndEntityRow user, EscrowedKeyRow kept) => new()
    {
        Type = ApprovalType.KeyRecovery,
        CaId = ca.Id,
        EndEntityProfileId = user.EndEntityProfileId,
        CertificateProfileId = row.CertificateProfileId,
        Username = user.Username,
        Facts =
        [
            new(ApprovalContent.SubjectDn, row.SubjectDn),
            new(ApprovalContent.SubjectAltName, row.SubjectAltName),
            new("caName", ca.Name),
            new("serial", row.Serial),
            new(ApprovalContent.PublicKey, Convert.ToHexStringLower(row.PublicKeyDigest)),
            new("keptSince", $"{kept.At:u}"),
            new("newSubjectDn", order.NewCertificate?.SubjectDn),
            new("newSubjectAltName", order.NewCertificate?.SubjectAltName),
            new("newCaName", order.NewCertificate?.CaName),
            new("newCertificateProfile", order.NewCertificate?.CertificateProfile),
        ],
    };
}
