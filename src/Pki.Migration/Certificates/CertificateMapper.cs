using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Importing;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Certificates;

/// <summary>
/// A row of CertificateData by the rules of MIGRATION §5. The certificate is the truth; columns that contradict it set
/// the row aside, because nobody knows then which of the other columns to believe.
/// </summary>
/// <param name="names">What is here.</param>
/// <param name="verifies">Whether the signature of the certificate in this row is verified.</param>
/// <param name="now">The time: what has not expired must stay on CRLs.</param>
internal sealed class CertificateMapper(SiteNames names, Func<long, bool> verifies, DateTimeOffset now)
{
    public const string NotifiedNote = "status 21 became active";
    public const string NoReasonNote = "revoked without a reason: unspecified";
    public const string NoDateNote = "revoked without a date: the time of the row's last change";
    public const string ReleasedNote = "released from hold";
    public const string InactiveNote = "never put into use: inactive";
    public const string ProfileNote = "certificate profile not known here";
    public const string IssuerTextNote = "issuer text differs from the certificate: the certificate counts";
    public const string UnexpiredNote = "status 60, revoked and not expired: revoked";
    public const string TypeNote = "type differs from the certificate: the certificate counts";
    public const string UnverifiedNote = "signature not verified: not in the sample";
    public const string NoUserNote = "no user";

    private static readonly string[] Numbers = ["status", "revocationReason", "revocationDate", "expireDate", "updateTime"];

    private const int MaxUsername = 250;
    private const int MaxSerial = 40; // hex digits; RFC 5280 §4.1.2.2 ends at 20 octets
    private const int CutLength = 250;
    private const int ReleasedReason = (int)RevocationReason.RemoveFromCrl;

    /// <param name="row">The row.</param>
    /// <param name="text">Base64 of its certificate from a table of its own, where the row has none.</param>
    public Mapped<ImportedCertificate> Map(LegacyRow row, string? text)
    {
        if (row.Problem is not null || (row.Text("base64Cert") ?? text) is not { } base64)
        {
            return Mapped<ImportedCertificate>.SetAside(row.Problem ?? "there is no certificate, neither in base64Cert nor in Base64CertData");
        }

        if (!Base64.Decode<Certificate>(base64).Succeeded(out Certificate? certificate, out Refusal? refusal))
        {
            return Mapped<ImportedCertificate>.SetAside($"base64Cert is no certificate: {refusal.Detail}");
        }

        if (Unstorable(row, certificate) is { } unstorable)
        {
            return Mapped<ImportedCertificate>.SetAside(unstorable);
        }

        string fingerprint = Convert.ToHexStringLower(SHA1.HashData(certificate.Encoded.Span));
        List<string> notes = [];
        string? problem = Contradiction(row, certificate, fingerprint, notes);
        if (problem is null && names.IssuerOf(certificate) is null)
        {
            problem = "no CA here has the name of its issuer: bring that CA in first";
        }

        if (problem is not null)
        {
            return Mapped<ImportedCertificate>.SetAside(problem);
        }

        CertificateAuthority ca = names.IssuerOf(certificate)!;
        return SignatureProblem(row, certificate, ca, notes) is { } forged
            ? Mapped<ImportedCertificate>.SetAside(forged)
            : Status(row, certificate, Common(row, certificate, ca, fingerprint, notes), notes);
    }

    private static string? Unstorable(LegacyRow row, Certificate certificate) =>
        row.Text("username") is { } username && (username.Length > MaxUsername || username.Any(char.IsControl) || !Storable.Is(username)) ? $"username is longer than {MaxUsername} characters or has control characters"
        : certificate.Serial.ToString().Length > MaxSerial ? "its serial number is longer than 20 octets"
        : !Storable.Is(certificate.Subject.ToString()) || !Storable.Is(certificate.SubjectAltName?.ToString()) ? "its names have characters that cannot be stored"
        : null;

