using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Tests.Cmp;
using Pki.Protocols.Tests.X509;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Crmf;

/// <summary>Proof of possession (RFC 4211 §4.1, CMP-C-20 and C-21).</summary>
[TestClass]
public sealed class PossessionCheckTests
{
    private static readonly GeneralName Sender = GeneralName.Directory(ThrowawayPki.Name("CN=user1,O=Example"));
    private static readonly byte[] Salt = new byte[16];

    [TestMethod]
    public void A_signature_over_the_request_proves_the_key_of_the_template()
    {
        CertRequest request = Request(ThrowawayPki.Ec.Public);
        SubjectPublicKey proven = Verify(new(request, Signed(null, request.Encoded), [])).OrThrow();
        Assert.IsTrue(proven.SameKeyAs(ThrowawayPki.Ec.Public));
    }

    [TestMethod]
    public void A_signature_over_another_request_proves_nothing()
    {
        ProofOfPossession proof = Signed(null, Request(ThrowawayPki.Ec.Public).Encoded);
        Expect(RefusalCode.BadSignature, new(CertRequest.Create(1, Request(ThrowawayPki.Ec.Public).Template), proof, []));
    }

    [TestMethod]
    public void Without_poposkInput_subject_and_key_must_be_in_the_template_as_CMP_C_20_says()
    {
        CertRequest noSubject = CertRequest.Create(0, new CertTemplate { PublicKey = ThrowawayPki.Ec.Public });
        CertRequest noKey = CertRequest.Create(0, new CertTemplate { Subject = DistinguishedName.Empty });
        Expect(RefusalCode.Malformed, new(noSubject, Signed(null, noSubject.Encoded), []));
        Expect(RefusalCode.Malformed, new(noKey, Signed(null, noKey.Encoded), []));
    }

    [TestMethod]
    public void PoposkInput_with_the_sender_is_signed_as_a_SEQUENCE()
    {
        var input = PopoSigningKeyInput.Create(Sender, ThrowawayPki.Ec.Public);
        CertReqMsg message = Read(new(Request(null), Signed(input, input.Encoded), []));
        Verify(message).OrThrow();
        Expect(RefusalCode.BadSignature, new(Request(null), Signed(input, Retagged(input)), []));
    }

    [TestMethod]
    public void The_sender_is_compared_as_a_name_as_CMP_H_19_wants()
    {
        var input = PopoSigningKeyInput.Create(GeneralName.Directory(ThrowawayPki.Name("CN=USER1,O=Example")), ThrowawayPki.Ec.Public);
        Verify(new(Request(null), Signed(input, input.Encoded), [])).OrThrow();
    }

    [TestMethod]
    public void PoposkInput_of_another_sender_is_not_bound_to_this_one()
    {
        foreach (GeneralName other in new[] { GeneralName.Directory(ThrowawayPki.Name("CN=user2,O=Example")), GeneralName.Dns("user1") })
        {
            var input = PopoSigningKeyInput.Create(other, ThrowawayPki.Ec.Public);
            Expect(RefusalCode.NotBound, new(Request(null), Signed(input, input.Encoded), []));
        }
    }

    [TestMethod]
    public void PoposkInput_and_template_must_have_the_same_key()
    {
        var input = PopoSigningKeyInput.Create(Sender, ThrowawayPki.Ec.Public);
        Verify(new(Request(ThrowawayPki.Ec.Public), Signed(input, input.Encoded), [])).OrThrow();
        Expect(RefusalCode.NotBound, new(Request(ThrowawayPki.Rsa.Public), Signed(input, input.Encoded), []));
    }

    [TestMethod]
    public void PublicKeyMAC_needs_the_secret()
    {
        PopoSigningKeyInput input = InputWithMac(PasswordBasedMac.Create(Salt, 100));
        CertReqMsg message = Read(new(Request(null), Signed(input, input.Encoded), []));
        PossessionCheck.VerifySignature(message, Sender, CmpFixture.Secret, CmpAlgorithmPolicy.Default).OrThrow();
        foreach (Secret? secret in new[] { null, Secret.FromText("wrong") })
        {
            Assert.IsFalse(PossessionCheck.VerifySignature(message, Sender, secret, CmpAlgorithmPolicy.Default).Succeeded(out _, out Refusal? refusal));
            Assert.AreEqual(RefusalCode.BadSignature, refusal.Code);
        }
    }

