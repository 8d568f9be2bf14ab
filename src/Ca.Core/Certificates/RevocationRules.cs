using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>Which change of status may follow which (CA_CORE §9.3).</summary>
internal static class RevocationRules
{
    public static Refusal? Check(int current, CertificateStatus status, RevocationReason wanted)
    {
        if (!Enum.IsDefined(wanted))
        {
            return new(RefusalCode.PolicyViolation, $"{wanted} is no reason to revoke.");
        }

        bool onHold = status == CertificateStatus.Revoked && current == (int)RevocationReason.CertificateHold;
        return (status, wanted) switch
        {
            (CertificateStatus.Archived, _) => new(RefusalCode.Conflict, "The certificate has expired and is archived."),
            (_, RevocationReason.RemoveFromCrl) => onHold ? null : new(RefusalCode.Conflict, "The certificate is not on hold."),
            (CertificateStatus.Revoked, RevocationReason.CertificateHold) => new(RefusalCode.Conflict, "The certificate is already revoked."),
            (CertificateStatus.Revoked, _) => onHold ? null : new(RefusalCode.Conflict, "The certificate is already revoked."),
            _ => null,
        };
    }
}