    private string? Contradiction(LegacyRow row, Certificate certificate, string fingerprint, List<string> notes)
    {
        if (!string.Equals(row.Text("fingerprint"), fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            return "fingerprint is not the SHA-1 of the certificate";
        }

        if (row.Text("serialNumber") is { } serial && !(SerialNumber.FromDecimal(serial).Succeeded(out SerialNumber? number, out _) && number.Equals(certificate.Serial)))
        {
            return "serialNumber is not the certificate's";
        }

        if (row.Number64("expireDate") is { } expires && expires / 1000 != certificate.NotAfter.ToUnixTimeSeconds())
        {
            return "expireDate is not the certificate's";
        }

        return IssuerContradiction(row.Text("issuerDN"), certificate, notes);
    }

    // Old releases cut long names and changed characters in them; a text that means another CA of ours is more than that.
    private string? IssuerContradiction(string? text, Certificate certificate, List<string> notes)
    {
        if (text is null || (DistinguishedName.Parse(text).Succeeded(out DistinguishedName? issuer, out _) && issuer.Equals(certificate.Issuer)))
        {
            return null;
        }

        notes.Add(IssuerTextNote);
        return text.Length < CutLength && names.FindCa(text) is { } other ? $"issuerDN means CA '{other.Name}', the certificate another" : null;
    }

    /// <summary>A CA that was renewed with another key signed its older certificates with the older one.</summary>
    private string? SignatureProblem(LegacyRow row, Certificate certificate, CertificateAuthority ca, List<string> notes)
    {
        Certificate[] candidates = [.. names.GenerationsOf(ca).Where(generation => MaySign(generation, certificate))];
        if (candidates.Length == 0)
        {
            return $"another key of CA '{ca.Name}' has signed it: name that key's certificate as an older one";
        }

        if (!verifies(row.Number))
        {
            notes.Add(UnverifiedNote);
            return null;
        }

        return Array.Exists(candidates, generation => certificate.IsSignedBy(generation.PublicKey)) ? null : $"CA '{ca.Name}' has not signed it";
    }

    private static bool MaySign(Certificate issuer, Certificate certificate) =>
        certificate.AuthorityKeyIdentifier is not { } authority || issuer.SubjectKeyIdentifier is not { } own || authority.Span.SequenceEqual(own.Span);

    private ImportedCertificate Common(LegacyRow row, Certificate certificate, CertificateAuthority ca, string fingerprint, List<string> notes)
    {
        CertificateType type = !certificate.IsCa ? CertificateType.EndEntity : certificate.IsSelfIssued ? CertificateType.RootCa : CertificateType.SubCa;
        if (row.Number64("type") is { } column && column != (int)type)
        {
            notes.Add(TypeNote);
        }

        int? profile = names.CertificateProfile(row.Number32("certificateProfileId", 0));
        if (profile is null)
        {
            notes.Add(ProfileNote);
        }

        if (row.Text("username") is null)
        {
            notes.Add(NoUserNote);
        }

        return new()
        {
            Certificate = certificate,
            Fingerprint = fingerprint,
            CaId = ca.Id,
            Username = row.Text("username"),
            Type = type,
            CertificateProfileId = profile ?? SiteNames.UnknownProfile,
            EndEntityProfileId = names.EndEntityProfile(row.Number32("endEntityProfileId", 0)) ?? SiteNames.UnknownProfile,
            Status = CertificateStatus.Inactive,
            StatusChangedAt = Time(row.Number64("updateTime")) ?? certificate.NotBefore,
        };
    }

    private Mapped<ImportedCertificate> Status(LegacyRow row, Certificate certificate, ImportedCertificate common, List<string> notes)
    {
        int status = row.Number32("status", -1);
        int reason = row.Number32("revocationReason", -1);
        bool wasRevoked = reason is >= 0 and not ReleasedReason;
        if (Array.Find(Numbers, column => row.Text(column) is not null && row.Number64(column) is null) is { } unreadable)
        {
            return Mapped<ImportedCertificate>.SetAside($"{unreadable} is no number");
        }

        if (row.Number64("revocationReason") is < -1 or > 10)
        {
            return Mapped<ImportedCertificate>.SetAside("revocationReason is none of RFC 5280 §5.3.1");
        }

        if (status is 20 or 21 or 60 && reason == -1 && row.Number64("revocationDate") > 0)
        {
            return Mapped<ImportedCertificate>.SetAside($"status {status} without a reason says not revoked, revocationDate says revoked");
        }

        if (status is 20 or 21 && wasRevoked)
        {
            return Mapped<ImportedCertificate>.SetAside($"status {status} says active, revocationReason {reason} says revoked");
        }

        switch (status)
        {
            case 20 or 21:
                notes.AddRange([.. status == 21 ? [NotifiedNote] : (string[])[], .. reason == ReleasedReason ? [ReleasedNote] : (string[])[]]);
                return new(common with { Status = CertificateStatus.Active, RevocationReason = reason }, null, notes);
            case 40:
                return new(Revoked(row, common, certificate, reason, notes), null, notes);
            case 60 when wasRevoked:
                ImportedCertificate revoked = Revoked(row, common, certificate, reason, notes);
                if (certificate.NotAfter > now)
                {
                    notes.Add(UnexpiredNote); // it must be on CRLs until it expires (RFC 5280 §3.3); the CRL job archives it then
                    return new(revoked, null, notes);
                }

                return new(revoked with { Status = CertificateStatus.Archived }, null, notes);
            case 60:
                return new(common with { Status = CertificateStatus.Archived, RevocationReason = reason }, null, notes);
            case 0 or 10 or 11:
                notes.Add(InactiveNote);
                return new(common, null, notes);
            default:
                return Mapped<ImportedCertificate>.SetAside($"status {status} is none of 0, 10, 11, 20, 21, 40, 60");
        }
    }

    private static ImportedCertificate Revoked(LegacyRow row, ImportedCertificate common, Certificate certificate, int reason, List<string> notes)
    {
        bool known = reason is >= 0 and <= 10 and not 7 and not ReleasedReason;
        if (!known)
        {
            notes.Add(NoReasonNote);
        }

        DateTimeOffset? date = Time(row.Number64("revocationDate"));
        if (date is null)
        {
            notes.Add(NoDateNote);
        }

        return common with
        {
            Status = CertificateStatus.Revoked,
            RevocationReason = known ? reason : (int)RevocationReason.Unspecified,
            RevokedAt = date ?? Time(row.Number64("updateTime")) ?? certificate.NotBefore,
        };
    }

    /// <summary>Milliseconds since 1970; −1 and anything absurd are no time.</summary>
    internal static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value) : null;
}
