namespace Pki.Protocols.Asn1;

/// <summary>Object identifiers, each with the document that assigns it. This part: algorithms and curves.</summary>
public static partial class Oids
{
    /// <summary>rsaEncryption, RFC 8017 appendix C.</summary>
    public const string RsaEncryption = "1.2.840.113549.1.1.1";

    /// <summary>id-RSAES-OAEP, RFC 8017 appendix A.2.1.</summary>
    public const string RsaOaep = "1.2.840.113549.1.1.7";

    /// <summary>id-mgf1, RFC 8017 appendix A.2.1.</summary>
    public const string Mgf1 = "1.2.840.113549.1.1.8";

    /// <summary>id-pSpecified, RFC 8017 appendix A.2.1.</summary>
    public const string OaepSourceSpecified = "1.2.840.113549.1.1.9";

    /// <summary>id-RSASSA-PSS, RFC 8017 appendix A.2.3.</summary>
    public const string RsaPss = "1.2.840.113549.1.1.10";

    /// <summary>md5WithRSAEncryption, RFC 8017 appendix A.2.4.</summary>
    public const string Md5WithRsa = "1.2.840.113549.1.1.4";

    /// <summary>sha1WithRSAEncryption, RFC 8017 appendix A.2.4.</summary>
    public const string Sha1WithRsa = "1.2.840.113549.1.1.5";

    /// <summary>sha-1WithRSAEncryption of the OIW, an older name of the same (RFC 3279 knows only the other).</summary>
    public const string Sha1WithRsaOiw = "1.3.14.3.2.29";

    /// <summary>sha256WithRSAEncryption, RFC 8017 appendix A.2.4.</summary>
    public const string Sha256WithRsa = "1.2.840.113549.1.1.11";

    /// <summary>sha384WithRSAEncryption, RFC 8017 appendix A.2.4.</summary>
    public const string Sha384WithRsa = "1.2.840.113549.1.1.12";

    /// <summary>sha512WithRSAEncryption, RFC 8017 appendix A.2.4.</summary>
    public const string Sha512WithRsa = "1.2.840.113549.1.1.13";

    /// <summary>id-ecPublicKey, RFC 5480 §2.1.1.</summary>
    public const string EcPublicKey = "1.2.840.10045.2.1";

    /// <summary>ecdsa-with-SHA1, RFC 3279 §2.2.3.</summary>
    public const string EcdsaWithSha1 = "1.2.840.10045.4.1";

    /// <summary>ecdsa-with-SHA256, RFC 5758 §3.2.</summary>
    public const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";

    /// <summary>ecdsa-with-SHA384, RFC 5758 §3.2.</summary>
    public const string EcdsaWithSha384 = "1.2.840.10045.4.3.3";

    /// <summary>ecdsa-with-SHA512, RFC 5758 §3.2.</summary>
    public const string EcdsaWithSha512 = "1.2.840.10045.4.3.4";

    /// <summary>secp256r1, RFC 5480 §2.1.1.1.</summary>
    public const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>secp384r1, RFC 5480 §2.1.1.1.</summary>
    public const string P384 = "1.3.132.0.34";

    /// <summary>secp521r1, RFC 5480 §2.1.1.1.</summary>
    public const string P521 = "1.3.132.0.35";

    /// <summary>id-Ed25519, RFC 8410 §3.</summary>
    public const string Ed25519 = "1.3.101.112";

    /// <summary>id-Ed448, RFC 8410 §3.</summary>
    public const string Ed448 = "1.3.101.113";

    /// <summary>id-md5, RFC 8017 appendix B.1.</summary>
    public const string Md5 = "1.2.840.113549.2.5";

    /// <summary>id-sha1, RFC 8017 appendix B.1.</summary>
    public const string Sha1 = "1.3.14.3.2.26";

    /// <summary>id-sha224, RFC 8017 appendix B.1. Refused: the platform does not compute it.</summary>
    public const string Sha224 = "2.16.840.1.101.3.4.2.4";

    /// <summary>id-sha256, RFC 8017 appendix B.1.</summary>
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";

    /// <summary>id-sha384, RFC 8017 appendix B.1.</summary>
    public const string Sha384 = "2.16.840.1.101.3.4.2.2";

    /// <summary>id-sha512, RFC 8017 appendix B.1.</summary>
    public const string Sha512 = "2.16.840.1.101.3.4.2.3";

    /// <summary>id-hmacWithSHA1, RFC 8018 appendix B.1.1.</summary>
    public const string HmacWithSha1 = "1.2.840.113549.2.7";

    /// <summary>id-hmacWithSHA256, RFC 8018 appendix B.1.2.</summary>
    public const string HmacWithSha256 = "1.2.840.113549.2.9";

    /// <summary>desCBC, RFC 8018 appendix B.2.1.</summary>
    public const string DesCbc = "1.3.14.3.2.7";

    /// <summary>des-EDE3-CBC, RFC 8018 appendix B.2.2.</summary>
    public const string TripleDesCbc = "1.2.840.113549.3.7";

    /// <summary>rc2CBC, RFC 8018 appendix B.2.3.</summary>
    public const string Rc2Cbc = "1.2.840.113549.3.2";

    /// <summary>id-aes128-CBC, RFC 3565 §4.1.</summary>
    public const string Aes128Cbc = "2.16.840.1.101.3.4.1.2";

    /// <summary>id-aes192-CBC, RFC 3565 §4.1.</summary>
    public const string Aes192Cbc = "2.16.840.1.101.3.4.1.22";

    /// <summary>id-aes256-CBC, RFC 3565 §4.1.</summary>
    public const string Aes256Cbc = "2.16.840.1.101.3.4.1.42";

    /// <summary>id-aes128-GCM, RFC 5084 §3.2.</summary>
    public const string Aes128Gcm = "2.16.840.1.101.3.4.1.6";

    /// <summary>id-aes256-GCM, RFC 5084 §3.2.</summary>
    public const string Aes256Gcm = "2.16.840.1.101.3.4.1.46";

    /// <summary>id-aes128-wrap, RFC 3565 §2.3.2.</summary>
    public const string Aes128Wrap = "2.16.840.1.101.3.4.1.5";

    /// <summary>id-aes192-wrap, RFC 3565 §2.3.2.</summary>
    public const string Aes192Wrap = "2.16.840.1.101.3.4.1.25";

    /// <summary>id-aes256-wrap, RFC 3565 §2.3.2.</summary>
    public const string Aes256Wrap = "2.16.840.1.101.3.4.1.45";

    /// <summary>dhSinglePass-stdDH-sha1kdf-scheme, RFC 5753 §7.1.4.</summary>
    public const string EcdhStdSha1Kdf = "1.3.133.16.840.63.0.2";

    /// <summary>dhSinglePass-stdDH-sha256kdf-scheme, RFC 5753 §7.1.4.</summary>
    public const string EcdhStdSha256Kdf = "1.3.132.1.11.1";

    /// <summary>dhSinglePass-stdDH-sha384kdf-scheme, RFC 5753 §7.1.4.</summary>
    public const string EcdhStdSha384Kdf = "1.3.132.1.11.2";

    /// <summary>dhSinglePass-stdDH-sha512kdf-scheme, RFC 5753 §7.1.4.</summary>
    public const string EcdhStdSha512Kdf = "1.3.132.1.11.3";
}
