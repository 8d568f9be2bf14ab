using System.Globalization;
using Ca.Cmp.Rules;
using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>
/// From what a client asks for to what the CA is asked for. An RA names the end entity, its subject and its alternative
/// names; an end entity gets what it was registered with, whatever its template says (CMP-M-1, M-3).
/// </summary>
internal static class IssuanceOrders
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm";

    public static Checked<IssuanceRequest> OrderOf(Exchange exchange, Enrolment wanted)
    {
        if (!ProfileRules.Choose(exchange).Succeeded(out CertificateProfile? profile, out CmpFailure? failure))
        {
            return failure;
        }

        return wanted.Updated is { } updated ? Update(exchange, wanted.Wanted, updated.Username!, updated)
            : exchange.Requester.IsRa ? ForAnybody(exchange, wanted.Wanted, profile)
            : ForItself(exchange, wanted.Wanted, wanted.Username!);
    }

    private static IssuanceRequest Base(Exchange exchange, Wanted wanted, string username) => new()
    {
        Actor = exchange.Requester.Actor,
        PlanKey = exchange.Key,
        Username = username,
        Request = wanted.Key,
    };

    /// <summary>RA mode (CMP-M-3).</summary>
    private static Checked<IssuanceRequest> ForAnybody(Exchange exchange, Wanted wanted, CertificateProfile profile)
    {
        if (wanted.Subject is not { } subject || (subject.IsEmpty && string.IsNullOrEmpty(wanted.AltNames)))
        {
            return new CmpFailure(PkiFailureInfo.BadCertTemplate, "CMP-C-3", "The subject is missing."); // empty: only with alternative names, where the profile allows it
        }

        if (UsernameMaker.Make(exchange.Alias.NameGeneration, subject, exchange.Key) is not { Length: > 0 } username)
        {
            return new CmpFailure(PkiFailureInfo.BadCertTemplate, "CMP-A-12", "The subject lacks what the user name is made of.");
        }

        OptionalValidity? validity = profile.AllowValidityOverride ? wanted.Validity : null; // CMP-C-2
        return Base(exchange, wanted, username) with
        {
            SubjectDn = subject.ToString(),
            SubjectAltName = wanted.AltNames,
            CaName = exchange.Ca.Name,
            CertificateProfile = profile.Name,
            EndEntityProfile = exchange.Alias.EndEntityProfile,
            CreateOrEditUser = true,
            StartTime = TextOf(validity?.NotBefore),
            EndTime = TextOf(validity?.NotAfter),
        };
    }

    /// <summary>Client mode: everything as registered. Holders of a certificate prove with it who they are (CMP-M-6).</summary>
    private static Checked<IssuanceRequest> ForItself(Exchange exchange, Wanted wanted, string username) => exchange.Requester.Own is { } own
        ? Update(exchange, wanted, username, own)
        : Base(exchange, wanted, username) with { Request = wanted.Key.Nameless(), CaName = exchange.Ca.Name, Secret = exchange.Requester.Code?.Value, ProvenCode = exchange.Requester.ProvenCode };

    /// <summary>
    /// Same names, new key (CMP-O-4, M-6). A template with another subject is not silently corrected; other names in it are as
    /// for a first certificate: what is registered counts, and the answer says so.
    /// </summary>
    private static Checked<IssuanceRequest> Update(Exchange exchange, Wanted wanted, string username, CertificateView old)
    {
        Certificate certificate = Der.DecodeBer<Certificate>(old.Encoded).OrThrow();
        if (wanted.Subject is { IsEmpty: false } subject && !subject.Equals(certificate.Subject))
        {
            return new CmpFailure(PkiFailureInfo.BadCertTemplate, "CMP-O-4", "The subject is not that of the certificate shown.");
        }

        // Only who has signed with it holds it (FLAWS E11): an RA that names it asks on its own account.
        IssuanceRequest order = Base(exchange, wanted, username) with { Request = wanted.Key.Nameless(), CaName = exchange.Ca.Name };
        return exchange.Requester.Own?.Fingerprint == old.Fingerprint ? order with { RenewedCertificate = certificate } : order with { ReplacedCertificate = certificate };
    }

    private static string? TextOf(DateTimeOffset? time) => time?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
