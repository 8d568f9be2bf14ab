using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>A client: the key that signs its requests and opens the replies, and the certificate that names it.</summary>
/// <param name="Key">An RSA key; nothing can be sent back to others (SCEP.md K-01).</param>
/// <param name="Certificate">A self-signed one, or the one to be renewed.</param>
public sealed record ScepSender(KeyPair Key, Certificate Certificate)
{
    private const int SerialLength = 16;

    /// <summary>With a fresh self-signed certificate, as for a first enrolment (RFC 8894 §2.3).</summary>
    /// <param name="key">The key to be certified.</param>
    /// <param name="subject">The name to be certified.</param>
    /// <param name="notBefore">From when; a little before now, for servers with other clocks.</param>
    /// <param name="notAfter">Until when.</param>
    /// <param name="random">Where the serial number comes from.</param>
    public static ScepSender SelfSigned(KeyPair key, DistinguishedName subject, DateTimeOffset notBefore, DateTimeOffset notAfter, RandomBytes random)
    {
        byte[] serial = new byte[SerialLength];
        random(serial);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40); // positive, and never a leading zero
        var certificate = new ToBeSignedCertificate(
            new SerialNumber(serial),
            SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256),
            subject.Encoded,
            notBefore,
            notAfter,
            subject.Encoded,
            key.Public.Encoded,
            [CertificateExtensions.KeyUsage(KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment)]);
        return new(key, certificate.Sign(key));
    }
}
