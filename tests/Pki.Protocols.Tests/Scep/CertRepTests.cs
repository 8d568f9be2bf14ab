using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Tests.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Platform = System.Security.Cryptography.Pkcs;

namespace Pki.Protocols.Tests.Scep;

/// <summary>SCEP.md section 15: both sides of a conversation, and what is in the replies.</summary>
[TestClass]
public sealed class CertRepTests
{
    private static readonly IReadOnlyList<Certificate> RaCertificates = [ScepParties.Ra.SigningCertificate];

    [TestMethod]
    [DataRow(ContentCipher.Aes128Cbc, "SHA256", KeyTransport.Pkcs1)]
    [DataRow(ContentCipher.Aes192Cbc, "SHA384", KeyTransport.OaepSha1)]
    [DataRow(ContentCipher.Aes256Cbc, "SHA512", KeyTransport.OaepSha256)]
    [DataRow(ContentCipher.TripleDesCbc, "SHA1", KeyTransport.Pkcs1)]
    public void An_enrolment_goes_there_and_back_with_cipher_and_digest_mirrored(ContentCipher cipher, string digest, KeyTransport transport)
    {
        SentRequest sent = (ScepParties.Builder with { Cipher = cipher, Digest = new HashAlgorithmName(digest), KeyTransport = transport }).PkcsReq(ScepParties.Request, ScepParties.Id);
        ScepRequest request = ScepParties.Open(sent.Encoded).OrThrow();
        Assert.AreEqual(cipher, request.Cipher);
        Assert.AreEqual(ScepParties.Now, request.Envelope.SigningTime);

        byte[] encoded = Reply(request).Success(request.Signer, ScepAlgorithmPolicy.Default.ReplyCipher(request.Cipher), [CmsParty.Rsa.Certificate, CmsParty.Ec.Certificate]);
        Assert.AreEqual(digest, SignedData.Decode(encoded).OrThrow().VerifySigner(DigestPolicy.WithSha1).OrThrow().Digest.Name);
        CertRep reply = CertRep.Read(encoded, sent, RaCertificates, ScepAlgorithmPolicy.Default).OrThrow();
        Assert.AreEqual(PkiStatus.Success, reply.Status);
        CollectionAssert.AreEqual(
            new[] { CmsParty.Rsa.Certificate.Serial, CmsParty.Ec.Certificate.Serial },
            reply.Contents!.Certificates.Select(certificate => certificate.Serial).ToArray());
        Assert.AreEqual(16, reply.SenderNonce?.Length);
    }

    [TestMethod]
    public void Renewal_poll_and_queries_go_there()
    {
        ScepRequestBuilder builder = ScepParties.Builder;
        var names = new IssuerAndSubject(ScepParties.Name("CN=ca"), ScepParties.Name("CN=client,O=Tests"));
        IssuerAndSerialNumber wanted = IssuerAndSerialNumber.Of(CmsParty.Ec.Certificate);
        Assert.IsInstanceOfType<ScepBody.Enrolment>(Body(builder.RenewalReq(ScepParties.Request, ScepParties.Id), MessageType.RenewalReq));
        Assert.AreEqual(names.Subject, ((ScepBody.Poll)Body(builder.CertPoll(names, ScepParties.Id), MessageType.CertPoll)).Names.Subject);
        Assert.IsTrue(((ScepBody.CertificateQuery)Body(builder.GetCert(wanted, ScepParties.Id), MessageType.GetCert)).Wanted.Names(CmsParty.Ec.Certificate));
        Assert.IsTrue(((ScepBody.CrlQuery)Body(builder.GetCrl(wanted, ScepParties.Id), MessageType.GetCrl)).About.Names(CmsParty.Ec.Certificate));

        static ScepBody Body(SentRequest sent, MessageType type)
        {
            ScepRequest request = ScepParties.Open(sent.Encoded).OrThrow();
            Assert.AreEqual(type, request.MessageType);
            return request.Body;
        }
    }

