using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>Keys made once for all tests, and certificates made from them.</summary>
internal static class ThrowawayPki
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Lazy<KeyPair> LazyRsa = new(() => KeyPair.Generate("RSA2048"));
    private static readonly Lazy<KeyPair> LazyEc = new(() => KeyPair.Generate("P-256"));

    public static KeyPair Rsa => LazyRsa.Value;

    public static KeyPair Ec => LazyEc.Value;

    public static DistinguishedName Name(string text) => DistinguishedName.Parse(text).OrThrow();

    public static SerialNumber Serial(long number) => new(new BigInteger(number));

    /// <summary>A CA certificate, valid 2026 to 2036 in round numbers.</summary>
    public static Certificate Root(KeyPair key, string name = "CN=Throwaway Root,O=Tests,C=SE") => Sign(key, null, key.Public, name, 1,
        CertificateExtensions.BasicConstraints(ca: true),
        CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign | KeyUsages.CrlSign),
        CertificateExtensions.SubjectKeyIdentifier(key.Public));

    /// <summary>A certificate signed by an issuer, or self-signed without one.</summary>
    public static Certificate Sign(KeyPair issuerKey, Certificate? issuer, SubjectPublicKey key, string subject, long serial, params CertificateExtension[] extensions)
    {
        ReadOnlyMemory<byte> name = Name(subject).Encoded;
        return new ToBeSignedCertificate(
            Serial(serial),
            SignatureAlgorithm.For(issuerKey.Public, HashAlgorithmName.SHA256),
            issuer?.Subject.Encoded ?? name,
            Start,
            Start.AddYears(10),
            name,
            key.Encoded,
            extensions).Sign(issuerKey);
    }
}
