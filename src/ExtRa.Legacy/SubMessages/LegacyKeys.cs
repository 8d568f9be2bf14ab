namespace ExtRa.Legacy.SubMessages;

/// <summary>The keys of the maps, in their spelling (WIRE.md 7.3 to 7.5): the letter case differs and counts.</summary>
internal static class LegacyKeys
{
    public const string ClassType = "CLASSTYPE";
    public const string Version = "version";
    public const string RequestId = "REQUESTID";
    public const string Success = "SUCCESS";
    public const string FailInfo = "FAILINFO";

    public const string Username = "USERNAME";
    public const string SubjectDn = "SUBJECTDN";
    public const string SubjectAltName = "SUBJECTALTNAME";
    public const string Email = "EMAIL";
    public const string SubjectDirAttributes = "SUBJECTDIRATTRIBUTES";
    public const string EndEntityProfileName = "ENDENTITYPROFILENAME";
    public const string CertificateProfileName = "CERTIFICATEPROFILENAME";
    public const string CaName = "CANAME";
    public const string CreateOrEditUser = "CREATEOREDITEUSER"; // sic

    public const string Pkcs10 = "PKCS10";
    public const string Password = "PASSWORD";
    public const string LowerPassword = "password";
    public const string KeyAlg = "KEYALG";
    public const string KeySpec = "KEYSPEC";
    public const string KeySize = "KEYSIZE";
    public const string StoreKeys = "STOREKEYS";
    public const string ReuseCertificate = "REUSECERTIFICATE";
    public const string IssuerDn = "ISSUERDN";
    public const string CertificateSn = "CERTIFICATESN";
    public const string CertificateSerialNo = "certificateserialno";
    public const string RequestType = "requestType"; // in answers it holds the response type, sic
    public const string ResponseData = "responseData"; // in requests it holds the request, sic
    public const string ResponseType = "responseType";
    public const string Status = "STATUS";
    public const string Type = "TYPE";
    public const string TokenName = "TOKENNAME";
    public const string IssuerName = "ISSUERNAME";
    public const string RevocationReason = "REVOCATIONREASON";
    public const string RevokeAll = "REVOKEALL";
    public const string RevokeUser = "REVOKEUSER";
    public const string AuthCert = "AUTHCERT";
    public const string SignCert = "SIGNCERT";
    public const string AuthPkcs10 = "AUTHPKCS10";
    public const string SignPkcs10 = "SIGNPKCS10";
    public const string AuthProfile = "AUTHPROFILE";
    public const string SignProfile = "SIGNPROFILE";
    public const string AuthCa = "AUTHCA";
    public const string SignCa = "SIGNCA";

    public const string Certificate = "CERTIFICATE";
    public const string Pkcs7 = "PKCS7";
    public const string KeyStore = "KEYSTORE";
    public const string LowerKeyStore = "keystore";
    public const string KeyStoreType = "keystoretype";
}