    [TestMethod]
    public void PENDING_and_FAILURE_come_back_with_empty_content_as_B_07_wants()
    {
        SentRequest sent = ScepParties.Builder.PkcsReq(ScepParties.Request, ScepParties.Id);
        CertRepBuilder builder = Reply(ScepParties.Open(sent.Encoded).OrThrow());
        foreach (byte[] encoded in (byte[][])[builder.Pending(), builder.Failure(FailInfo.BadCertId, "unknown transaction")])
        {
            Assert.AreEqual(0, SignedData.Decode(encoded).OrThrow().Content?.Length);
            var platform = new Platform.SignedCms();
            platform.Decode(encoded);
            platform.CheckSignature(verifySignatureOnly: true);
        }

        Assert.AreEqual(PkiStatus.Pending, CertRep.Read(builder.Pending(), sent, RaCertificates, ScepAlgorithmPolicy.Default).OrThrow().Status);
        CertRep failure = CertRep.Read(builder.Failure(FailInfo.BadCertId, "unknown transaction"), sent, RaCertificates, ScepAlgorithmPolicy.Default).OrThrow();
        Assert.AreEqual(PkiStatus.Failure, failure.Status);
        Assert.AreEqual(FailInfo.BadCertId, failure.FailInfo);
        Assert.AreEqual("unknown transaction", failure.FailInfoText);
        Assert.IsNull(CertRep.Read(builder.Failure(FailInfo.BadAlg), sent, RaCertificates, ScepAlgorithmPolicy.Default).OrThrow().FailInfoText);
    }

    [TestMethod]
    public void A_reply_has_exactly_the_attributes_of_B_01_in_the_types_of_B_02()
    {
        ScepRequest request = ScepParties.Open(ScepParties.Message()).OrThrow();
        SignerInfo failure = SignedData.Decode((Reply(request) with { SigningTime = ScepParties.Now }).Failure(FailInfo.BadRequest, "why")).OrThrow().Signers[0];
        CollectionAssert.AreEquivalent(
            new[]
            {
                Oids.ContentType, Oids.MessageDigest, Oids.SigningTime, Oids.ScepMessageType, Oids.ScepPkiStatus, Oids.ScepTransactionId,
                Oids.ScepSenderNonce, Oids.ScepRecipientNonce, Oids.ScepFailInfo, Oids.ScepFailInfoText,
            },
            failure.SignedAttributes.Select(attribute => attribute.Oid).ToArray());
        Assert.AreEqual("130133", Hex(Oids.ScepMessageType));
        Assert.AreEqual("130132", Hex(Oids.ScepPkiStatus));
        Assert.AreEqual("130132", Hex(Oids.ScepFailInfo));
        Assert.AreEqual("0410" + new string('0', 32), Hex(Oids.ScepRecipientNonce), "the request's nonce, octet by octet");
        Assert.AreEqual("0C03776879", Hex(Oids.ScepFailInfoText));
        Assert.StartsWith("0410", Hex(Oids.ScepSenderNonce));

        string Hex(string oid) => Convert.ToHexString(failure.Single(oid)!.Value.Span);
    }

    [TestMethod]
    public void No_two_replies_have_the_same_nonce()
    {
        CertRepBuilder builder = Reply(ScepParties.Open(ScepParties.Message()).OrThrow());
        byte[][] nonces = [.. Enumerable.Range(0, 5).Select(_ => ScepAttributes.ReadNonce(SignedData.Decode(builder.Pending()).OrThrow().Signers[0], Oids.ScepSenderNonce)!)];
        Assert.HasCount(5, nonces.Select(Convert.ToHexString).Distinct().ToArray());
    }

    [TestMethod]
    public void A_SUCCESS_without_certificates_is_never_written_as_T_16_says()
    {
        ScepRequest request = ScepParties.Open(ScepParties.Message()).OrThrow();
        Assert.ThrowsExactly<ArgumentException>(() => Reply(request).Success(request.Signer, request.Cipher, []));
    }

    [TestMethod]
    public void A_CRL_comes_back_alone_as_Q_03_and_B_13_want()
    {
        CertificateList crl = new ToBeSignedCertificateList(
            SignatureAlgorithm.Sha256WithRsa, CmsParty.Other.Certificate.Subject.Encoded, ScepParties.Now, ScepParties.Now.AddDays(1), [], []).Sign(CmsParty.Other.Key);
        SentRequest sent = ScepParties.Builder.GetCrl(IssuerAndSerialNumber.Of(CmsParty.Ec.Certificate), ScepParties.Id);
        ScepRequest request = ScepParties.Open(sent.Encoded).OrThrow();
        CertRep reply = CertRep.Read(Reply(request).Success(request.Signer, request.Cipher, crl), sent, RaCertificates, ScepAlgorithmPolicy.Default).OrThrow();
        Assert.IsEmpty(reply.Contents!.Certificates);
        CollectionAssert.AreEqual(crl.Encoded.ToArray(), reply.Contents.CertificateLists.Single().Encoded.ToArray());
    }

