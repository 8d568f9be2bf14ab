namespace Pki.Protocols.Cms;

/// <summary>How the content key reaches an RSA recipient. An EC recipient is always reached by <see cref="Ecdh"/>.</summary>
public enum KeyTransport
{
    /// <summary>RSAES-PKCS1-v1_5: what every SCEP client reads (SCEP.md B-08).</summary>
    Pkcs1,

    /// <summary>RSAES-OAEP with SHA-1.</summary>
    OaepSha1,

    /// <summary>RSAES-OAEP with SHA-256.</summary>
    OaepSha256,

    /// <summary>Ephemeral-static ECDH on the recipient's curve (RFC 5753 §3.1).</summary>
    Ecdh,

    /// <summary>The best the recipient's key can do: ECDH for EC, OAEP with SHA-256 for RSA.</summary>
    Strongest,
}
