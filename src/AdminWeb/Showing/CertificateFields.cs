using System.Globalization;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace AdminWeb.Showing;

/// <summary>One line of a decoded certificate.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">As text; null: there is none.</param>
/// <param name="IsCode">It is compared character by character: shown in a fixed-width font.</param>
internal sealed record Field(string Name, string? Value, bool IsCode = false);

/// <summary>A certificate decoded for people.</summary>
internal static class CertificateFields
{
    private static readonly Dictionary<string, string> Purposes = new(StringComparer.Ordinal)
    {
        ["1.3.6.1.5.5.7.3.1"] = "TLS server",
        ["1.3.6.1.5.5.7.3.2"] = "TLS client",
        ["1.3.6.1.5.5.7.3.3"] = "code signing",
        ["1.3.6.1.5.5.7.3.4"] = "e-mail protection",
        ["1.3.6.1.5.5.7.3.5"] = "IPsec end system",
        ["1.3.6.1.5.5.7.3.7"] = "IPsec user",
        ["1.3.6.1.5.5.7.3.8"] = "time stamping",
        ["1.3.6.1.5.5.7.3.9"] = "OCSP signing",
        ["1.3.6.1.5.5.7.3.17"] = "IPsec IKE",
        ["2.5.29.37.0"] = "any",
    };

    private static readonly Dictionary<string, string> ExtensionNames = new(StringComparer.Ordinal)
    {
        [Oids.BasicConstraints] = "basic constraints",
        [Oids.KeyUsage] = "key usage",
        [Oids.ExtendedKeyUsage] = "extended key usage",
        [Oids.SubjectAltName] = "subject alternative names",
        [Oids.SubjectKeyIdentifier] = "subject key identifier",
        [Oids.AuthorityKeyIdentifier] = "authority key identifier",
        [Oids.AuthorityInformationAccess] = "authority information access",
        [Oids.CrlDistributionPoints] = "CRL distribution points",
        [Oids.CertificatePolicies] = "certificate policies",
    };

    /// <summary>What it says, in the order people ask.</summary>
    public static IEnumerable<Field> Of(Certificate certificate)
    {
        yield return new("Issuer", certificate.Issuer.ToString());
        yield return new("Alternative names", certificate.SubjectAltName?.ToString());
        yield return new("Valid from", Show.Time(certificate.NotBefore));
        yield return new("Valid until", Show.Time(certificate.NotAfter));
        yield return new("Key", certificate.PublicKey.Description);
        yield return new("Signature algorithm", certificate.SignatureAlgorithm.ToString() ?? "");
        yield return new("Key usage", certificate.KeyUsage?.ToString() ?? "any");
        yield return new("Extended key usage", certificate.ExtendedKeyUsage.Count == 0 ? "any" : string.Join(", ", certificate.ExtendedKeyUsage.Select(Purpose)));
        yield return new("CA certificate", certificate.IsCa ? PathLength(certificate) : "no");
        yield return new("Other extensions", string.Join(", ", certificate.Extensions.Select(Extension)));
    }

    /// <summary>What people compare over the telephone.</summary>
    public static IEnumerable<Field> Fingerprints(Certificate certificate)
    {
        yield return new("SHA-256", Show.Fingerprint(certificate.Sha256Fingerprint()), IsCode: true);
        yield return new("SHA-1", Show.Fingerprint(certificate.Sha1Fingerprint()), IsCode: true);
        yield return new("MD5", Show.Fingerprint(MD5.HashData(certificate.Encoded.Span)), IsCode: true);
        yield return new("Public key SHA-256", Show.Fingerprint(certificate.PublicKey.Sha256()), IsCode: true);
        yield return new("Subject key identifier", certificate.SubjectKeyIdentifier is { } id ? Show.Fingerprint(id.Span) : null, IsCode: true);
    }

    private static string Purpose(string oid) => Purposes.GetValueOrDefault(oid, oid);

    private static string Extension(CertificateExtension extension) =>
        ExtensionNames.GetValueOrDefault(extension.Oid, extension.Oid) + (extension.Critical ? " (critical)" : "");

    private static string PathLength(Certificate certificate) =>
        certificate.PathLength is { } length ? string.Create(CultureInfo.InvariantCulture, $"yes, path length {length}") : "yes";
}
