using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Platform = System.Security.Cryptography.Pkcs;

namespace Pki.Protocols.Tests.Cms;

/// <summary>RFC 5652 §6, with the platform's EnvelopedCms as the other side where it can.</summary>
[TestClass]
public sealed class EnvelopedDataTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("what is secret");

    [TestMethod]
    [DataRow(ContentCipher.Aes128Cbc, KeyTransport.Pkcs1)]
    [DataRow(ContentCipher.Aes192Cbc, KeyTransport.Pkcs1)]
    [DataRow(ContentCipher.Aes256Cbc, KeyTransport.OaepSha256)]
    [DataRow(ContentCipher.Aes256Cbc, KeyTransport.Strongest)]
    [DataRow(ContentCipher.Aes128Cbc, KeyTransport.OaepSha1)]
    [DataRow(ContentCipher.TripleDesCbc, KeyTransport.Pkcs1)]
    [DataRow(ContentCipher.DesCbc, KeyTransport.Pkcs1)]
    public void What_is_encrypted_here_to_RSA_the_platform_and_we_decrypt(ContentCipher cipher, KeyTransport transport)
    {
        byte[] encoded = EnvelopedData.Encrypt(Content, CmsParty.Rsa.Certificate, cipher, transport, RandomNumberGenerator.Fill);

        var platform = new Platform.EnvelopedCms();
        platform.Decode(encoded);
        platform.Decrypt([CmsParty.Rsa.ForPlatform()]);
        CollectionAssert.AreEqual(Content, platform.ContentInfo.Content);

        EnvelopedData enveloped = EnvelopedData.Decode(encoded).OrThrow();
        Assert.AreEqual(cipher, enveloped.Cipher);
        CollectionAssert.AreEqual(Content, enveloped.Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate).OrThrow());
    }

    [TestMethod]
    public void A_key_without_a_certificate_opens_what_has_one_RSA_recipient()
    {
        EnvelopedData sole = Made(CmsParty.Rsa);
        CollectionAssert.AreEqual(Content, sole.DecryptAsOnlyRecipient(CmsParty.Rsa.Key).OrThrow());
        AssertRefused(RefusalCode.UnsupportedAlgorithm, sole.DecryptAsOnlyRecipient(CmsParty.Ec.Key));
        AssertRefused(RefusalCode.UnsupportedAlgorithm, EnvelopedData.Decode(EnvelopedData.Encrypt(Content, CmsParty.Ec.Certificate, ContentCipher.Aes256Cbc, KeyTransport.Ecdh, RandomNumberGenerator.Fill)).OrThrow().DecryptAsOnlyRecipient(CmsParty.Ec.Key));
        AssertRefused(RefusalCode.UnsupportedAlgorithm, Made(CmsParty.Rsa, CmsParty.Other).DecryptAsOnlyRecipient(CmsParty.Rsa.Key));
    }

    private static EnvelopedData Made(params CmsParty[] recipients)
    {
        var platform = new Platform.EnvelopedCms(new Platform.ContentInfo(Content));
        var all = new Platform.CmsRecipientCollection();
        foreach (CmsParty recipient in recipients)
        {
            all.Add(new Platform.CmsRecipient(recipient.ForPlatform()));
        }

        platform.Encrypt(all);
        return EnvelopedData.Decode(platform.Encode()).OrThrow();
    }

    [TestMethod]
    [DataRow("P-256", ContentCipher.Aes128Cbc)]
    [DataRow("P-256", ContentCipher.Aes256Cbc)]
    [DataRow("P-384", ContentCipher.Aes256Cbc)]
    [DataRow("P-384", ContentCipher.TripleDesCbc)]
    public void An_EC_recipient_is_reached_by_key_agreement_whatever_transport_is_asked_for(string kind, ContentCipher cipher)
    {
        CmsParty party = CmsParty.Of(kind);
        EnvelopedData enveloped = EnvelopedData.Decode(EnvelopedData.Encrypt(Content, party.Certificate, cipher, KeyTransport.Pkcs1, RandomNumberGenerator.Fill)).OrThrow();
        Assert.IsInstanceOfType<RecipientInfo.KeyAgreed>(enveloped.Recipients.Single());
        CollectionAssert.AreEqual(Content, enveloped.Decrypt(party.Key, party.Certificate).OrThrow());
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(15)]
    [DataRow(16)]
    [DataRow(17)]
    [DataRow(100_000)]
    public void Every_length_comes_back(int length)
    {
        byte[] content = RandomNumberGenerator.GetBytes(length);
        byte[] encoded = EnvelopedData.Encrypt(content, CmsParty.Rsa.Certificate, ContentCipher.Aes128Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill);
        CollectionAssert.AreEqual(content, EnvelopedData.Decode(encoded).OrThrow().Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate).OrThrow());
    }

    [TestMethod]
    public void The_same_randomness_makes_the_same_message()
    {
        byte[] first = EnvelopedData.Encrypt(Content, CmsParty.Rsa.Certificate, ContentCipher.Aes256Cbc, KeyTransport.OaepSha256, span => span.Fill(0x5A));
        byte[] second = EnvelopedData.Encrypt(Content, CmsParty.Rsa.Certificate, ContentCipher.Aes256Cbc, KeyTransport.OaepSha256, span => span.Fill(0x5A));
        CollectionAssert.AreEqual(first, second);
    }

    [TestMethod]
    [DataRow(Platform.SubjectIdentifierType.IssuerAndSerialNumber)]
    [DataRow(Platform.SubjectIdentifierType.SubjectKeyIdentifier)]
    public void What_the_platform_encrypts_we_decrypt_whichever_way_it_names_the_recipient(Platform.SubjectIdentifierType type)
    {
        byte[] encoded = PlatformEncrypted(Oids.Aes192Cbc, new Platform.CmsRecipient(Platform.SubjectIdentifierType.IssuerAndSerialNumber, CmsParty.Other.ForPlatform()), new Platform.CmsRecipient(type, CmsParty.Rsa.ForPlatform()));
        CollectionAssert.AreEqual(Content, EnvelopedData.Decode(encoded).OrThrow().Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate).OrThrow());
    }

    [TestMethod]
    [DataRow("SHA1")]
    [DataRow("SHA256")]
    [DataRow("SHA512")]
    public void OAEP_of_the_platform_is_read(string hash)
    {
        var padding = RSAEncryptionPadding.CreateOaep(new HashAlgorithmName(hash));
        byte[] encoded = PlatformEncrypted(Oids.Aes256Cbc, new Platform.CmsRecipient(CmsParty.Rsa.ForPlatform(), padding));
        CollectionAssert.AreEqual(Content, EnvelopedData.Decode(encoded).OrThrow().Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate).OrThrow());
    }

    [TestMethod]
    public void OAEP_without_parameters_means_SHA_1_as_E_05_says()
    {
        // Written with SHA-1, whose parameters are an empty SEQUENCE here; without it the outer lengths shrink by two.
        byte[] encoded = EnvelopedData.Encrypt(Content, CmsParty.Rsa.Certificate, ContentCipher.Aes128Cbc, KeyTransport.OaepSha1, RandomNumberGenerator.Fill);
        byte[] without = CmsEdit.RemoveOaepParameters(encoded);
        Assert.HasCount(encoded.Length - 2, without);
        CollectionAssert.AreEqual(Content, EnvelopedData.Decode(without).OrThrow().Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate).OrThrow());
    }

    [TestMethod]
    public void A_message_to_somebody_else_names_the_wrong_recipient()
    {
        EnvelopedData enveloped = EnvelopedData.Decode(PlatformEncrypted(Oids.Aes128Cbc, new Platform.CmsRecipient(CmsParty.Other.ForPlatform()))).OrThrow();
        AssertRefused(RefusalCode.WrongRecipient, enveloped.Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate));
        Assert.IsTrue(enveloped.IsFor(CmsParty.Other.Certificate));
        Assert.IsFalse(enveloped.IsFor(CmsParty.Rsa.Certificate));
    }

    [TestMethod]
    public void Eleven_recipients_are_one_too_many_as_L_01_says()
    {
        Platform.CmsRecipient[] eleven = [.. Enumerable.Repeat(new Platform.CmsRecipient(CmsParty.Rsa.ForPlatform()), 11)];
        AssertRefused(RefusalCode.TooLarge, EnvelopedData.Decode(PlatformEncrypted(Oids.Aes128Cbc, eleven)));
        EnvelopedData.Decode(PlatformEncrypted(Oids.Aes128Cbc, eleven[1..])).OrThrow();
    }

    [TestMethod]
    public void A_cipher_that_is_not_known_is_an_unsupported_algorithm() =>
        AssertRefused(RefusalCode.UnsupportedAlgorithm, EnvelopedData.Decode(PlatformEncrypted(Oids.Rc2Cbc, new Platform.CmsRecipient(CmsParty.Rsa.ForPlatform()))));

    [TestMethod]
    public void Every_failure_behind_the_encryption_is_the_same_refusal_as_E_07_wants()
    {
        byte[] encoded = EnvelopedData.Encrypt(Content, CmsParty.Rsa.Certificate, ContentCipher.Aes128Cbc, KeyTransport.Pkcs1, span => span.Fill(0x5A));
        KeyPair wrongKey = CmsParty.Other.Key; // the padding of the key goes wrong
        byte[] wrongContent = (byte[])encoded.Clone(); // the padding of the content goes wrong
        wrongContent[^1] ^= 0xFF;
        byte[] cut = CmsEdit.CutContent(encoded, 5); // not a whole block

        Refusal[] refusals =
        [
            RefusalOf(EnvelopedData.Decode(encoded).OrThrow().Decrypt(wrongKey, CmsParty.Rsa.Certificate)),
            RefusalOf(EnvelopedData.Decode(wrongContent).OrThrow().Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate)),
            RefusalOf(EnvelopedData.Decode(cut).OrThrow().Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate)),
            RefusalOf(EnvelopedData.Decode(CmsEdit.CutContent(encoded, 16)).OrThrow().Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate)),
        ];
        Assert.AreEqual(RefusalCode.DecryptionFailed, refusals[0].Code);
        foreach (Refusal refusal in refusals)
        {
            Assert.AreSame(refusals[0], refusal);
        }
    }

    [TestMethod]
    public void A_content_key_of_another_length_is_the_same_refusal_too()
    {
        // The key of AES-256 in a message that says AES-128: the platform's exception would tell.
        byte[] encoded = EnvelopedData.Encrypt(Content, CmsParty.Rsa.Certificate, ContentCipher.Aes256Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill);
        byte[] oid = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A];
        encoded[encoded.AsSpan().IndexOf(oid) + oid.Length - 1] = 0x02;
        AssertRefused(RefusalCode.DecryptionFailed, EnvelopedData.Decode(encoded).OrThrow().Decrypt(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate));
    }

    [TestMethod]
    public void A_point_off_the_curve_is_a_failed_decryption()
    {
        byte[] encoded = EnvelopedData.Encrypt(Content, CmsParty.Ec.Certificate, ContentCipher.Aes128Cbc, KeyTransport.Ecdh, RandomNumberGenerator.Fill);
        int point = encoded.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x03, 0x42, 0x00, 0x04]) + 4;
        encoded[point + 40] ^= 1;
        AssertRefused(RefusalCode.DecryptionFailed, EnvelopedData.Decode(encoded).OrThrow().Decrypt(CmsParty.Ec.Key, CmsParty.Ec.Certificate));
    }

    [TestMethod]
    public void A_key_of_the_wrong_kind_is_an_unsupported_algorithm()
    {
        byte[] encoded = EnvelopedData.Encrypt(Content, CmsParty.Rsa.Certificate, ContentCipher.Aes128Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill);
        AssertRefused(RefusalCode.UnsupportedAlgorithm, EnvelopedData.Decode(encoded).OrThrow().Decrypt(CmsParty.Ec.Key, CmsParty.Rsa.Certificate));
    }

    [TestMethod]
    public void The_recipient_is_named_by_exactly_the_octets_of_its_certificate_as_B_08_wants()
    {
        Certificate odd = CmsParty.Certify(CmsParty.Rsa.Key, "CN=Odd", long.MaxValue);
        EnvelopedData enveloped = EnvelopedData.Decode(EnvelopedData.Encrypt(Content, odd, ContentCipher.Aes128Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill)).OrThrow();
        var recipient = (RecipientInfo.KeyTransported)enveloped.Recipients.Single();
        Assert.IsTrue(odd.Issuer.EncodedEquals(recipient.Recipient.IssuerAndSerial!.Issuer));
        Assert.AreEqual(odd.Serial, recipient.Recipient.IssuerAndSerial.Serial);
        Assert.AreEqual(new AlgorithmIdentifier(Oids.RsaEncryption, AlgorithmIdentifier.Null), recipient.KeyEncryption);
    }

    private static byte[] PlatformEncrypted(string cipher, params Platform.CmsRecipient[] recipients)
    {
        var cms = new Platform.EnvelopedCms(new Platform.ContentInfo(Content), new Platform.AlgorithmIdentifier(new Oid(cipher)));
        var collection = new Platform.CmsRecipientCollection();
        foreach (Platform.CmsRecipient recipient in recipients)
        {
            collection.Add(recipient);
        }

        cms.Encrypt(collection);
        return cms.Encode();
    }

    private static Refusal RefusalOf<T>(Outcome<T> outcome)
        where T : class => outcome.Succeeded(out _, out Refusal? refusal) ? throw new AssertFailedException("It was accepted.") : refusal;

    private static void AssertRefused<T>(RefusalCode code, Outcome<T> outcome)
        where T : class => Assert.AreEqual(code, RefusalOf(outcome).Code);
}
