using Ca.Core.Certificates;
using Pki.Cli.Output;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary>A certificate as it is shown.</summary>
internal sealed record CertView(
    string Serial,
    string CaName,
    string SubjectDn,
    string? SubjectAltName,
    string? Username,
    CertificateType Type,
    CertificateStatus Status,
    RevocationReason? Reason,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? InvalidityDate,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string Key,
    Fingerprints Fingerprints)
{
    public static readonly IReadOnlyList<Column<CertView>> Columns =
    [
        Commands.Columns.Whole<CertView>("Serial", c => c.Serial),
        Commands.Columns.Text<CertView>("CA", c => c.CaName),
        Commands.Columns.Text<CertView>("Subject", c => c.SubjectDn),
        Commands.Columns.Text<CertView>("User", c => c.Username),
        Commands.Columns.Text<CertView>("Status", StatusText),
        Commands.Columns.Time<CertView>("Valid until", c => c.NotAfter),
    ];

    public static readonly IReadOnlyList<Column<CertView>> Fields =
    [
        .. Columns.Take(3),
        Commands.Columns.Text<CertView>("Alternative names", c => c.SubjectAltName),
        .. Columns.Skip(3).Take(2),
        Commands.Columns.Time<CertView>("Revoked", c => c.RevokedAt),
        Commands.Columns.Time<CertView>("Not trusted since", c => c.InvalidityDate),
        Commands.Columns.Text<CertView>("Type", c => c.Type.ToString()),
        Commands.Columns.Time<CertView>("Valid from", c => c.NotBefore),
        Commands.Columns.Time<CertView>("Valid until", c => c.NotAfter),
        Commands.Columns.Text<CertView>("Key", c => c.Key),
        Commands.Columns.Text<CertView>("SHA-256", c => c.Fingerprints.Sha256),
        Commands.Columns.Text<CertView>("SHA-1", c => c.Fingerprints.Sha1),
        Commands.Columns.Text<CertView>("MD5", c => c.Fingerprints.Md5),
    ];

    public static CertView Of(CertificateView view)
    {
        Certificate certificate = view.Certificate;
        return new(
            view.Serial,
            view.CaName,
            view.SubjectDn,
            certificate.SubjectAltName?.ToString(),
            view.Username,
            view.Type,
            view.Status,
            view.Reason,
            view.RevokedAt,
            view.InvalidityDate,
            view.NotBefore,
            view.NotAfter,
            certificate.PublicKey.Description,
            Fingerprints.Of(certificate));
    }

    private static string StatusText(CertView view) => view.Status == CertificateStatus.Revoked ? $"{view.Status} ({view.Reason})" : view.Status.ToString();
}
