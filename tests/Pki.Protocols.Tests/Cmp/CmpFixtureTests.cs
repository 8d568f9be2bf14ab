using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Kind = Pki.Protocols.Cmp.PkiBodyKind;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>The recorded messages of OpenSSL (RFC 9810 §5): read, verified, and written again to the octet.</summary>
[TestClass]
public sealed class CmpFixtureTests
{
    public static IEnumerable<object[]> Names => CmpFixture.Names.Select(name => new object[] { name });

    [TestMethod]
    [DataRow("ir", Kind.InitializationRequest)]
    [DataRow("ip", Kind.InitializationResponse)]
    [DataRow("cc", Kind.CertificateConfirmation)]
    [DataRow("pc", Kind.PkiConfirmation)]
    [DataRow("r1", Kind.CertificationRequest)]
    [DataRow("s1", Kind.CertificationResponse)]
    [DataRow("p1", Kind.Pkcs10Request)]
    [DataRow("k1", Kind.KeyUpdateRequest)]
    [DataRow("k3", Kind.KeyUpdateResponse)]
    [DataRow("v1", Kind.RevocationRequest)]
    [DataRow("v2", Kind.RevocationResponse)]
    [DataRow("g1", Kind.GeneralMessage)]
    [DataRow("g2", Kind.GeneralResponse)]
    [DataRow("q2", Kind.PollRequest)]
    [DataRow("w2", Kind.PollResponse)]
    [DataRow("error", Kind.Error)]
    public void The_body_is_recognised(string name, Kind kind) => Assert.AreEqual(kind, CmpFixture.Message(name).Body.Kind);

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void What_is_read_is_written_again_to_the_octet(string name)
    {
        PkiMessage message = CmpFixture.Message(name);
        Assert.AreEqual(Convert.ToHexString(message.HeaderEncoded.Span), Convert.ToHexString(Der.Encode(message.Header)));
        Assert.AreEqual(Convert.ToHexString(message.BodyEncoded.Span), Convert.ToHexString(message.Body.Encode()));
        PkiMessage again = PkiMessage.Create(message.Header, message.Body, message.ExtraCerts).WithProtection(message.Protection!.Value);
        CollectionAssert.AreEqual(CmpFixture.Bytes(name), again.Encoded.ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void The_protection_is_right_and_every_changed_octet_under_it_is_noticed(string name)
    {
        PkiMessage message = CmpFixture.Message(name);
        Assert.IsNull(ObjectionTo(message));
        int start = CmpFixture.Bytes(name).AsSpan().IndexOf(message.HeaderEncoded.Span);
        int length = message.HeaderEncoded.Length + message.BodyEncoded.Length;
        for (int at = 0; at < length; at += 13)
        {
            byte[] changed = CmpFixture.Bytes(name);
            changed[start + at] ^= 0x01;
            Assert.IsTrue(!PkiMessage.Read(changed).Succeeded(out PkiMessage? forged, out _) || ObjectionTo(forged) is not null, $"octet {start + at}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Every_truncation_is_refused_as_malformed(string name)
    {
        byte[] message = CmpFixture.Bytes(name);
        for (int length = 0; length < message.Length; length++)
        {
            Assert.IsFalse(PkiMessage.Read(message.AsMemory(0, length)).Succeeded(out _, out Refusal? refusal), $"{length} octets");
            Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
        }
    }

    [TestMethod]
    [DataRow("ir")]
    [DataRow("r1")]
    [DataRow("q1")]
    [DataRow("k1")]
    [DataRow("cr-rich")]
    [DataRow("kur-oldcert")]
    public void The_proof_of_possession_is_over_the_request_as_received(string name)
    {
        PkiMessage message = CmpFixture.Message(name);
        CertReqMsg request = ((PkiBody.CertificateRequests)message.Body).Requests[0];
        SubjectPublicKey proven = PossessionCheck.VerifySignature(request, message.Header.Sender, null, CmpAlgorithmPolicy.Default).OrThrow();
        Assert.IsTrue(proven.SameKeyAs(request.Request.Template.PublicKey));
        int at = CmpFixture.Bytes(name).AsSpan().IndexOf(request.Request.Encoded.Span);
        Assert.IsGreaterThan(0, at, "received octets, not others");
    }

    [TestMethod]
    public void The_header_of_ir_says_what_the_client_was_told_to_say()
    {
        PkiHeader header = CmpFixture.Message("ir").Header;
        Assert.AreEqual(PkiHeader.Cmp2000, header.Version);
        Assert.AreEqual("CN=user1", header.Sender.Value);
        Assert.AreEqual(GeneralName.Directory(DistinguishedName.Empty), header.Recipient);
        Assert.AreEqual("3078"u8.ToArray().Length, header.SenderKeyId!.Value.Length);
        Assert.AreEqual(new DateTimeOffset(2026, 11, 21, 1, 54, 2, TimeSpan.Zero), header.MessageTime);
        Assert.AreEqual(16, header.TransactionId?.Length);
        Assert.AreEqual(16, header.SenderNonce?.Length);
        Assert.IsNull(header.RecipientNonce);
        Assert.IsTrue(header.HasImplicitConfirm);
    }

    [TestMethod]
    public void The_certificate_in_ip_is_the_one_that_certConf_names()
    {
        CertRepMessage reply = ((PkiBody.CertificateResponses)CmpFixture.Message("ip").Body).Content;
        Assert.AreEqual(PkiStatus.Accepted, reply.Responses[0].Status.Status);
        Certificate issued = ((CertOrEncCert.Clear)reply.Responses[0].KeyPair!.Certificate).Certificate.Read().OrThrow();
        CertStatus status = ((PkiBody.CertificateConfirmation)CmpFixture.Message("cc").Body).Statuses[0];
        Assert.IsNull(CertHash.ObjectionTo(status, issued, PkiHeader.Cmp2000));
        Assert.IsNotNull(CertHash.ObjectionTo(status, CmpFixture.Ca, PkiHeader.Cmp2000));
        Assert.HasCount(1, reply.CaCertificates);
    }

    [TestMethod]
    public void PKCS10_is_answered_under_minus_one_as_CMP_O_3_wants()
    {
        Assert.IsTrue(((PkiBody.Pkcs10)CmpFixture.Message("p1").Body).Request.VerifySignature());
        Assert.AreEqual(CertRequest.IdOfPkcs10, ((PkiBody.CertificateResponses)CmpFixture.Message("p3").Body).Content.Responses[0].RequestId);
        Assert.AreEqual(BigInteger.MinusOne, ((PkiBody.CertificateConfirmation)CmpFixture.Message("p2").Body).Statuses[0].RequestId);
    }

    [TestMethod]
    public void A_rich_template_comes_apart()
    {
        CertTemplate template = ((PkiBody.CertificateRequests)CmpFixture.Message("cr-rich").Body).Requests[0].Request.Template;
        Assert.AreEqual("CN=user1,O=Example,C=SE", template.Subject?.ToString());
        Assert.AreEqual("CN=CA", template.Issuer?.ToString());
        Assert.AreEqual(TimeSpan.FromDays(10), template.Validity!.NotAfter - template.Validity.NotBefore);
        CollectionAssert.AreEquivalent(new[] { Oids.SubjectAltName, Oids.CertificatePolicies }, template.Extensions.Select(extension => extension.Oid).ToArray());
        Assert.AreEqual(987, CmpFixture.Message("cr-rich").Header.Info("1.2.3")!.Read<Integer>().OrThrow().Value);
    }

    [TestMethod]
    public void OldCertID_and_the_template_of_rr_name_the_certificate()
    {
        CertRequest update = ((PkiBody.CertificateRequests)CmpFixture.Message("kur-oldcert").Body).Requests[0].Request;
        Assert.AreEqual(CertId.Of(CmpFixture.Client), update.Control(Oids.OldCertId)!.Read<CertId>().OrThrow());
        RevDetails details = ((PkiBody.Revocations)CmpFixture.Message("rr-mac").Body).Details[0];
        Assert.AreEqual(CmpFixture.Client.Serial, details.Certificate.Serial);
        Assert.AreEqual(CmpFixture.Client.Issuer, details.Certificate.Issuer);
        Assert.AreEqual(Oids.CrlReason, details.CrlEntryDetails[0].Oid);
        Assert.AreEqual(CmpFixture.Client.Serial, ((PkiBody.RevocationResponses)CmpFixture.Message("rp-mac").Body).Content.Revoked[0].Serial);
    }

    [TestMethod]
    public void Other_proofs_are_recognised()
    {
        Assert.IsInstanceOfType<ProofOfPossession.RaVerified>(Possession("ir-raverified"));
        Assert.AreEqual(
            SubsequentMessage.EncryptedCertificate,
            ((PopoPrivKey.Subsequent)((ProofOfPossession.KeyEncipherment)Possession("ir-keyencipherment")!).Method).Kind);
    }

    [TestMethod]
    public void Failure_bits_and_texts_come_apart()
    {
        PkiStatusInfo status = ((PkiBody.CertificateResponses)CmpFixture.Message("ip-failurebits").Body).Content.Responses[0].Status;
        Assert.AreEqual(PkiStatus.Rejection, status.Status);
        Assert.AreEqual(PkiFailureInfo.BadRequest | PkiFailureInfo.DuplicateCertReq, status.Failure);
        Assert.AreEqual("no luck", status.Text?.ToString());
        ErrorMsgContent error = ((PkiBody.Error)CmpFixture.Message("error").Body).Content;
        Assert.AreEqual(PkiFailureInfo.BadRequest, error.Status.Failure);
        Assert.AreEqual(0x1D00009E, error.Code);
        Assert.HasCount(2, error.Details!.Texts);
    }

    [TestMethod]
    public void Waiting_and_polling_come_apart()
    {
        Assert.AreEqual(PkiStatus.Waiting, ((PkiBody.CertificateResponses)CmpFixture.Message("w1").Body).Content.Responses[0].Status.Status);
        Assert.AreEqual(BigInteger.Zero, ((PkiBody.PollRequests)CmpFixture.Message("q2").Body).Requests[0].RequestId);
        Assert.AreEqual(TimeSpan.FromSeconds(1), ((PkiBody.PollResponses)CmpFixture.Message("w2").Body).Responses[0].CheckAfter);
    }

    private static ProofOfPossession? Possession(string name) => ((PkiBody.CertificateRequests)CmpFixture.Message(name).Body).Requests[0].Possession;

    private static Refusal? ObjectionTo(PkiMessage message)
    {
        if (!MessageProtection.Claim(message).Succeeded(out MessageProtectionClaim? claim, out Refusal? refusal))
        {
            return refusal;
        }

        if (claim.Kind == ProtectionKind.Mac)
        {
            return MessageProtection.VerifyMac(message, CmpFixture.Secret, CmpAlgorithmPolicy.Default).Succeeded(out _, out refusal) ? null : refusal;
        }

        bool fromServer = message.Body is PkiBody.CertificateResponses or PkiBody.Confirmation or PkiBody.RevocationResponses
            || message.Body.Kind == Kind.GeneralResponse;
        return MessageProtection.ObjectionTo(message, (fromServer ? CmpFixture.Server : CmpFixture.Client).PublicKey, CmpAlgorithmPolicy.Default);
    }
}
