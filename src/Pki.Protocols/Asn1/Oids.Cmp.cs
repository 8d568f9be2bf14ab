namespace Pki.Protocols.Asn1;

/// <summary>Object identifiers of CMP and CRMF.</summary>
public static partial class Oids
{
    /// <summary>id-PasswordBasedMac, RFC 4211 §4.4.</summary>
    public const string PasswordBasedMac = "1.2.840.113533.7.66.13";

    /// <summary>id-DHBasedMac, RFC 4210 §5.1.3.2. Recognised, not supported.</summary>
    public const string DhBasedMac = "1.2.840.113533.7.66.30";

    /// <summary>id-KemBasedMac, RFC 9810 §5.1.3.4. Recognised, not supported.</summary>
    public const string KemBasedMac = "1.2.840.113533.7.66.16";

    /// <summary>id-PBMAC1, RFC 8018 §7.1.</summary>
    public const string Pbmac1 = "1.2.840.113549.1.5.14";

    /// <summary>id-PBKDF2, RFC 8018 §5.2.</summary>
    public const string Pbkdf2 = "1.2.840.113549.1.5.12";

    /// <summary>hmac-SHA1 of the IETF arc, RFC 3370 §3.1; the same MAC as <see cref="HmacWithSha1"/>.</summary>
    public const string HmacSha1Ietf = "1.3.6.1.5.5.8.1.2";

    /// <summary>id-hmacWithSHA384, RFC 8018 appendix B.1.2.</summary>
    public const string HmacWithSha384 = "1.2.840.113549.2.10";

    /// <summary>id-hmacWithSHA512, RFC 8018 appendix B.1.2.</summary>
    public const string HmacWithSha512 = "1.2.840.113549.2.11";

    /// <summary>id-sha3-256, FIPS 202.</summary>
    public const string Sha3With256 = "2.16.840.1.101.3.4.2.8";

    /// <summary>id-sha3-384, FIPS 202.</summary>
    public const string Sha3With384 = "2.16.840.1.101.3.4.2.9";

    /// <summary>id-sha3-512, FIPS 202.</summary>
    public const string Sha3With512 = "2.16.840.1.101.3.4.2.10";

    /// <summary>id-hmacWithSHA3-256, FIPS 202.</summary>
    public const string HmacWithSha3With256 = "2.16.840.1.101.3.4.2.14";

    /// <summary>id-hmacWithSHA3-384, FIPS 202.</summary>
    public const string HmacWithSha3With384 = "2.16.840.1.101.3.4.2.15";

    /// <summary>id-hmacWithSHA3-512, FIPS 202.</summary>
    public const string HmacWithSha3With512 = "2.16.840.1.101.3.4.2.16";

    /// <summary>id-shake256, RFC 8702 §2: 512 bits of output.</summary>
    public const string Shake256 = "2.16.840.1.101.3.4.2.12";

    /// <summary>id-regCtrl-regToken, RFC 4211 §6.1: UTF8String.</summary>
    public const string RegToken = "1.3.6.1.5.5.7.5.1.1";

    /// <summary>id-regCtrl-authenticator, RFC 4211 §6.2: UTF8String.</summary>
    public const string Authenticator = "1.3.6.1.5.5.7.5.1.2";

    /// <summary>id-regCtrl-pkiPublicationInfo, RFC 4211 §6.3.</summary>
    public const string PkiPublicationInfo = "1.3.6.1.5.5.7.5.1.3";

    /// <summary>id-regCtrl-pkiArchiveOptions, RFC 4211 §6.4.</summary>
    public const string PkiArchiveOptions = "1.3.6.1.5.5.7.5.1.4";

    /// <summary>id-regCtrl-oldCertID, RFC 4211 §6.5: CertId.</summary>
    public const string OldCertId = "1.3.6.1.5.5.7.5.1.5";

    /// <summary>id-regCtrl-protocolEncrKey, RFC 4211 §6.6: SubjectPublicKeyInfo.</summary>
    public const string ProtocolEncrKey = "1.3.6.1.5.5.7.5.1.6";

    /// <summary>id-regCtrl-altCertTemplate, RFC 9810 appendix D.1: a list of attributes.</summary>
    public const string AltCertTemplate = "1.3.6.1.5.5.7.5.1.7";

    /// <summary>id-regCtrl-algId, RFC 9810 §5.3.19.16: AlgorithmIdentifier.</summary>
    public const string AlgIdControl = "1.3.6.1.5.5.7.5.1.11";

    /// <summary>id-regCtrl-rsaKeyLen, RFC 9810 §5.3.19.16: INTEGER.</summary>
    public const string RsaKeyLenControl = "1.3.6.1.5.5.7.5.1.12";

