using System.Security.Cryptography;
using Ca.Core.Certificates;
using Ca.Core.Viewing;
using Pki.Cli.Output;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary>A certificate that was looked for, as it is shown; days are whole ones until its end, negative when that is past.</summary>
internal sealed record FoundView(
    string Serial,
    string CaName,
    string SubjectDn,
    string? SubjectAltName,
    string? Username,
    string CertificateProfile,
    string EndEntityProfile,
    CertificateStatus Status,
    RevocationReason? Reason,
    DateTimeOffset? RevokedAt,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    int DaysLeft,
    string Sha256)
{
    public static readonly IReadOnlyList<Column<FoundView>> Columns =
    [
        Commands.Columns.Whole<FoundView>("Serial", c => c.Serial),
        Commands.Columns.Text<FoundView>("CA", c => c.CaName),
        Commands.Columns.Text<FoundView>("Subject", c => Texts.Short(c.SubjectDn, int.MaxValue)),
        Commands.Columns.Text<FoundView>("User", c => Texts.Short(c.Username, int.MaxValue)),
        Commands.Columns.Text<FoundView>("Profile", c => c.CertificateProfile),
        Commands.Columns.Text<FoundView>("Status", c => c.Status == CertificateStatus.Revoked ? $"{c.Status} ({c.Reason})" : c.Status.ToString()),
        Commands.Columns.Time<FoundView>("Valid until", c => c.NotAfter),
        Commands.Columns.Number<FoundView>("Days left", c => c.DaysLeft),
    ];

    /// <summary>Everything, one value a column, for programs that read tables.</summary>
    public static readonly IReadOnlyList<Column<FoundView>> AllColumns =
    [
        Commands.Columns.Text<FoundView>("serial", c => c.Serial),
        Commands.Columns.Text<FoundView>("caName", c => c.CaName),
        Commands.Columns.Text<FoundView>("subjectDn", c => c.SubjectDn),
        Commands.Columns.Text<FoundView>("subjectAltName", c => c.SubjectAltName),
        Commands.Columns.Text<FoundView>("username", c => c.Username),
        Commands.Columns.Text<FoundView>("certificateProfile", c => c.CertificateProfile),
        Commands.Columns.Text<FoundView>("endEntityProfile", c => c.EndEntityProfile),
        Commands.Columns.Text<FoundView>("status", c => c.Status.ToString()),
        Commands.Columns.Text<FoundView>("reason", c => c.Reason?.ToString()),
        Commands.Columns.Time<FoundView>("revokedAt", c => c.RevokedAt),
        Commands.Columns.Time<FoundView>("notBefore", c => c.NotBefore),
        Commands.Columns.Time<FoundView>("notAfter", c => c.NotAfter),
        Commands.Columns.Number<FoundView>("daysLeft", c => c.DaysLeft),
        Commands.Columns.Text<FoundView>("sha256", c => c.Sha256),
    ];

    public static FoundView Of(FoundCertificate found, DateTimeOffset now)
    {
        CertificateView view = found.Certificate;
        return new(
            view.Serial,
            view.CaName,
            view.SubjectDn,
            view.Certificate.SubjectAltName?.ToString(),
            view.Username,
            found.CertificateProfile,
            found.EndEntityProfile,
            view.Status,
            view.Reason,
            view.RevokedAt,
            view.NotBefore,
            view.NotAfter,
            (int)Math.Floor((view.NotAfter - now).TotalDays),
            Texts.Fingerprint(SHA256.HashData(view.Encoded)));
    }
}
