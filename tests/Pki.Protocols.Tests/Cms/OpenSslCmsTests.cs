using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using TestKit;

namespace Pki.Protocols.Tests.Cms;

/// <summary>Both directions against <c>openssl cms</c>: it reads what we write, we read what it writes.</summary>
[TestClass]
[NeedsTool("openssl")]
public sealed class OpenSslCmsTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("what goes back and forth");

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("RSA", ContentCipher.Aes128Cbc, KeyTransport.Pkcs1)]
    [DataRow("RSA", ContentCipher.Aes192Cbc, KeyTransport.OaepSha1)]
    [DataRow("RSA", ContentCipher.Aes256Cbc, KeyTransport.OaepSha256)]
    [DataRow("RSA", ContentCipher.TripleDesCbc, KeyTransport.Pkcs1)]
    [DataRow("P-256", ContentCipher.Aes256Cbc, KeyTransport.Ecdh)]
    [DataRow("P-384", ContentCipher.Aes128Cbc, KeyTransport.Strongest)]
    public async Task OpenSSL_decrypts_what_we_encrypt(string kind, ContentCipher cipher, KeyTransport transport)
    {
        CmsParty party = CmsParty.Of(kind);
        using var openssl = new OpenSslCms();
        openssl.Write("key.pem", party.KeyPem());
        openssl.Write("cert.pem", party.Certificate.ToPem());
        openssl.Write("in.der", EnvelopedData.Encrypt(Content, party.Certificate, cipher, transport, RandomNumberGenerator.Fill));
        await openssl.RunAsync("cms -decrypt -binary -inform DER -in in.der -inkey key.pem -recip cert.pem -out out", TestContext.CancellationToken);
        CollectionAssert.AreEqual(Content, openssl.Read("out"));
    }

    [TestMethod]
    [DataRow("RSA", "-aes128", "")]
    [DataRow("RSA", "-aes192", "-keyopt rsa_padding_mode:oaep")]
    [DataRow("RSA", "-aes256", "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256")]
    [DataRow("RSA", "-des3", "-keyid")]
    [DataRow("RSA", "-aes256", "-stream")]
    [DataRow("P-256", "-aes128", "", DisplayName = "EC: SHA-1 KDF and AES-128 wrap, its defaults")]
    [DataRow("P-256", "-aes128", "-keyopt ecdh_kdf_md:sha256")]
    [DataRow("P-256", "-aes256", "-keyopt ecdh_kdf_md:sha256")]
    [DataRow("P-384", "-aes192", "-keyopt ecdh_kdf_md:sha384")]
    [DataRow("P-384", "-aes256", "-keyid -keyopt ecdh_kdf_md:sha512")]
    public async Task We_decrypt_what_OpenSSL_encrypts(string kind, string cipher, string options)
    {
        CmsParty party = CmsParty.Of(kind);
        using var openssl = new OpenSslCms();
        openssl.Write("cert.pem", party.Certificate.ToPem());
        openssl.Write("in", Content);
        bool keyId = options.Contains("-keyid", StringComparison.Ordinal);
        string keyOptions = options.Replace("-keyid", "", StringComparison.Ordinal).Replace("-stream", "", StringComparison.Ordinal);
        string stream = options.Contains("-stream", StringComparison.Ordinal) ? "-stream" : "";
        await openssl.RunAsync($"cms -encrypt -binary {stream} -in in {cipher} -outform DER -out out.der {(keyId ? "-keyid" : "")} -recip cert.pem {keyOptions}", TestContext.CancellationToken);
        EnvelopedData enveloped = EnvelopedData.Decode(openssl.Read("out.der")).OrThrow();
        CollectionAssert.AreEqual(Content, enveloped.Decrypt(party.Key, party.Certificate).OrThrow());
    }

    [TestMethod]
    [DataRow("-pwri_password secret -aes128", RefusalCode.UnsupportedAlgorithm, DisplayName = "E-10: a password recipient")]
    [DataRow("-secretkey 000102030405060708090A0B0C0D0E0F -secretkeyid 01 -aes128", RefusalCode.UnsupportedAlgorithm, DisplayName = "a shared key")]
    public async Task Recipients_of_other_kinds_are_unsupported_not_broken(string options, RefusalCode expected)
    {
        using var openssl = new OpenSslCms();
        openssl.Write("in", Content);
        await openssl.RunAsync($"cms -encrypt -binary -in in -outform DER -out out.der {options}", TestContext.CancellationToken);
        EnvelopedData enveloped = EnvelopedData.Decode(openssl.Read("out.der")).OrThrow();
        Assert.IsInstanceOfType<RecipientInfo.Unsupported>(enveloped.Recipients.Single());
        Assert.IsFalse(enveloped.Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(expected, refusal.Code);
    }

    [TestMethod]
    public async Task AuthEnvelopedData_is_unsupported_not_broken_as_E_11_says()
    {
        using var openssl = new OpenSslCms();
        openssl.Write("in", Content);
        openssl.Write("cert.pem", CmsParty.Rsa.Certificate.ToPem());
        await openssl.RunAsync("cms -encrypt -binary -in in -aes-128-gcm -outform DER -out out.der -recip cert.pem", TestContext.CancellationToken);
        Assert.IsFalse(EnvelopedData.Decode(openssl.Read("out.der")).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, refusal.Code);
    }

    [TestMethod]
    [DataRow("RSA", "SHA256")]
    [DataRow("RSA", "SHA512")]
    [DataRow("P-256", "SHA256")]
    [DataRow("P-384", "SHA384")]
    public async Task OpenSSL_verifies_what_we_sign(string kind, string digest)
    {
        CmsParty party = CmsParty.Of(kind);
        using var openssl = new OpenSslCms();
        openssl.Write("cert.pem", party.Certificate.ToPem());
        openssl.Write("in.der", SignedData.Sign(Content, new(party.Key, party.Certificate, new HashAlgorithmName(digest)) { SigningTime = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero) }));
        await openssl.RunAsync("cms -verify -binary -inform DER -in in.der -CAfile cert.pem -purpose any -no_check_time -out out", TestContext.CancellationToken);
        CollectionAssert.AreEqual(Content, openssl.Read("out"));
    }

    [TestMethod]
    public async Task OpenSSL_verifies_empty_content()
    {
        using var openssl = new OpenSslCms();
        openssl.Write("in.der", SignedData.Sign(ReadOnlyMemory<byte>.Empty, new(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate, HashAlgorithmName.SHA256)));
        await openssl.RunAsync("cms -verify -binary -noverify -inform DER -in in.der -out out", TestContext.CancellationToken);
        Assert.IsEmpty(openssl.Read("out"));
    }

    [TestMethod]
    [DataRow("RSA", "-md sha256", "SHA256")]
    [DataRow("RSA", "-md sha512 -keyid", "SHA512")]
    [DataRow("RSA", "-md sha256 -stream", "SHA256", DisplayName = "indefinite lengths, content in pieces")]
    [DataRow("RSA", "-md sha256 -keyopt rsa_padding_mode:pss", "SHA256", DisplayName = "PSS with its longest salt")]
    [DataRow("RSA", "-md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest", "SHA256")]
    [DataRow("P-256", "-md sha256", "SHA256")]
    [DataRow("P-384", "-md sha512 -nosmimecap", "SHA512")]
    public async Task We_verify_what_OpenSSL_signs(string kind, string options, string digest)
    {
        CmsParty party = CmsParty.Of(kind);
        using var openssl = new OpenSslCms();
        openssl.Write("key.pem", party.KeyPem());
        openssl.Write("cert.pem", party.Certificate.ToPem());
        openssl.Write("in", Content);
        int keyOption = options.IndexOf("-keyopt", StringComparison.Ordinal);
        (string general, string ofKey) = keyOption < 0 ? (options, "") : (options[..keyOption], options[keyOption..]);
        await openssl.RunAsync($"cms -sign -binary -nodetach -in in -outform DER -out out.der {general} -signer cert.pem -inkey key.pem {ofKey}", TestContext.CancellationToken);
        SignedData signed = SignedData.Decode(openssl.Read("out.der")).OrThrow();
        VerifiedSigner verified = signed.VerifySigner(DigestPolicy.Strict).OrThrow();
        Assert.AreEqual(digest, verified.Digest.Name);
        CollectionAssert.AreEqual(Content, signed.Content!.Value.ToArray());
    }
}
