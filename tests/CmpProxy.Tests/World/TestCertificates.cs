using System.Security.Cryptography;
using Pki.Protocols.X509;
using TestKit;

namespace CmpProxy.Tests.World;

/// <summary>Certificates of CAs below the first.</summary>
internal static class TestCertificates
{
    public static Certificate Ca(string subject, KeyPair key) => new ToBeSignedCertificate(
        SerialNumber.FromDecimal("76").OrThrow(),
        SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256),
        DistinguishedName.Parse(subject).OrThrow().Encoded,
        TestPki.Noon.AddYears(-1),
        TestPki.Noon.AddYears(10),
        DistinguishedName.Parse(subject).OrThrow().Encoded,
        key.Public.Encoded,
        [CertificateExtensions.BasicConstraints(ca: true), CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign)]).Sign(key);

    public static Certificate SubCa(string issuer, KeyPair issuerKey, string subject, SubjectPublicKey key) => new ToBeSignedCertificate(
        SerialNumber.FromDecimal("78").OrThrow(),
        SignatureAlgorithm.For(issuerKey.Public, HashAlgorithmName.SHA256),
        DistinguishedName.Parse(issuer).OrThrow().Encoded,
        TestPki.Noon.AddYears(-1),
        TestPki.Noon.AddYears(10),
        DistinguishedName.Parse(subject).OrThrow().Encoded,
        key.Encoded,
        [CertificateExtensions.BasicConstraints(ca: true), CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign)]).Sign(issuerKey);

    public static Certificate Issue(string issuer, KeyPair issuerKey, string subject, SubjectPublicKey key, params IReadOnlyList<CertificateExtension> more) => new ToBeSignedCertificate(
        SerialNumber.FromDecimal("77").OrThrow(),
        SignatureAlgorithm.For(issuerKey.Public, HashAlgorithmName.SHA256),
        DistinguishedName.Parse(issuer).OrThrow().Encoded,
        TestPki.Noon.AddYears(-1),
        TestPki.Noon.AddYears(10),
        DistinguishedName.Parse(subject).OrThrow().Encoded,
        key.Encoded,
        [CertificateExtensions.SubjectKeyIdentifier(key), CertificateExtensions.KeyUsage(KeyUsages.DigitalSignature), .. more]).Sign(issuerKey);
}
