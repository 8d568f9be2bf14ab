using System.Security.Cryptography;
using Ca.Core.Authorities;
using Pki.Cli.Output;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary>A CA as it is shown.</summary>
internal sealed record CaView(
    string Name,
    int CaId,
    AuthorityStatus Status,
    string SubjectDn,
    string IssuerDn,
    string Serial,
    string Key,
    string SignatureAlgorithm,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    TimeSpan CrlPeriod,
    Fingerprints Fingerprints,
    string? Description)
{
    public static readonly IReadOnlyList<Column<CaView>> Columns =
    [
        Commands.Columns.Whole<CaView>("Name", ca => ca.Name),
        Commands.Columns.Text<CaView>("Status", ca => ca.Status.ToString()),
        Commands.Columns.Text<CaView>("Subject", ca => ca.SubjectDn),
        Commands.Columns.Text<CaView>("Key", ca => ca.Key),
        Commands.Columns.Time<CaView>("Valid until", ca => ca.NotAfter),
    ];

    public static readonly IReadOnlyList<Column<CaView>> Fields =
    [
        .. Columns.Take(2),
        Commands.Columns.Text<CaView>("CA id", ca => Texts.Number(ca.CaId)),
        Commands.Columns.Text<CaView>("Subject", ca => ca.SubjectDn),
        Commands.Columns.Text<CaView>("Issuer", ca => ca.IssuerDn),
        Commands.Columns.Text<CaView>("Serial", ca => ca.Serial),
        Commands.Columns.Text<CaView>("Key", ca => ca.Key),
        Commands.Columns.Text<CaView>("Signs with", ca => ca.SignatureAlgorithm),
        Commands.Columns.Time<CaView>("Valid from", ca => ca.NotBefore),
        Commands.Columns.Time<CaView>("Valid until", ca => ca.NotAfter),
        Commands.Columns.Text<CaView>("CRL period", ca => Texts.Span(ca.CrlPeriod)),
        Commands.Columns.Text<CaView>("SHA-256", ca => ca.Fingerprints.Sha256),
        Commands.Columns.Text<CaView>("SHA-1", ca => ca.Fingerprints.Sha1),
        Commands.Columns.Text<CaView>("MD5", ca => ca.Fingerprints.Md5),
        Commands.Columns.Text<CaView>("Description", ca => ca.Description),
    ];

    public static CaView Of(CertificateAuthority ca, DateTimeOffset now) => new(
        ca.Name,
        ca.Id,
        ca.StatusAt(now),
        ca.SubjectDn,
        ca.Certificate.Issuer.ToString(),
        ca.Certificate.Serial.ToString(),
        ca.Certificate.PublicKey.Description,
        ca.SignatureAlgorithmName,
        ca.Certificate.NotBefore,
        ca.Certificate.NotAfter,
        ca.Settings.CrlPeriod,
        Fingerprints.Of(ca.Certificate),
        ca.Description);
}

/// <summary>What operators compare on devices (SCEP.md G-12).</summary>
/// <param name="Sha256">Upper-case pairs with colons.</param>
/// <param name="Sha1">Likewise.</param>
/// <param name="Md5">Likewise; old devices show nothing else.</param>
internal sealed record Fingerprints(string Sha256, string Sha1, string Md5)
{
    public static Fingerprints Of(Certificate certificate) => new(
        Texts.Fingerprint(certificate.Sha256Fingerprint()),
        Texts.Fingerprint(certificate.Sha1Fingerprint()),
        Texts.Fingerprint(MD5.HashData(certificate.Encoded.Span)));
}
