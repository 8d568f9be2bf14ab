namespace Pki.Protocols.Asn1;

/// <summary>Object identifiers of certificate and CRL extensions and of what they contain.</summary>
public static partial class Oids
{
    /// <summary>id-ce-subjectDirectoryAttributes, RFC 5280 §4.2.1.8.</summary>
    public const string SubjectDirectoryAttributes = "2.5.29.9";

    /// <summary>id-ce-subjectKeyIdentifier, RFC 5280 §4.2.1.2.</summary>
    public const string SubjectKeyIdentifier = "2.5.29.14";

    /// <summary>id-ce-keyUsage, RFC 5280 §4.2.1.3.</summary>
    public const string KeyUsage = "2.5.29.15";

    /// <summary>id-ce-privateKeyUsagePeriod, RFC 3280 §4.2.1.4.</summary>
    public const string PrivateKeyUsagePeriod = "2.5.29.16";

    /// <summary>id-ce-subjectAltName, RFC 5280 §4.2.1.6.</summary>
    public const string SubjectAltName = "2.5.29.17";

    /// <summary>id-ce-issuerAltName, RFC 5280 §4.2.1.7.</summary>
    public const string IssuerAltName = "2.5.29.18";

    /// <summary>id-ce-basicConstraints, RFC 5280 §4.2.1.9.</summary>
    public const string BasicConstraints = "2.5.29.19";

    /// <summary>id-ce-cRLNumber, RFC 5280 §5.2.3.</summary>
    public const string CrlNumber = "2.5.29.20";

    /// <summary>id-ce-cRLReasons, RFC 5280 §5.3.1.</summary>
    public const string CrlReason = "2.5.29.21";

    /// <summary>id-ce-invalidityDate, RFC 5280 §5.3.2.</summary>
    public const string InvalidityDate = "2.5.29.24";

    /// <summary>id-ce-deltaCRLIndicator, RFC 5280 §5.2.4.</summary>
    public const string DeltaCrlIndicator = "2.5.29.27";

    /// <summary>id-ce-issuingDistributionPoint, RFC 5280 §5.2.5.</summary>
    public const string IssuingDistributionPoint = "2.5.29.28";

    /// <summary>id-ce-certificateIssuer, RFC 5280 §5.3.3.</summary>
    public const string CertificateIssuer = "2.5.29.29";

    /// <summary>id-ce-nameConstraints, RFC 5280 §4.2.1.10.</summary>
    public const string NameConstraints = "2.5.29.30";

    /// <summary>id-ce-cRLDistributionPoints, RFC 5280 §4.2.1.13.</summary>
    public const string CrlDistributionPoints = "2.5.29.31";

    /// <summary>id-ce-certificatePolicies, RFC 5280 §4.2.1.4.</summary>
    public const string CertificatePolicies = "2.5.29.32";

    /// <summary>anyPolicy, RFC 5280 §4.2.1.4.</summary>
    public const string AnyPolicy = "2.5.29.32.0";

    /// <summary>id-ce-policyMappings, RFC 5280 §4.2.1.5.</summary>
    public const string PolicyMappings = "2.5.29.33";

    /// <summary>id-ce-authorityKeyIdentifier, RFC 5280 §4.2.1.1.</summary>
    public const string AuthorityKeyIdentifier = "2.5.29.35";

    /// <summary>id-ce-policyConstraints, RFC 5280 §4.2.1.11.</summary>
    public const string PolicyConstraints = "2.5.29.36";

    /// <summary>id-ce-extKeyUsage, RFC 5280 §4.2.1.12.</summary>
    public const string ExtendedKeyUsage = "2.5.29.37";

    /// <summary>anyExtendedKeyUsage, RFC 5280 §4.2.1.12.</summary>
    public const string AnyExtendedKeyUsage = "2.5.29.37.0";

    /// <summary>id-ce-freshestCRL, RFC 5280 §4.2.1.15.</summary>
    public const string FreshestCrl = "2.5.29.46";

    /// <summary>id-ce-inhibitAnyPolicy, RFC 5280 §4.2.1.14.</summary>
    public const string InhibitAnyPolicy = "2.5.29.54";

    /// <summary>id-pe-authorityInfoAccess, RFC 5280 §4.2.2.1.</summary>
    public const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    /// <summary>id-pe-qcStatements, RFC 3739 §3.2.6.</summary>
    public const string QcStatements = "1.3.6.1.5.5.7.1.3";

    /// <summary>id-qt-cps, RFC 5280 §4.2.1.4.</summary>
    public const string PolicyQualifierCps = "1.3.6.1.5.5.7.2.1";

    /// <summary>id-qt-unotice, RFC 5280 §4.2.1.4.</summary>
    public const string PolicyQualifierUserNotice = "1.3.6.1.5.5.7.2.2";

    /// <summary>id-ad-ocsp, RFC 5280 §4.2.2.1.</summary>
    public const string AccessOcsp = "1.3.6.1.5.5.7.48.1";

    /// <summary>id-ad-caIssuers, RFC 5280 §4.2.2.1.</summary>
    public const string AccessCaIssuers = "1.3.6.1.5.5.7.48.2";

    /// <summary>id-pkix-ocsp-nocheck, RFC 6960 §4.2.2.2.1.</summary>
    public const string OcspNoCheck = "1.3.6.1.5.5.7.48.1.5";

    /// <summary>id-kp-serverAuth, RFC 5280 §4.2.1.12.</summary>
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";

    /// <summary>id-kp-clientAuth, RFC 5280 §4.2.1.12.</summary>
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    /// <summary>id-kp-codeSigning, RFC 5280 §4.2.1.12.</summary>
    public const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    /// <summary>id-kp-emailProtection, RFC 5280 §4.2.1.12.</summary>
    public const string EmailProtection = "1.3.6.1.5.5.7.3.4";

    /// <summary>id-kp-timeStamping, RFC 5280 §4.2.1.12.</summary>
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    /// <summary>id-kp-OCSPSigning, RFC 5280 §4.2.1.12.</summary>
    public const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    /// <summary>id-kp-cmcCA, RFC 6402 §2.10.</summary>
    public const string CmcCa = "1.3.6.1.5.5.7.3.27";

    /// <summary>id-kp-cmcRA, RFC 6402 §2.10.</summary>
    public const string CmcRa = "1.3.6.1.5.5.7.3.28";

    /// <summary>id-kp-cmcArchive, RFC 6402 §2.10.</summary>
    public const string CmcArchive = "1.3.6.1.5.5.7.3.29";

    /// <summary>id-kp-cmKGA, RFC 9810 §4.5.</summary>
    public const string CmKga = "1.3.6.1.5.5.7.3.32";

    /// <summary>szOID_ENROLL_CERTTYPE_EXTENSION: certificate template name (SCEP.md R-07).</summary>
    public const string MicrosoftTemplateName = "1.3.6.1.4.1.311.20.2";

    /// <summary>szOID_CERTIFICATE_TEMPLATE: certificate template id and version (SCEP.md R-07).</summary>
    public const string MicrosoftTemplateId = "1.3.6.1.4.1.311.21.7";
}
