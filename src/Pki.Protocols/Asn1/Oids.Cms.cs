namespace Pki.Protocols.Asn1;

/// <summary>Object identifiers of CMS, PKCS #9 and SCEP.</summary>
public static partial class Oids
{
    /// <summary>id-data, RFC 5652 §4.</summary>
    public const string Data = "1.2.840.113549.1.7.1";

    /// <summary>id-signedData, RFC 5652 §5.1.</summary>
    public const string SignedData = "1.2.840.113549.1.7.2";

    /// <summary>id-envelopedData, RFC 5652 §6.1.</summary>
    public const string EnvelopedData = "1.2.840.113549.1.7.3";

    /// <summary>id-ct-KP-aKeyPackage, RFC 5958 §2.</summary>
    public const string AsymmetricKeyPackage = "2.16.840.1.101.2.1.2.78.5";

    /// <summary>id-ct-authEnvelopedData, RFC 5083 §2.1.</summary>
    public const string AuthEnvelopedData = "1.2.840.113549.1.9.16.1.23";

    /// <summary>emailAddress, RFC 2985 §5.2.1.</summary>
    public const string EmailAddress = "1.2.840.113549.1.9.1";

    /// <summary>unstructuredName, RFC 2985 §5.4.1.</summary>
    public const string UnstructuredName = "1.2.840.113549.1.9.2";

    /// <summary>contentType, RFC 5652 §11.1.</summary>
    public const string ContentType = "1.2.840.113549.1.9.3";

    /// <summary>messageDigest, RFC 5652 §11.2.</summary>
    public const string MessageDigest = "1.2.840.113549.1.9.4";

    /// <summary>signingTime, RFC 5652 §11.3.</summary>
    public const string SigningTime = "1.2.840.113549.1.9.5";

    /// <summary>challengePassword, RFC 2985 §5.4.1.</summary>
    public const string ChallengePassword = "1.2.840.113549.1.9.7";

    /// <summary>unstructuredAddress, RFC 2985 §5.4.1.</summary>
    public const string UnstructuredAddress = "1.2.840.113549.1.9.8";

    /// <summary>extensionRequest, RFC 2985 §5.4.2.</summary>
    public const string ExtensionRequest = "1.2.840.113549.1.9.14";

    /// <summary>friendlyName, RFC 2985 §5.5.1.</summary>
    public const string FriendlyName = "1.2.840.113549.1.9.20";

    /// <summary>localKeyId, RFC 2985 §5.5.2.</summary>
    public const string LocalKeyId = "1.2.840.113549.1.9.21";

    /// <summary>smimeCapabilities, RFC 8551 §2.5.2.</summary>
    public const string SmimeCapabilities = "1.2.840.113549.1.9.15";

    /// <summary>szOID_RSA_certExtensions: Microsoft's extensionRequest (SCEP.md R-07).</summary>
    public const string MicrosoftExtensionRequest = "1.3.6.1.4.1.311.2.1.14";

    /// <summary>VeriSign's id-extensionReq, the SCEP drafts' extensionRequest (SCEP.md R-07).</summary>
    public const string VeriSignExtensionRequest = "2.16.840.1.113733.1.9.8";

    /// <summary>id-messageType, RFC 8894 §3.2.1.2.</summary>
    public const string ScepMessageType = "2.16.840.1.113733.1.9.2";

    /// <summary>id-pkiStatus, RFC 8894 §3.2.1.3.</summary>
    public const string ScepPkiStatus = "2.16.840.1.113733.1.9.3";

    /// <summary>id-failInfo, RFC 8894 §3.2.1.4.</summary>
    public const string ScepFailInfo = "2.16.840.1.113733.1.9.4";

    /// <summary>id-senderNonce, RFC 8894 §3.2.1.5.</summary>
    public const string ScepSenderNonce = "2.16.840.1.113733.1.9.5";

    /// <summary>id-recipientNonce, RFC 8894 §3.2.1.5.</summary>
    public const string ScepRecipientNonce = "2.16.840.1.113733.1.9.6";

    /// <summary>id-transactionID, RFC 8894 §3.2.1.1.</summary>
    public const string ScepTransactionId = "2.16.840.1.113733.1.9.7";

    /// <summary>id-scep-failInfoText, RFC 8894 §3.2.1.4.</summary>
    public const string ScepFailInfoText = "1.3.6.1.5.5.7.24.1";
}
