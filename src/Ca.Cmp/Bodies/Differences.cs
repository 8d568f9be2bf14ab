using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>
/// What of a certificate is not as it was asked for: its owner shall look at it and not find out later (CMP-O-7, C-2, C-4).
/// </summary>
internal static class Differences
{
    // Certificates tell whole seconds, orders whole minutes.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        [Oids.KeyUsage] = "keyUsage",
        [Oids.ExtendedKeyUsage] = "extKeyUsage",
        [Oids.BasicConstraints] = "basicConstraints",
        [Oids.CertificatePolicies] = "certificatePolicies",
    };

    /// <summary>accepted, or grantedWithMods that names what was changed.</summary>
    /// <param name="subject">The name asked for; null where none was.</param>
    /// <param name="wanted">What else was asked for.</param>
    /// <param name="issued">What was issued.</param>
    public static PkiStatusInfo StatusOf(DistinguishedName? subject, Wanted wanted, Certificate issued)
    {
        string[] changed = [.. Find(subject, wanted, issued).Distinct(StringComparer.Ordinal)];
        return changed.Length == 0 ? PkiStatusInfo.Accepted : new(PkiStatus.GrantedWithMods, PkiFreeText.Of("CMP-O-7: not as asked for: " + string.Join(", ", changed)));
    }

    /// <summary>The same as a refusal, for aliases that issue all or nothing; null when all is as asked for.</summary>
    public static Refusal? ObjectionTo(DistinguishedName? subject, Wanted wanted, Certificate planned) =>
        string.Join(", ", Find(subject, wanted, planned).Distinct(StringComparer.Ordinal)) is { Length: > 0 } changed ? new(RefusalCode.PolicyViolation, "Not as asked for: " + changed) : null;

    private static IEnumerable<string> Find(DistinguishedName? subject, Wanted wanted, Certificate issued)
    {
        if (subject is { IsEmpty: false } && !subject.Equals(issued.Subject))
        {
            yield return "subject";
        }

        if (wanted.AltNames is { } names && names != issued.SubjectAltName?.ToString())
        {
            yield return "subjectAltName";
        }

        if (Differs(wanted.Validity?.NotBefore, issued.NotBefore) || Differs(wanted.Validity?.NotAfter, issued.NotAfter))
        {
            yield return "validity";
        }

        foreach (CertificateExtension extension in wanted.Key.RequestedExtensions)
        {
            if (extension.Oid != Oids.SubjectAltName && !(issued.Extension(extension.Oid) is { } found && found.Value.Span.SequenceEqual(extension.Value.Span)))
            {
                yield return Names.GetValueOrDefault(extension.Oid, "extensions");
            }
        }
    }

    private static bool Differs(DateTimeOffset? wanted, DateTimeOffset issued) => wanted is { } time && (time - issued).Duration() > Tolerance;
}