    [TestMethod]
    public void With_two_RA_certificates_one_opens_and_the_other_signs_as_G_05_allows()
    {
        var split = new ScepRaIdentity(CmsParty.Other.Key, CmsParty.Other.Certificate, CmsParty.Rsa.Key, CmsParty.Rsa.Certificate);
        SentRequest sent = ScepParties.Builder.PkcsReq(ScepParties.Request, ScepParties.Id);
        ScepRequest request = ScepEnvelope.Read(sent.Encoded).OrThrow().Open([split], ScepAlgorithmPolicy.Default).OrThrow();
        byte[] pending = CertRepBuilder.For(request.Envelope, request.Ra, ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill).Pending();
        Assert.AreEqual(PkiStatus.Pending, CertRep.Read(pending, sent, [split.EncryptionCertificate, split.SigningCertificate], ScepAlgorithmPolicy.Default).OrThrow().Status);
    }

    [TestMethod]
    public void A_client_refuses_what_the_RA_did_not_sign_or_what_answers_another_request()
    {
        SentRequest sent = ScepParties.Builder.PkcsReq(ScepParties.Request, ScepParties.Id);
        ScepRequest request = ScepParties.Open(sent.Encoded).OrThrow();
        byte[] forged = CertRepBuilder.For(request.Envelope, new ScepRaIdentity(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate), ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill).Pending();
        ScepParties.AssertRefused(RefusalCode.UnknownIssuer, CertRep.Read(forged, sent, RaCertificates, ScepAlgorithmPolicy.Default));

        byte[] reply = Reply(request).Pending();
        ScepParties.AssertRefused(RefusalCode.NotBound, CertRep.Read(reply, sent with { TransactionId = TransactionId.FromText("other") }, RaCertificates, ScepAlgorithmPolicy.Default));
        ScepParties.AssertRefused(RefusalCode.NotBound, CertRep.Read(reply, sent with { SenderNonce = new byte[16] }, RaCertificates, ScepAlgorithmPolicy.Default));
        ScepParties.AssertRefused(RefusalCode.Malformed, CertRep.Read(sent.Encoded, sent, [sent.Sender.Certificate], ScepAlgorithmPolicy.Default));
    }

    [TestMethod]
    public void The_signer_of_a_first_enrolment_may_have_a_certificate_as_odd_as_S_05_lists()
    {
        // A serial number that no CA may issue: zero, negative, 32 octets. The reply must name it octet by octet (B-08).
        foreach (string sample in (string[])["sscep-pkcsreq-aes128-sha512", "certmonger-pkcsreq-aes256-sha256", "jscep-pkcsreq-ber-aes128-sha512"])
        {
            ScepRequest request = ScepEnvelope.Read(ScepFixture.Message(sample)).OrThrow().Open([ScepFixture.Identity], ScepAlgorithmPolicy.Default).OrThrow();
            byte[] reply = CertRepBuilder.For(request.Envelope, request.Ra, ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill).Success(request.Signer, request.Cipher, [ScepFixture.Ca]);
            EnvelopedData enveloped = EnvelopedData.Decode(SignedData.Decode(reply).OrThrow().Content!.Value).OrThrow();
            Assert.IsTrue(enveloped.IsFor(request.Signer));
            Assert.IsGreaterThan(0, reply.AsSpan().IndexOf(Der.Encode(IssuerAndSerialNumber.Of(request.Signer))));
        }
    }

    [TestMethod]
    [DataRow("SHA512", "SHA512")]
    [DataRow("SHA1", "SHA256")]
    [DataRow(null, "SHA256", DisplayName = "a digest that is not known")]
    public void The_reply_to_what_is_refused_is_signed_with_an_allowed_digest_as_B_15_wants(string? requested, string expected) =>
        Assert.AreEqual(expected, ScepAlgorithmPolicy.Strict.ReplyDigest(requested is null ? null : new HashAlgorithmName(requested)).Name);

    [TestMethod]
    [DataRow(ContentCipher.Aes256Cbc, ContentCipher.Aes256Cbc)]
    [DataRow(ContentCipher.TripleDesCbc, ContentCipher.TripleDesCbc)]
    [DataRow(ContentCipher.DesCbc, ContentCipher.TripleDesCbc)]
    public void The_reply_takes_the_requests_cipher_or_the_nearest_as_B_09_wants(ContentCipher requested, ContentCipher expected) =>
        Assert.AreEqual(expected, ScepAlgorithmPolicy.Default.ReplyCipher(requested));

    private static CertRepBuilder Reply(ScepRequest request) =>
        CertRepBuilder.For(request.Envelope, request.Ra, ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill);
}
