using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>
/// One RA: what opens requests and what signs replies. With one certificate for both, or one for each (SCEP.md G-05).
/// After a key rollover there are several, and a reply is signed by the one the request was encrypted to (L-06).
/// </summary>
/// <param name="DecryptionKey">Opens requests.</param>
/// <param name="EncryptionCertificate">What clients encrypt to.</param>
/// <param name="SigningKey">Signs replies.</param>
/// <param name="SigningCertificate">What clients verify with.</param>
public sealed record ScepRaIdentity(KeyPair DecryptionKey, Certificate EncryptionCertificate, KeyPair SigningKey, Certificate SigningCertificate)
{
    /// <summary>One key for both.</summary>
    public ScepRaIdentity(KeyPair key, Certificate certificate)
        : this(key, certificate, key, certificate)
    {
    }
}
