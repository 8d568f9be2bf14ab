using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Platform = System.Security.Cryptography.Pkcs;

namespace Pki.Protocols.Tests.Cms;

/// <summary>RFC 5652 §5, with the platform's SignedCms as the other side.</summary>
[TestClass]
public sealed class SignedDataTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("what is signed");
    private static readonly DateTimeOffset Time = new(2026, 5, 6, 7, 8, 9, TimeSpan.Zero);

    [TestMethod]
    [DataRow("RSA", "SHA1")]
    [DataRow("RSA", "SHA256")]
    [DataRow("RSA", "SHA384")]
    [DataRow("RSA", "SHA512")]
    [DataRow("P-256", "SHA256")]
    [DataRow("P-384", "SHA384")]
    public void What_is_signed_here_the_platform_and_we_verify(string kind, string digest)
    {
        CmsParty party = CmsParty.Of(kind);
        byte[] encoded = SignedData.Sign(Content, new CmsSigner(party.Key, party.Certificate, new HashAlgorithmName(digest)) { SigningTime = Time });

        var platform = new Platform.SignedCms();
        platform.Decode(encoded);
        platform.CheckSignature(verifySignatureOnly: true);
        CollectionAssert.AreEqual(Content, platform.ContentInfo.Content);

        SignedData signed = SignedData.Decode(encoded).OrThrow();
        VerifiedSigner verified = signed.VerifySigner(DigestPolicy.WithSha1).OrThrow();
        CollectionAssert.AreEqual(Content, signed.Content!.Value.ToArray());
        Assert.AreEqual(digest, verified.Digest.Name);
        Assert.AreEqual(Time, verified.SigningTime);
        CollectionAssert.AreEqual(party.Certificate.Encoded.ToArray(), verified.Certificate.Encoded.ToArray());
    }

    [TestMethod]
    public void Empty_content_is_signed_as_an_empty_octet_string_as_B_07_wants()
    {
        byte[] encoded = SignedData.Sign(ReadOnlyMemory<byte>.Empty, SignerOf(CmsParty.Rsa));
        Assert.IsGreaterThan(0, encoded.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xA0, 0x02, 0x04, 0x00]));

        SignedData signed = SignedData.Decode(encoded).OrThrow();
        Assert.AreEqual(0, signed.Content?.Length);
        signed.VerifySigner(DigestPolicy.Strict).OrThrow();
        var platform = new Platform.SignedCms();
        platform.Decode(encoded);
        platform.CheckSignature(verifySignatureOnly: true);
    }

    [TestMethod]
    public void RSA_signs_under_the_OID_rsaEncryption_as_B_04_wants()
    {
        SignerInfo signer = SignedData.Decode(SignedData.Sign(Content, SignerOf(CmsParty.Rsa))).OrThrow().Signers[0];
        Assert.AreEqual(AlgorithmIdentifier.WithNull(Oids.RsaEncryption), signer.SignatureAlgorithm.Identifier);
        Assert.AreEqual(CmsParty.Rsa.Certificate.Serial, signer.Signer.IssuerAndSerial?.Serial);
    }

    [TestMethod]
    public void Attributes_are_written_in_DER_order_as_B_03_wants()
    {
        var last = new CmsAttribute("1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24.25.26.27.28.29.30.31", new byte[] { 0x05, 0x00 });
        byte[] encoded = SignedData.Sign(Content, SignerOf(CmsParty.Rsa) with { SignedAttributes = [last, new("1.2.3", new byte[] { 0x05, 0x00 })] });

        var strict = new AsnReader(SignedData.Decode(encoded).OrThrow().Signers[0].SignedOctets!.Value, AsnEncodingRules.DER);
        AsnReader set = strict.ReadSetOf(); // throws when not sorted
        Assert.AreEqual("1.2.3", CmsAttribute.Decode(set).Oid);
    }

    [TestMethod]
    public void Certificates_stay_in_the_order_given()
    {
        byte[] encoded = SignedData.Sign(Content, SignerOf(CmsParty.Rsa) with { ExtraCertificates = [CmsParty.Ec.Certificate, CmsParty.Other.Certificate] });
        IReadOnlyList<Certificate> read = SignedData.Decode(encoded).OrThrow().Certificates;
        Assert.HasCount(3, read);
        Assert.AreEqual(CmsParty.Ec.Certificate.Serial, read[1].Serial);
        Assert.AreEqual(CmsParty.Other.Certificate.Serial, read[2].Serial);
    }

    [TestMethod]
    [DataRow(Platform.SubjectIdentifierType.IssuerAndSerialNumber)]
    [DataRow(Platform.SubjectIdentifierType.SubjectKeyIdentifier)]
    public void What_the_platform_signs_we_verify_whichever_way_it_names_the_signer(Platform.SubjectIdentifierType type)
    {
        VerifiedSigner verified = SignedData.Decode(PlatformSigned(type)).OrThrow().VerifySigner(DigestPolicy.Strict).OrThrow();
        Assert.AreEqual(CmsParty.Rsa.Certificate.Serial, verified.Certificate.Serial);
    }

    [TestMethod]
    public void A_certificate_that_the_message_lacks_may_be_known_beforehand()
    {
        byte[] encoded = PlatformSigned(Platform.SubjectIdentifierType.IssuerAndSerialNumber, withCertificate: false);
        SignedData signed = SignedData.Decode(encoded).OrThrow();
        AssertRefused(RefusalCode.BadSignature, signed.VerifySigner(DigestPolicy.Strict));
        signed.VerifySigner(DigestPolicy.Strict, [CmsParty.Other.Certificate, CmsParty.Rsa.Certificate]).OrThrow();
    }

    [TestMethod]
    public void A_digest_that_the_policy_does_not_allow_is_an_unsupported_algorithm()
    {
        SignedData signed = SignedData.Decode(SignedData.Sign(Content, SignerOf(CmsParty.Rsa) with { Digest = HashAlgorithmName.SHA1 })).OrThrow();
        AssertRefused(RefusalCode.UnsupportedAlgorithm, signed.VerifySigner(DigestPolicy.Strict));
    }

    [TestMethod]
    public void A_message_without_signed_attributes_is_refused()
    {
        var cms = new Platform.SignedCms(new Platform.ContentInfo(Content));
        cms.ComputeSignature(new Platform.CmsSigner(Platform.SubjectIdentifierType.IssuerAndSerialNumber, CmsParty.Rsa.ForPlatform()), silent: true);
        AssertRefused(RefusalCode.BadSignature, SignedData.Decode(cms.Encode()).OrThrow().VerifySigner(DigestPolicy.Strict));
    }

    [TestMethod]
    public void A_contentType_or_messageDigest_that_comes_twice_is_refused()
    {
        SignedData signed = SignedData.Decode(SignedData.Sign(Content, SignerOf(CmsParty.Rsa) with
        {
            SignedAttributes = [new(Oids.MessageDigest, new byte[] { 0x04, 0x01, 0x00 })],
        })).OrThrow();
        AssertRefused(RefusalCode.BadSignature, signed.VerifySigner(DigestPolicy.Strict));
    }

    [TestMethod]
    public void Two_signers_are_one_too_many_as_S_02_says()
    {
        var cms = new Platform.SignedCms(new Platform.ContentInfo(Content));
        cms.ComputeSignature(new Platform.CmsSigner(CmsParty.Rsa.ForPlatform()), silent: true);
        cms.ComputeSignature(new Platform.CmsSigner(CmsParty.Other.ForPlatform()), silent: true);
        AssertRefused(RefusalCode.TooLarge, SignedData.Decode(cms.Encode()));
    }

    [TestMethod]
    public void Eleven_certificates_are_one_too_many_as_L_01_says()
    {
        Certificate[] ten = [.. Enumerable.Repeat(CmsParty.Ec.Certificate, 10)];
        AssertRefused(RefusalCode.TooLarge, SignedData.Decode(SignedData.Sign(Content, SignerOf(CmsParty.Rsa) with { ExtraCertificates = ten })));
        SignedData.Decode(SignedData.Sign(Content, SignerOf(CmsParty.Rsa) with { ExtraCertificates = ten[1..] })).OrThrow();
    }

    [TestMethod]
    public void Sixty_five_attributes_are_one_too_many_as_L_01_says()
    {
        CmsAttribute[] many = [.. Enumerable.Range(0, 63).Select(i => new CmsAttribute($"1.2.3.{i}", new byte[] { 0x05, 0x00 }))];
        AssertRefused(RefusalCode.TooLarge, SignedData.Decode(SignedData.Sign(Content, SignerOf(CmsParty.Rsa) with { SignedAttributes = many })));
        SignedData.Decode(SignedData.Sign(Content, SignerOf(CmsParty.Rsa) with { SignedAttributes = many[1..] })).OrThrow();
    }

    [TestMethod]
    public void A_message_of_another_type_or_with_octets_after_its_end_is_malformed()
    {
        byte[] encoded = SignedData.Sign(Content, SignerOf(CmsParty.Rsa));
        AssertRefused(RefusalCode.Malformed, SignedData.Decode((byte[])[.. encoded, 0x00]));
        AssertRefused(RefusalCode.Malformed, SignedData.Decode(EnvelopedData.Encrypt(Content, CmsParty.Rsa.Certificate, ContentCipher.Aes128Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill)));
        AssertRefused(RefusalCode.Malformed, SignedData.Decode(ReadOnlyMemory<byte>.Empty));
    }

    [TestMethod]
    public void A_digest_and_a_signature_algorithm_must_agree()
    {
        byte[] encoded = SignedData.Sign(Content, SignerOf(CmsParty.Ec));
        byte[] oid = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]; // ecdsa-with-SHA256 ...
        encoded[encoded.AsSpan().LastIndexOf(oid) + oid.Length - 1] = 0x04; // ... becomes ecdsa-with-SHA512
        AssertRefused(RefusalCode.UnsupportedAlgorithm, SignedData.Decode(encoded).OrThrow().VerifySigner(DigestPolicy.Strict));
    }

    private static CmsSigner SignerOf(CmsParty party) => new(party.Key, party.Certificate, HashAlgorithmName.SHA256);

    private static byte[] PlatformSigned(Platform.SubjectIdentifierType type, bool withCertificate = true)
    {
        var cms = new Platform.SignedCms(new Platform.ContentInfo(Content));
        var signer = new Platform.CmsSigner(type, CmsParty.Rsa.ForPlatform())
        {
            IncludeOption = withCertificate ? System.Security.Cryptography.X509Certificates.X509IncludeOption.EndCertOnly : System.Security.Cryptography.X509Certificates.X509IncludeOption.None,
        };
        signer.SignedAttributes.Add(new Platform.Pkcs9SigningTime(Time.UtcDateTime));
        cms.ComputeSignature(signer, silent: true);
        return cms.Encode();
    }

    private static void AssertRefused<T>(RefusalCode code, Outcome<T> outcome)
        where T : class
    {
        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(code, refusal.Code, refusal.Detail);
    }
}
