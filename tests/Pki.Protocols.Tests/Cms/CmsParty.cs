using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cms;

/// <summary>A key with a self-signed certificate, made once for all tests.</summary>
internal sealed record CmsParty(KeyPair Key, Certificate Certificate)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Lazy<CmsParty> LazyRsa = new(() => Create("RSA2048", "CN=Recipient RSA,O=Tests,C=SE", 0x1234));
    private static readonly Lazy<CmsParty> LazyOther = new(() => Create("RSA2048", "CN=Other RSA,O=Tests,C=SE", 7));
    private static readonly Lazy<CmsParty> LazyEc = new(() => Create("P-256", "CN=Recipient EC,O=Tests,C=SE", 0x77));
    private static readonly Lazy<CmsParty> LazyEc384 = new(() => Create("P-384", "CN=Recipient EC 384,O=Tests,C=SE", 0x78));

    public static CmsParty Rsa => LazyRsa.Value;

    public static CmsParty Other => LazyOther.Value;

    public static CmsParty Ec => LazyEc.Value;

    public static CmsParty Ec384 => LazyEc384.Value;

    public static CmsParty Of(string kind) => kind switch
    {
        "RSA" => Rsa,
        "P-256" => Ec,
        "P-384" => Ec384,
        _ => throw new ArgumentException(kind, nameof(kind)),
    };

    /// <summary>For the platform's CMS.</summary>
    public X509Certificate2 ForPlatform()
    {
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(Certificate.Encoded.Span);
        if (Key.IsRsa)
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(Key.ExportPkcs8(), out _);
            return bare.CopyWithPrivateKey(rsa);
        }

        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(Key.ExportPkcs8(), out _);
        return bare.CopyWithPrivateKey(ec);
    }

    public string KeyPem() => PemEncoding.WriteString("PRIVATE KEY", Key.ExportPkcs8()) + "\n";

    public static CmsParty Create(string keySpec, string subject, long serial)
    {
        KeyPair key = KeyPair.Generate(keySpec);
        return new(key, Certify(key, subject, serial));
    }

    public static Certificate Certify(KeyPair key, string subject, BigInteger serial)
    {
        ReadOnlyMemory<byte> name = DistinguishedName.Parse(subject).OrThrow().Encoded;
        return new ToBeSignedCertificate(
            new SerialNumber(serial),
            SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256),
            name,
            Start,
            Start.AddYears(10),
            name,
            key.Public.Encoded,
            [CertificateExtensions.SubjectKeyIdentifier(key.Public)]).Sign(key);
    }
}
