using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace TestKit;

/// <summary>A throw-away CA for tests: makes keys and certificates of any kind, good ones and bad ones.</summary>
public sealed class TestPki : IDisposable
{
    /// <summary>When everything a test makes is valid, unless it says otherwise.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly KeyPair key;
    private int serial = 1000;

    public TestPki(string name = "CN=Test CA,O=Test", string keySpec = "P-256")
    {
        key = KeyPair.Generate(keySpec);
        Certificate = Make(name, key.Public, name, key, new CertificateShape { IsCa = true, Usage = KeyUsages.KeyCertSign | KeyUsages.CrlSign });
    }

    /// <summary>The CA's own certificate.</summary>
    public Certificate Certificate { get; }

    /// <summary>A key store that may sign and receive: a link key of RA or worker.</summary>
    public KeyStore Issue(string subject, string keySpec = "P-256", CertificateShape? shape = null)
    {
        KeyPair subjectKey = KeyPair.Generate(keySpec);
        return new(subjectKey, Certify(subject, subjectKey.Public, shape), [Certificate]);
    }

    /// <summary>A certificate for a key.</summary>
    public Certificate Certify(string subject, SubjectPublicKey subjectKey, CertificateShape? shape = null) =>
        Make(subject, subjectKey, Certificate.Subject.ToString(), key, shape ?? new CertificateShape());

    /// <summary>A CRL with these certificates on it.</summary>
    public CertificateList Crl(DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, params IReadOnlyCollection<Certificate> revoked) => new ToBeSignedCertificateList(
        SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256),
        Certificate.Subject.Encoded,
        thisUpdate,
        nextUpdate,
        [.. revoked.Select(certificate => new RevokedCertificate(certificate.Serial, thisUpdate))],
        [CertificateExtensions.AuthorityKeyIdentifier(key.Public.KeyIdentifier()), CertificateExtensions.CrlNumber(1)]).Sign(key);

    public void Dispose() => key.Dispose();

    private Certificate Make(string subject, SubjectPublicKey subjectKey, string issuer, KeyPair issuerKey, CertificateShape shape)
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.For(issuerKey.Public, HashAlgorithmName.SHA256);
        List<CertificateExtension> extensions =
        [
            CertificateExtensions.BasicConstraints(shape.IsCa, shape.PathLength),
            CertificateExtensions.SubjectKeyIdentifier(subjectKey),
            CertificateExtensions.AuthorityKeyIdentifier(issuerKey.Public.KeyIdentifier()),
        ];
        if (shape.Usage is { } usage)
        {
            extensions.Add(CertificateExtensions.KeyUsage(usage));
        }

        if (shape.Purposes.Count > 0)
        {
            extensions.Add(CertificateExtensions.ExtendedKeyUsage(shape.Purposes));
        }

        return new ToBeSignedCertificate(
            SerialNumber.FromDecimal(Interlocked.Increment(ref serial).ToString(System.Globalization.CultureInfo.InvariantCulture)).OrThrow(),
            algorithm,
            DistinguishedName.Parse(issuer).OrThrow().Encoded,
            shape.NotBefore ?? Noon.AddYears(-1),
            shape.NotAfter ?? Noon.AddYears(10),
            DistinguishedName.Parse(subject).OrThrow().Encoded,
            subjectKey.Encoded,
            extensions).Sign(issuerKey);
    }
}

/// <summary>What a test certificate looks like where it differs from a good one.</summary>
public sealed record CertificateShape
{
    public KeyUsages? Usage { get; init; } = KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment | KeyUsages.KeyAgreement;

    /// <summary>Extended key usage; none for no such extension.</summary>
    public IReadOnlyList<string> Purposes { get; init; } = [];

    public bool IsCa { get; init; }

    /// <summary>How many CAs may stand below this one; null for any number.</summary>
    public int? PathLength { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }
}
