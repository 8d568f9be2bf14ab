namespace Pki.Protocols.X509;

/// <summary>The mathematics of a signature, without its digest.</summary>
public enum SignatureScheme
{
    /// <summary>Something this product neither makes nor verifies; readable all the same.</summary>
    Unknown,

    /// <summary>RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).</summary>
    RsaPkcs1,

    /// <summary>RSASSA-PSS (RFC 8017 §8.1).</summary>
    RsaPss,

    /// <summary>ECDSA, the value as a DER SEQUENCE of r and s (RFC 3279 §2.2.3).</summary>
    Ecdsa,
}