    /// <summary>id-regInfo-utf8Pairs, RFC 4211 §7.1: UTF8String.</summary>
    public const string Utf8Pairs = "1.3.6.1.5.5.7.5.2.1";

    /// <summary>id-regInfo-certReq, RFC 4211 §7.2: CertRequest.</summary>
    public const string CertReqInfo = "1.3.6.1.5.5.7.5.2.2";

    /// <summary>id-it-caProtEncCert, RFC 9810 §5.3.19.1: a certificate.</summary>
    public const string CaProtEncCert = "1.3.6.1.5.5.7.4.1";

    /// <summary>id-it-signKeyPairTypes, RFC 9810 §5.3.19.2: a list of algorithms.</summary>
    public const string SignKeyPairTypes = "1.3.6.1.5.5.7.4.2";

    /// <summary>id-it-encKeyPairTypes, RFC 9810 §5.3.19.3: a list of algorithms.</summary>
    public const string EncKeyPairTypes = "1.3.6.1.5.5.7.4.3";

    /// <summary>id-it-preferredSymmAlg, RFC 9810 §5.3.19.4: an algorithm.</summary>
    public const string PreferredSymmAlg = "1.3.6.1.5.5.7.4.4";

    /// <summary>id-it-caKeyUpdateInfo, RFC 9810 §5.3.19.5: CAKeyUpdContent.</summary>
    public const string CaKeyUpdateInfo = "1.3.6.1.5.5.7.4.5";

    /// <summary>id-it-currentCRL, RFC 9810 §5.3.19.6: a CRL.</summary>
    public const string CurrentCrl = "1.3.6.1.5.5.7.4.6";

    /// <summary>id-it-unsupportedOIDs, RFC 9810 §5.3.19.7: a list of OIDs.</summary>
    public const string UnsupportedOids = "1.3.6.1.5.5.7.4.7";

    /// <summary>id-it-keyPairParamReq, RFC 9810 §5.3.19.8: an OID.</summary>
    public const string KeyPairParamReq = "1.3.6.1.5.5.7.4.10";

    /// <summary>id-it-keyPairParamRep, RFC 9810 §5.3.19.8: an algorithm.</summary>
    public const string KeyPairParamRep = "1.3.6.1.5.5.7.4.11";

    /// <summary>id-it-revPassphrase, RFC 9810 §5.3.19.9: EncryptedKey.</summary>
    public const string RevPassphrase = "1.3.6.1.5.5.7.4.12";

    /// <summary>id-it-implicitConfirm, RFC 9810 §5.1.1.1: NULL.</summary>
    public const string ImplicitConfirm = "1.3.6.1.5.5.7.4.13";

    /// <summary>id-it-confirmWaitTime, RFC 9810 §5.1.1.2: GeneralizedTime.</summary>
    public const string ConfirmWaitTime = "1.3.6.1.5.5.7.4.14";

    /// <summary>id-it-origPKIMessage, RFC 9810 §5.1.1.3: PKIMessages.</summary>
    public const string OrigPkiMessage = "1.3.6.1.5.5.7.4.15";

    /// <summary>id-it-suppLangTags, RFC 9810 §5.3.19.13: a list of UTF8Strings.</summary>
    public const string SuppLangTags = "1.3.6.1.5.5.7.4.16";

    /// <summary>id-it-caCerts, RFC 9810 §5.3.19.14: a list of certificates.</summary>
    public const string CaCerts = "1.3.6.1.5.5.7.4.17";

    /// <summary>id-it-rootCaKeyUpdate, RFC 9810 §5.3.19.15: RootCaKeyUpdateContent.</summary>
    public const string RootCaKeyUpdate = "1.3.6.1.5.5.7.4.18";

    /// <summary>id-it-certReqTemplate, RFC 9810 §5.3.19.16: CertReqTemplateContent.</summary>
    public const string CertReqTemplate = "1.3.6.1.5.5.7.4.19";

    /// <summary>id-it-rootCaCert, RFC 9810 §5.3.19.15: a certificate.</summary>
    public const string RootCaCert = "1.3.6.1.5.5.7.4.20";

    /// <summary>id-it-certProfile, RFC 9810 §5.1.1.4: a list of UTF8Strings.</summary>
    public const string CertProfile = "1.3.6.1.5.5.7.4.21";

    /// <summary>id-it-crlStatusList, RFC 9810 §5.3.19.17: a list of CRLStatus.</summary>
    public const string CrlStatusList = "1.3.6.1.5.5.7.4.22";

    /// <summary>id-it-crls, RFC 9810 §5.3.19.17: a list of CRLs.</summary>
    public const string Crls = "1.3.6.1.5.5.7.4.23";

    /// <summary>id-it-KemCiphertextInfo, RFC 9810 §5.3.19.18.</summary>
    public const string KemCiphertextInfo = "1.3.6.1.5.5.7.4.24";
}
