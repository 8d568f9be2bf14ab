using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Scep;

/// <summary>The recorded messages of five real clients, and the three forms of reply that all five accept.</summary>
[TestClass]
public sealed class ScepFixtureTests
{
    private const string SscepId = "9C0AA09657838EAAD5D9E5336225F437";
    private const string SscepName = "CN=router1.example.test,O=Test,C=SE";

    [TestMethod]
    [DataRow("certmonger-pkcsreq-aes256-sha256", MessageType.PkcsReq, "94092216696657515847482064174442786921504751075802701183571744232717049115109", ContentCipher.Aes256Cbc, "SHA256", "CN=cm1.example.test")]
    [DataRow("jscep-pkcsreq-ber-aes128-sha512", MessageType.PkcsReq, "e8580af32a17409a9b2c5307eb49adc0cadf6d91", ContentCipher.Aes128Cbc, "SHA512", "CN=js1,O=Test,C=SE")]
    [DataRow("micromdm-debian-pkcsreq-des-sha1-2recipients", MessageType.PkcsReq, "Qruu9WpAG/OYfJHQjAd1W4BstGo=", ContentCipher.DesCbc, "SHA1", null)]
    [DataRow("micromdm-debian-renewalreq17", MessageType.RenewalReq, "Qruu9WpAG/OYfJHQjAd1W4BstGo=", ContentCipher.DesCbc, "SHA1", null)]
    [DataRow("micromdm-head-pkcsreq-des-sha1-2recipients", MessageType.PkcsReq, "6m0nWu9vZgVUmtER9SFu3gexxqg=", ContentCipher.DesCbc, "SHA1", null)]
    [DataRow("micromdm-head-renewalreq17", MessageType.RenewalReq, "6m0nWu9vZgVUmtER9SFu3gexxqg=", ContentCipher.DesCbc, "SHA1", null)]
    [DataRow("sscep-pkcsreq-3des-sha1", MessageType.PkcsReq, SscepId, ContentCipher.TripleDesCbc, "SHA1", SscepName)]
    [DataRow("sscep-pkcsreq-aes128-sha512", MessageType.PkcsReq, SscepId, ContentCipher.Aes128Cbc, "SHA512", SscepName)]
    [DataRow("sscep-pkcsreq-aes256-sha256", MessageType.PkcsReq, SscepId, ContentCipher.Aes256Cbc, "SHA256", SscepName)]
    [DataRow("sscep-pkcsreq-des-md5", MessageType.PkcsReq, SscepId, ContentCipher.DesCbc, "MD5", SscepName)]
    [DataRow("sscep-renew19-aes128-sha512", MessageType.PkcsReq, "B07B0919E654F1E708009B9662F119A7", ContentCipher.Aes128Cbc, "SHA512", SscepName)]
    [DataRow("strongswan-pkcsreq-aes128-sha256", MessageType.PkcsReq, "220F0F4506069338B226CAF4109E4C7D85803F45", ContentCipher.Aes128Cbc, "SHA256", "CN=sw1.example.test,O=Test,C=SE")]
    [DataRow("strongswan-pkcsreq-pss", MessageType.PkcsReq, "220F0F4506069338B226CAF4109E4C7D85803F45", ContentCipher.Aes128Cbc, "SHA256", "CN=pss,C=SE")]
    [DataRow("strongswan-renewalreq17", MessageType.RenewalReq, "70E405E17314794985D3274631EF4E315090B904", ContentCipher.Aes128Cbc, "SHA256", "CN=sw1.example.test,O=Test,C=SE")]
    public void An_enrolment_opens(string name, MessageType type, string id, ContentCipher cipher, string digest, string? subject)
    {
        ScepRequest request = Open(name, ScepAlgorithmPolicy.Legacy);
        Assert.AreEqual(type, request.MessageType);
        Assert.AreEqual(id, request.TransactionId.ToString());
        Assert.AreEqual(cipher, request.Cipher);
        Assert.AreEqual(digest, request.Digest.Name);
        Assert.AreEqual(16, request.Envelope.SenderNonce?.Length);
        Assert.IsNotNull(request.Envelope.SigningTime);
        Assert.AreEqual(ScepFixture.Ra.Serial, request.Ra.EncryptionCertificate.Serial);
        CertificationRequest csr = ((ScepBody.Enrolment)request.Body).Request;
        if (subject is not null)
        {
            Assert.AreEqual(subject, csr.Subject.ToString());
        }

        bool renewsWithNewKey = name is "sscep-renew19-aes128-sha512" or "strongswan-renewalreq17";
        Assert.AreEqual(!renewsWithNewKey, csr.PublicKey.SameKeyAs(request.Signer.PublicKey));
    }

    [TestMethod]
    [DataRow("jscep-poll-ber", "e8580af32a17409a9b2c5307eb49adc0cadf6d91", "CN=Mock Root CA,O=Mock,C=SE", "CN=js1,O=Test,C=SE")]
    [DataRow("sscep-poll-aes128-sha512", SscepId, "CN=Mock SCEP RA,O=Mock,C=SE", SscepName, DisplayName = "T-03: sscep takes the RA for the issuer")]
    [DataRow("strongswan-poll", "220F0F4506069338B226CAF4109E4C7D85803F45", "CN=Mock Root CA,O=Mock,C=SE", "CN=sw1.example.test,O=Test,C=SE")]
    public void A_poll_opens(string name, string id, string issuer, string subject)
    {
        ScepRequest request = Open(name, ScepAlgorithmPolicy.Default);
        IssuerAndSubject names = ((ScepBody.Poll)request.Body).Names;
        Assert.AreEqual(MessageType.CertPoll, request.MessageType);
        Assert.AreEqual(id, request.TransactionId.ToString());
        Assert.AreEqual(issuer, names.Issuer.ToString());
        Assert.AreEqual(subject, names.Subject.ToString());
    }

