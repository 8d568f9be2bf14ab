using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pki.Protocols.X509;

namespace ScepRaServer.Tests.World;

/// <summary>A throwaway CA: a key, a certificate, and what it issues.</summary>
internal sealed class TestCa
{
    public const string KeyStorePassword = "test-keystore";

    private TestCa(string name, KeyPair key, Certificate certificate, TestCa? parent)
    {
        Name = name;
        Key = key;
        Certificate = certificate;
        Chain = [certificate, .. parent?.Chain ?? []];
    }

    public string Name { get; }

    public KeyPair Key { get; }

    public Certificate Certificate { get; }

    /// <summary>This CA first, the root last.</summary>
    public IReadOnlyList<Certificate> Chain { get; }

    public static TestCa Root(string name)
    {
        KeyPair key = TestKeys.Named("ca " + name);
        DistinguishedName subject = Dn($"CN={name},O=Test");
        return new(name, key, Issue(key, subject, subject, key.Public, AuthorityExtensions(key.Public), null, null), null);
    }

    public TestCa Sub(string name)
    {
        KeyPair key = TestKeys.Named("ca " + name);
        return new(name, key, Issue(Key, Certificate.Subject, Dn($"CN={name},O=Test"), key.Public, AuthorityExtensions(key.Public), null, null), this);
    }

    public static DistinguishedName Dn(string text) => DistinguishedName.Parse(text).OrThrow();

    /// <summary>A certificate of this CA.</summary>
    public Certificate Issue(DistinguishedName subject, SubjectPublicKey key, KeyUsages? usage = null, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        Issue(Key, Certificate.Subject, subject, key, usage is { } bits ? [CertificateExtensions.KeyUsage(bits)] : [], from, until);

    /// <summary>A certificate that its own key signed.</summary>
    public static Certificate SelfSigned(string subject, KeyPair key, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        Issue(key, Dn(subject), Dn(subject), key.Public, [], from, until);

    /// <summary>A key store with a certificate of this CA and the chain.</summary>
    public KeyStore NewKeyStore(string subject, string keyName, KeyUsages usage, string spec = "RSA2048", DateTimeOffset? until = null)
    {
        KeyPair key = TestKeys.Named(keyName, spec);
        return new(key, Issue(Dn(subject), key.Public, usage, until: until), Chain);
    }

    /// <summary>Writes a key store to a file. One round of key derivation: this is not what is tested here.</summary>
    public static string Save(KeyStore store, string path)
    {
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(store.Certificate.Encoded.Span);
        using var key = RSA.Create();
        using var ecKey = ECDsa.Create();
        X509Certificate2 own;
        if (store.Key.IsRsa)
        {
            key.ImportPkcs8PrivateKey(store.Key.ExportPkcs8(), out _);
            own = bare.CopyWithPrivateKey(key);
        }
        else
        {
            ecKey.ImportPkcs8PrivateKey(store.Key.ExportPkcs8(), out _);
            own = bare.CopyWithPrivateKey(ecKey);
        }

        X509Certificate2Collection all = [own, .. store.Chain.Select(c => X509CertificateLoader.LoadCertificate(c.Encoded.Span))];
        File.WriteAllBytes(path, all.ExportPkcs12(new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1), KeyStorePassword));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    private static List<CertificateExtension> AuthorityExtensions(SubjectPublicKey key) =>
    [
        CertificateExtensions.BasicConstraints(ca: true),
        CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign | KeyUsages.CrlSign),
        CertificateExtensions.SubjectKeyIdentifier(key),
    ];

    private static Certificate Issue(
        KeyPair signer, DistinguishedName issuer, DistinguishedName subject, SubjectPublicKey key, IReadOnlyList<CertificateExtension> extensions, DateTimeOffset? from, DateTimeOffset? until)
    {
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3f) | 0x40);
        return new ToBeSignedCertificate(
            new SerialNumber(serial),
            SignatureAlgorithm.For(signer.Public, HashAlgorithmName.SHA256),
            issuer.Encoded,
            from ?? TestWorld.Start.AddDays(-30),
            until ?? TestWorld.Start.AddDays(365),
            subject.Encoded,
            key.Encoded,
            extensions).Sign(signer);
    }
}