    [TestMethod]
    public void PublicKeyMAC_obeys_the_limits_and_is_PasswordBasedMac()
    {
        PopoSigningKeyInput costly = InputWithMac(PasswordBasedMac.Create(Salt, 101));
        CmpAlgorithmPolicy policy = new() { Macs = MacLimits.Default with { MaxPbmIterations = 100 } };
        Assert.IsFalse(PossessionCheck.VerifySignature(new(Request(null), Signed(costly, costly.Encoded), []), Sender, CmpFixture.Secret, policy).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.PolicyViolation, refusal.Code);
        PopoSigningKeyInput other = InputWithMac(Pbmac1.Create(Salt, 1000));
        Expect(RefusalCode.BadSignature, new(Request(null), Signed(other, other.Encoded), []));
    }

    [TestMethod]
    public void Another_proof_or_none_is_no_signature_as_CMP_C_23_and_C_27_say()
    {
        Expect(RefusalCode.NotSigned, new(Request(ThrowawayPki.Ec.Public), null, []));
        Expect(RefusalCode.NotSigned, new(Request(ThrowawayPki.Ec.Public), new ProofOfPossession.RaVerified(), []));
        Expect(RefusalCode.NotSigned, new(Request(ThrowawayPki.Ec.Public), new ProofOfPossession.KeyEncipherment(new PopoPrivKey.ThisMessage(Salt)), []));
    }

    [TestMethod]
    public void An_algorithm_that_does_not_fit_the_key_proves_nothing_and_an_unknown_one_is_named()
    {
        CertRequest request = Request(ThrowawayPki.Ec.Public);
        byte[] old = ThrowawayPki.Ec.Sign(request.Encoded.Span, SignatureAlgorithm.Ecdsa(System.Security.Cryptography.HashAlgorithmName.SHA1));
        Expect(RefusalCode.UnsupportedAlgorithm, new(request, new ProofOfPossession.Signature(new(null, SignatureAlgorithm.Ecdsa(System.Security.Cryptography.HashAlgorithmName.SHA1), old)), []));
        Expect(RefusalCode.BadSignature, new(request, new ProofOfPossession.Signature(new(null, SignatureAlgorithm.Sha256WithRsa, new byte[64])), []));
        Expect(RefusalCode.UnsupportedAlgorithm, new(request, new ProofOfPossession.Signature(new(null, SignatureAlgorithm.From(new(Oids.Ed25519)), new byte[64])), []));
    }

    private static Outcome<SubjectPublicKey> Verify(CertReqMsg message) => PossessionCheck.VerifySignature(message, Sender, CmpFixture.Secret, CmpAlgorithmPolicy.Default);

    private static void Expect(RefusalCode code, CertReqMsg message)
    {
        Assert.IsFalse(Verify(message).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(code, refusal.Code, refusal.Detail);
    }

    private static CertReqMsg Read(CertReqMsg message) => Der.Decode<CertReqMsg>(Der.Encode(message)).OrThrow();

    private static CertRequest Request(SubjectPublicKey? key) =>
        CertRequest.Create(0, new CertTemplate { Subject = key is null ? null : ThrowawayPki.Name("CN=user1"), PublicKey = key });

    private static ProofOfPossession.Signature Signed(PopoSigningKeyInput? input, ReadOnlyMemory<byte> octets) =>
        new(new(input, SignatureAlgorithm.EcdsaWithSha256, ThrowawayPki.Ec.Sign(octets.Span, SignatureAlgorithm.EcdsaWithSha256)));

    private static byte[] Retagged(PopoSigningKeyInput input)
    {
        byte[] octets = input.Encoded.ToArray();
        octets[0] = 0xA0;
        return octets;
    }

    private static PopoSigningKeyInput InputWithMac(MacAlgorithm algorithm)
    {
        using MacKey key = algorithm.DeriveKey(CmpFixture.Secret);
        return PopoSigningKeyInput.Create(new PkMacValue(algorithm.Identifier, key.Compute(ThrowawayPki.Ec.Public.Encoded.Span)), ThrowawayPki.Ec.Public);
    }
}