    [TestMethod]
    public void GetCert_and_GetCRL_open_under_the_constant_id_of_sscep()
    {
        ScepRequest certificate = Open("sscep-getcert", ScepAlgorithmPolicy.Default);
        Assert.AreEqual("SSCEP transactionId", certificate.TransactionId.ToString());
        Assert.AreEqual("21e8692df2c78c2ca22cb544cf20d291019c3d8f", ((ScepBody.CertificateQuery)certificate.Body).Wanted.Serial.ToString());
        ScepRequest crl = Open("sscep-getcrl", ScepAlgorithmPolicy.Default);
        Assert.AreEqual(ScepFixture.Ca.Issuer, ((ScepBody.CrlQuery)crl.Body).About.Issuer);
    }

    [TestMethod]
    [DataRow("sscep-pkcsreq-des-md5", DisplayName = "X-02: MD5 and DES")]
    [DataRow("micromdm-head-pkcsreq-des-sha1-2recipients", DisplayName = "E-06: DES")]
    public void Legacy_algorithms_are_unsupported_without_the_legacy_switch(string name)
    {
        ScepEnvelope envelope = ScepEnvelope.Read(ScepFixture.Message(name)).OrThrow();
        Assert.IsFalse(envelope.Open([ScepFixture.Identity], ScepAlgorithmPolicy.Default).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, refusal.Code);
        Assert.AreEqual("SHA1", ScepAlgorithmPolicy.Default.ReplyDigest(envelope.Digest).Name);
    }

    [TestMethod]
    public void The_RA_is_found_behind_the_CA_among_the_recipients_as_E_02_wants()
    {
        ScepEnvelope envelope = ScepEnvelope.Read(ScepFixture.Message("micromdm-head-pkcsreq-des-sha1-2recipients")).OrThrow();
        Assert.IsTrue(envelope.IsEncryptedTo(ScepFixture.Ca), "E-04: and the CA is told apart");
        Assert.IsNotNull(envelope.RaAmong([ScepFixture.Identity]));
    }

    [TestMethod]
    public void A_line_end_after_the_message_is_forgiven_and_nothing_else_as_S_01_says()
    {
        byte[] message = ScepFixture.Message("sscep-getcrl");
        ScepEnvelope.Read((byte[])[.. message, (byte)'\r', (byte)'\n']).OrThrow();
        Assert.IsFalse(ScepEnvelope.Read((byte[])[.. message, (byte)' ']).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void The_reply_with_a_certificate_is_read_by_the_client_side()
    {
        CertRep reply = ReadReply("reply-success");
        Assert.AreEqual(PkiStatus.Success, reply.Status);
        Assert.HasCount(2, reply.Contents!.Certificates);
        Assert.AreEqual(SscepName, reply.Contents.Certificates[0].Subject.ToString(), "B-12: the issued one is first");
        Assert.IsTrue(reply.Contents.Certificates[0].IsSignedBy(ScepFixture.Ca.PublicKey));
    }

    [TestMethod]
    public void The_reply_that_says_wait_is_read_by_the_client_side() => Assert.AreEqual(PkiStatus.Pending, ReadReply("reply-pending-empty-content").Status);

    [TestMethod]
    public void The_reply_that_refuses_is_read_by_the_client_side()
    {
        CertRep reply = ReadReply("reply-failure-badrequest-failinfotext");
        Assert.AreEqual(PkiStatus.Failure, reply.Status);
        Assert.AreEqual(FailInfo.BadRequest, reply.FailInfo);
        Assert.IsFalse(string.IsNullOrEmpty(reply.FailInfoText));
    }

    private static ScepRequest Open(string name, ScepAlgorithmPolicy policy) =>
        ScepEnvelope.Read(ScepFixture.Message(name)).OrThrow().Open([ScepFixture.Identity], policy).OrThrow();

    /// <summary>The requests of these replies were not recorded: id and nonce are taken from the reply, the certificate from another request.</summary>
    private static CertRep ReadReply(string name)
    {
        byte[] reply = ScepFixture.Message(name);
        SignerInfo signer = SignedData.Decode(reply).OrThrow().Signers[0];
        Certificate certificate = ScepEnvelope.Read(ScepFixture.Message("sscep-pkcsreq-aes128-sha512")).OrThrow().Signer!;
        var sent = new SentRequest(
            [],
            ScepAttributes.ReadTransactionId(signer)!,
            ScepAttributes.ReadNonce(signer, Oids.ScepRecipientNonce),
            new ScepSender(ScepFixture.SscepKey, certificate));
        return CertRep.Read(reply, sent, [ScepFixture.Ca, ScepFixture.Ra], ScepAlgorithmPolicy.Default).OrThrow();
    }
}
