using System.Text.Json.Serialization;
using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Pki.Protocols.X509;

namespace Ca.Core.Profiles;

/// <summary>What certificates made under it look like (CA_CORE §5).</summary>
public sealed record CertificateProfile
{
    /// <summary>Below 1000: fixed, cannot be changed.</summary>
    [JsonIgnore]
    public int Id { get; init; }

    /// <summary>Unique name.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";

    /// <summary>End entity, sub CA or root CA.</summary>
    public CertificateType Type { get; init; } = CertificateType.EndEntity;

    /// <summary>See <see cref="Profiles.Validity"/>.</summary>
    public string Validity { get; init; } = "730d";

    /// <summary>Dates of the end entity, or of the request, may replace it.</summary>
    public bool AllowValidityOverride { get; init; }

    /// <summary>Extensions of the request replace those of the profile, never CA rights.</summary>
    public bool AllowExtensionOverride { get; init; }

    /// <summary>The subject of the request, byte for byte, replaces that of the end entity.</summary>
    public bool AllowDnOverride { get; init; }

    /// <summary>The key usage of the request replaces that of the profile, never CA rights.</summary>
    public bool AllowKeyUsageOverride { get; init; }

    /// <summary>A revocation may be dated back.</summary>
    public bool AllowBackdatedRevocation { get; init; }

    /// <summary>Public keys that may be certified: RSA2048 … RSA8192, P-256, P-384, P-521.</summary>
    public IReadOnlyList<string> AllowedKeys { get; init; } = ["RSA2048", "RSA3072", "RSA4096", "RSA6144", "RSA8192", "P-256", "P-384", "P-521"];

    /// <summary>Digest of the signature: SHA256, SHA384, SHA512; null: the CA's.</summary>
    public string? SignatureDigest { get; init; }

    /// <summary>RFC 5280 §4.2.1.9.</summary>
    public BasicConstraintsRule BasicConstraints { get; init; } = new();

    /// <summary>RFC 5280 §4.2.1.3.</summary>
    public KeyUsageRule KeyUsage { get; init; } = new();

    /// <summary>RFC 5280 §4.2.1.12.</summary>
    public ExtendedKeyUsageRule ExtendedKeyUsage { get; init; } = new();

    /// <summary>RFC 5280 §4.2.1.2: SHA-1 of the key.</summary>
    public bool UseSubjectKeyIdentifier { get; init; } = true;

    /// <summary>RFC 5280 §4.2.1.1: the signer's subject key identifier.</summary>
    public bool UseAuthorityKeyIdentifier { get; init; } = true;

    /// <summary>RFC 5280 §4.2.1.6.</summary>
    public ExtensionRule SubjectAltName { get; init; } = new() { Use = true };

    /// <summary>RFC 5280 §4.2.1.13.</summary>
    public DistributionPointRule CrlDistributionPoints { get; init; } = new();

    /// <summary>RFC 5280 §4.2.2.1.</summary>
    public InformationAccessRule AuthorityInformationAccess { get; init; } = new();

    /// <summary>RFC 5280 §4.2.1.4.</summary>
    public PoliciesRule CertificatePolicies { get; init; } = new();

    /// <summary>id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1).</summary>
    public bool OcspNoCheck { get; init; }

    /// <summary>Extensions with a fixed value.</summary>
    public IReadOnlyList<CustomExtension> CustomExtensions { get; init; } = [];

    /// <summary>Text appended to the common name of each certificate.</summary>
    public string? CommonNamePostfix { get; init; }

    /// <summary>When not empty, only these subject attributes (CN, O …) get into the certificate.</summary>
    public IReadOnlyList<string> SubjectSubset { get; init; } = [];

    /// <summary>When not empty, only these SAN types (dNSName …) get into the certificate.</summary>
    public IReadOnlyList<string> SubjectAltNameSubset { get; init; } = [];

    /// <summary>CN first in the encoding; effective only if the CA says so too.</summary>
    public bool LdapDnOrder { get; init; } = true;

    /// <summary>Names of the CAs that may use it; empty: any.</summary>
    public IReadOnlyList<string> AvailableCas { get; init; } = [];

    /// <summary>How many people must agree to what; where the CA demands more, its number counts (APPROVALS §2.1).</summary>
    public ApprovalRules Approvals { get; init; } = new();
}

/// <summary>An extension that is used or not, critical or not.</summary>
public record ExtensionRule
{
    /// <summary>It goes into the certificate.</summary>
    public bool Use { get; init; }

    /// <summary>It is marked critical.</summary>
    public bool Critical { get; init; }
}

/// <summary>Basic constraints; the path length only for CAs.</summary>
public sealed record BasicConstraintsRule
{
    /// <summary>It goes into the certificate.</summary>
    public bool Use { get; init; } = true;

    /// <summary>It is marked critical.</summary>
    public bool Critical { get; init; } = true;

    /// <summary>pathLenConstraint; null: none.</summary>
    public int? PathLength { get; init; }
}

/// <summary>Key usage.</summary>
public sealed record KeyUsageRule
{
    /// <summary>It goes into the certificate.</summary>
    public bool Use { get; init; } = true;

    /// <summary>It is marked critical.</summary>
    public bool Critical { get; init; } = true;

    /// <summary>The bits, comma separated.</summary>
    public KeyUsages Usages { get; init; } = KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment;
}

/// <summary>Extended key usage.</summary>
public sealed record ExtendedKeyUsageRule : ExtensionRule
{
    /// <summary>OIDs.</summary>
    public IReadOnlyList<string> Purposes { get; init; } = [];
}

/// <summary>CRL distribution points.</summary>
public sealed record DistributionPointRule : ExtensionRule
{
    /// <summary>The CA's own, instead of these.</summary>
    public bool UseCaDefined { get; init; }

    /// <summary>Where the CRL is.</summary>
    public IReadOnlyList<string> Uris { get; init; } = [];
}

/// <summary>Authority information access.</summary>
public sealed record InformationAccessRule
{
    /// <summary>It goes into the certificate.</summary>
    public bool Use { get; init; }

    /// <summary>The CA's own, instead of these.</summary>
    public bool UseCaDefined { get; init; }

    /// <summary>OCSP responder; null: none.</summary>
    public string? OcspLocator { get; init; }

    /// <summary>Where the CA certificate is.</summary>
    public IReadOnlyList<string> CaIssuers { get; init; } = [];
}

/// <summary>Certificate policies.</summary>
public sealed record PoliciesRule : ExtensionRule
{
    /// <summary>Policy OIDs.</summary>
    public IReadOnlyList<CertificatePolicy> Policies { get; init; } = [];
}

/// <summary>One policy.</summary>
/// <param name="Oid">Its OID.</param>
/// <param name="PracticeStatement">Where its text is.</param>
public sealed record CertificatePolicy(string Oid, string? PracticeStatement = null);

/// <summary>An extension with a fixed value.</summary>
/// <param name="Oid">Its OID.</param>
/// <param name="Value">The extension's value in DER, as hex.</param>
/// <param name="Critical">Marked critical.</param>
public sealed record CustomExtension(string Oid, string Value, bool Critical = false);
