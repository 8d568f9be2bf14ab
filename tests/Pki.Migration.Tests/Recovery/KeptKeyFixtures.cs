using System.Security.Cryptography;
using Pki.Migration.Authorities;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Recovery;

/// <summary>What real Java programs wrote; see Fixtures/README.md.</summary>
internal static class KeptKeyFixtures
{
    public const string Password = "test-word";

    public static byte[] Read(string name)
    {
        using Stream resource = typeof(KeptKeyFixtures).Assembly.GetManifestResourceStream("recovery/" + name) ?? throw new FileNotFoundException(name);
        byte[] content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }

    public static SubjectPublicKey PublicKeyOf(string name) => Der.Decode<SubjectPublicKey>(Read(name.Replace("jce-", "bc-", StringComparison.Ordinal).Replace("shaped-", "jdk-", StringComparison.Ordinal) + ".spki")).OrThrow();

    public static KeyPair EncryptionKey()
    {
        using Secret password = Secret.FromText(Password);
        return CaKeyFile.OpenEncryptionKey(Read("kek.p12"), password, null).OrThrow();
    }

    /// <summary>A stream, encrypted as the legacy product does it.</summary>
    public static string Encrypt(byte[] stream, KeyPair to)
    {
        using var pki = new TestKit.TestPki("CN=Dummy");
        using KeyPair other = KeyPair.Generate("P-256");
        Certificate dummy = pki.Certify("CN=Dummy", to.Public);
        return Convert.ToBase64String(EnvelopedData.Encrypt(stream, dummy, ContentCipher.Aes256Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill), Base64FormattingOptions.InsertLineBreaks);
    }
}
