using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Tests.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Platform = System.Security.Cryptography.Pkcs;

namespace Pki.Protocols.Tests.Scep;

/// <summary>SCEP.md sections 6, 8 and 17: signatures, envelopes and keys of people who mean no good.</summary>
[TestClass]
public sealed class ScepHostileTests
{
    [TestMethod]
    public void A_changed_octet_in_signature_content_or_attribute_is_a_bad_signature_that_can_be_answered_as_S_03_and_B_18_want()
    {
        byte[] message = ScepParties.Message();
        SignedData signed = SignedData.Decode(message).OrThrow();
        ReadOnlyMemory<byte>[] parts = [signed.Signers[0].Signature, signed.Content!.Value[^8..], signed.Signers[0].Single(Oids.ScepSenderNonce)!.Value[^8..]];
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            byte[] changed = (byte[])message.Clone();
            changed[message.AsSpan().LastIndexOf(part.Span) + part.Length - 1] ^= 1;
            ScepEnvelope envelope = ScepEnvelope.Read(changed).OrThrow();
            ScepParties.AssertRefused(RefusalCode.BadSignature, envelope.Open([ScepParties.Ra], ScepAlgorithmPolicy.Default));
            Assert.AreEqual(ScepParties.Id, envelope.TransactionId);
            Assert.AreEqual(ScepParties.Ra, envelope.RaAmong([ScepParties.Ra]), "the RA that signs the FAILURE is known");
        }
    }

    [TestMethod]
    public void A_message_without_its_signers_certificate_is_a_bad_signature_as_S_04_says()
    {
        var cms = new Platform.SignedCms(new Platform.ContentInfo(ScepParties.Envelope(ScepParties.Request.Encoded)));
        var signer = new Platform.CmsSigner(CmsParty.Rsa.ForPlatform()) { IncludeOption = System.Security.Cryptography.X509Certificates.X509IncludeOption.None };
        foreach (CmsAttribute attribute in ScepParties.Attributes())
        {
            signer.SignedAttributes.Add(new AsnEncodedData(new Oid(attribute.Oid), attribute.Values[0].ToArray()));
        }

        cms.ComputeSignature(signer, silent: true);
        ScepParties.AssertRefused(RefusalCode.BadSignature, ScepParties.Open(cms.Encode()));
    }

    [TestMethod]
    public void A_signer_with_an_EC_key_is_an_unsupported_algorithm_as_K_01_says()
    {
        byte[] message = SignedData.Sign(ScepParties.Envelope(ScepParties.Request.Encoded), new CmsSigner(CmsParty.Ec.Key, CmsParty.Ec.Certificate, HashAlgorithmName.SHA256) { SignedAttributes = ScepParties.Attributes() });
        ScepParties.AssertRefused(RefusalCode.UnsupportedAlgorithm, ScepParties.Open(message));
    }

    [TestMethod]
    public void A_short_RSA_key_is_weak_as_S_08_says_and_allowed_by_option()
    {
        using KeyPair key = KeyPair.FromRsa(RSA.Create(1024));
        Certificate certificate = CmsParty.Certify(key, "CN=short", 3);
        var request = CertificationRequest.Create(ScepParties.Name("CN=short"), key, HashAlgorithmName.SHA256);
        byte[] message = SignedData.Sign(ScepParties.Envelope(request.Encoded), new CmsSigner(key, certificate, HashAlgorithmName.SHA256) { SignedAttributes = ScepParties.Attributes() });
        ScepParties.AssertRefused(RefusalCode.WeakKey, ScepParties.Open(message));
        ScepParties.Open(message, ScepAlgorithmPolicy.Default with { MinRsaBits = 1024 }).OrThrow();
    }

    [TestMethod]
    public void A_key_beyond_16384_bits_or_with_a_huge_exponent_is_refused_before_any_mathematics_as_L_02_wants()
    {
        foreach ((int modulus, int exponent) in ((int, int)[])[(16392 / 8, 3), (2048 / 8, 9)])
        {
            SubjectPublicKey key = RsaKey(modulus, exponent);
            Assert.AreEqual(RefusalCode.WeakKey, ScepAlgorithmPolicy.Default.ObjectionTo(key)?.Code);
        }

        Assert.IsNull(ScepAlgorithmPolicy.Default.ObjectionTo(RsaKey(2048 / 8, 8)));
    }

    [TestMethod]
    public void A_message_without_content_or_with_a_naked_request_is_malformed_as_S_10_and_K_04_say()
    {
        ScepParties.AssertRefused(RefusalCode.Malformed, ScepParties.Open(ScepParties.Message(content: ScepParties.Request.Encoded.ToArray())));
        ScepParties.AssertRefused(RefusalCode.Malformed, ScepParties.Open(ScepParties.Message(content: [])));
    }

    [TestMethod]
    public void A_message_to_another_RA_names_the_wrong_recipient_as_E_03_says()
    {
        byte[] message = ScepParties.Message(content: EnvelopedData.Encrypt(ScepParties.Request.Encoded, CmsParty.Rsa.Certificate, ContentCipher.Aes128Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill));
        ScepParties.AssertRefused(RefusalCode.WrongRecipient, ScepParties.Open(message));
    }

    [TestMethod]
    public void Of_several_RA_keys_the_one_it_was_encrypted_to_opens_and_signs_as_L_06_wants()
    {
        var newest = new ScepRaIdentity(CmsParty.Rsa.Key, CmsParty.Rsa.Certificate);
        ScepEnvelope envelope = ScepEnvelope.Read(ScepParties.Message()).OrThrow();
        ScepRequest request = envelope.Open([newest, ScepParties.Ra], ScepAlgorithmPolicy.Default).OrThrow();
        Assert.AreEqual(ScepParties.Ra, request.Ra);
        Assert.AreEqual(ScepParties.Ra, envelope.RaAmong([newest, ScepParties.Ra]));
    }

    [TestMethod]
    public void A_key_agreement_is_an_unsupported_algorithm_as_E_11_says()
    {
        byte[] content = EnvelopedData.Encrypt(ScepParties.Request.Encoded, CmsParty.Ec.Certificate, ContentCipher.Aes128Cbc, KeyTransport.Ecdh, RandomNumberGenerator.Fill);
        ScepParties.AssertRefused(RefusalCode.UnsupportedAlgorithm, ScepParties.Open(ScepParties.Message(content: content)));
    }

    [TestMethod]
    public void A_password_recipient_is_an_unsupported_algorithm_as_E_10_says()
    {
        byte[] content = CmsEdit.ReplaceRecipient(ScepParties.Envelope(ScepParties.Request.Encoded), [0xA3, 0x03, 0x02, 0x01, 0x00]);
        ScepParties.AssertRefused(RefusalCode.UnsupportedAlgorithm, ScepParties.Open(ScepParties.Message(content: content)));
    }

    [TestMethod]
    public void A_cipher_outside_the_policy_is_refused_before_decryption_as_E_06_wants()
    {
        byte[] des = CmsEdit.CutContent(ScepParties.Envelope(ScepParties.Request.Encoded, ContentCipher.DesCbc), 3);
        ScepParties.AssertRefused(RefusalCode.UnsupportedAlgorithm, ScepParties.Open(ScepParties.Message(content: des)));
        byte[] tripleDes = ScepParties.Envelope(ScepParties.Request.Encoded, ContentCipher.TripleDesCbc);
        ScepParties.AssertRefused(RefusalCode.UnsupportedAlgorithm, ScepParties.Open(ScepParties.Message(content: tripleDes), ScepAlgorithmPolicy.Strict));
    }

    [TestMethod]
    public void A_request_signed_with_a_digest_outside_the_policy_is_an_unsupported_algorithm()
    {
        var old = CertificationRequest.Create(ScepParties.Name("CN=old"), CmsParty.Rsa.Key, HashAlgorithmName.SHA1);
        byte[] message = ScepParties.Message(content: ScepParties.Envelope(old.Encoded));
        ScepParties.Open(message).OrThrow();
        ScepParties.AssertRefused(RefusalCode.UnsupportedAlgorithm, ScepParties.Open(message, ScepAlgorithmPolicy.Strict));
    }

    [TestMethod]
    public void A_body_of_the_wrong_kind_for_its_message_type_is_unreadable_as_E_09_says()
    {
        byte[] poll = Der.Encode(new IssuerAndSubject(ScepParties.Name("CN=a"), ScepParties.Name("CN=b")));
        byte[] query = Der.Encode(IssuerAndSerialNumber.Of(CmsParty.Rsa.Certificate));
        (MessageType Type, byte[] Body)[] rows =
        [
            (MessageType.PkcsReq, poll), (MessageType.PkcsReq, query), (MessageType.PkcsReq, []), (MessageType.RenewalReq, query),
            (MessageType.CertPoll, ScepParties.Request.Encoded.ToArray()), (MessageType.CertPoll, query), (MessageType.CertPoll, []),
            (MessageType.GetCert, poll), (MessageType.GetCrl, poll), (MessageType.GetCrl, [0x05, 0x00]),
        ];
        foreach ((MessageType type, byte[] body) in rows)
        {
            Outcome<ScepRequest> outcome = ScepParties.Open(ScepParties.Builder.Build(type, body, ScepParties.Id).Encoded);
            Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal), $"{type}");
            Assert.AreSame(ScepRequest.Unreadable, refusal);
        }
    }

    private static SubjectPublicKey RsaKey(int modulusBytes, int exponentBytes)
    {
        byte[] modulus = new byte[modulusBytes];
        byte[] exponent = new byte[exponentBytes];
        modulus[0] = exponent[0] = 0x81;
        modulus[^1] = exponent[^1] = 0x01;
        var key = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(modulus);
            key.WriteIntegerUnsigned(exponent);
        }

        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            AlgorithmIdentifier.WithNull(Oids.RsaEncryption).Encode(writer);
            writer.WriteBitString(key.Encode());
        }

        return Der.Decode<SubjectPublicKey>(writer.Encode()).OrThrow();
    }
}
