using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>Which change of status may follow which (CA_CORE §9.3).</summary>
internal static class RevocationRules
{
    /// <summary>How far the clock of whoever states a date may be ahead of ours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>
    /// RFC 5280 §5.3.2: a date on which something is known to have happened. It may lie before the certificate began and
    /// before earlier CRLs, not in the future; what is not revoked any more has none.
    /// </summary>
    public static Refusal? CheckInvalidity(RevocationOrder order, DateTimeOffset now) => order.InvalidityDate is not { } date ? null
        : order.Reason == RevocationReason.RemoveFromCrl ? new(RefusalCode.PolicyViolation, "A release has no invalidity date.")
        : date > now + ClockSkew ? new(RefusalCode.PolicyViolation, "The invalidity date lies in the future.")
        : date.Ticks % TimeSpan.TicksPerSecond != 0 ? new(RefusalCode.PolicyViolation, "The invalidity date has fractions of a second.") // §4.1.2.5.2
        : null;

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
