using Ca.Core.Certificates;

namespace AdminWeb.Showing;

/// <summary>Where a certificate's pages are, and how its status is said.</summary>
internal static class CertificatePaths
{
    public static string Of(CertificateView certificate) => $"/certificates/{Uri.EscapeDataString(certificate.CaName)}/{certificate.Serial}";

    public static string StatusText(CertificateView certificate) => certificate switch
    {
        { Status: CertificateStatus.Revoked, Reason: Pki.Protocols.X509.RevocationReason.CertificateHold } => "On hold",
        { Status: CertificateStatus.Revoked } => $"Revoked: {certificate.Reason}",
        { Status: CertificateStatus.NotifiedAboutExpiration } => "Active, holder told of its end",
        _ => certificate.Status.ToString(),
    };

    /// <summary>The style class of the status. Never colour alone: the text says the same.</summary>
    public static string Mood(CertificateView certificate) => certificate switch
    {
        { Status: CertificateStatus.Revoked, Reason: Pki.Protocols.X509.RevocationReason.CertificateHold } => "warn",
        { Status: CertificateStatus.Revoked } => "bad",
        { Status: CertificateStatus.Archived or CertificateStatus.Inactive } => "quiet",
        _ => "good",
    };
}
