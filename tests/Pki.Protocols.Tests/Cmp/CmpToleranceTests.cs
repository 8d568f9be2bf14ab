using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>What real clients write although the RFC says otherwise (CMP-E-2, CMP_ENGINE.md §1), and what is copied, not corrected.</summary>
[TestClass]
public sealed class CmpToleranceTests
{
    [TestMethod]
    [DataRow("20260102030405.500Z", 500, DisplayName = "V19: a fraction with zeros at the end")]
    [DataRow("20260102030405.5Z", 500)]
    [DataRow("20260102040405+0100", 0, DisplayName = "with an offset")]
    [DataRow("202601020304Z", -5000, DisplayName = "without seconds")]
    public void A_time_in_BER_is_read_and_the_signature_over_it_is_right(string time, int milliseconds)
    {
        byte[] header = Ber.HeaderWith(Ber.Tlv(0xA0, Ber.Text(0x18, time)), Ber.Tlv(0xA1, Der.Encode(SignatureAlgorithm.EcdsaWithSha256)));
        PkiMessage message = PkiMessage.Read(Signed(header, Ber.Body())).OrThrow();
        Assert.AreEqual(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMilliseconds(milliseconds), message.Header.MessageTime);
        Assert.IsNull(MessageProtection.ObjectionTo(message, CmpFixture.ClientKey.Public, CmpAlgorithmPolicy.Default));
    }

    [TestMethod]
    public void TRUE_may_be_01_and_the_proof_is_over_it()
    {
        byte[] extension = Ber.Tlv(0x30, Ber.Oid("1.2.3"), [0x01, 0x01, 0x01], [0x04, 0x00]);
        byte[] spki = CmpFixture.ClientKey.Public.Encoded.ToArray();
        spki[0] = 0xA6;
        byte[] request = Ber.Tlv(0x30, [0x02, 0x01, 0x00], Ber.Tlv(0x30, [0xA5, 0x02, 0x30, 0x00], spki, Ber.Tlv(0xA9, extension)));
        byte[] signature = CmpFixture.ClientKey.Sign(request, SignatureAlgorithm.EcdsaWithSha256);
        byte[] proof = Ber.Tlv(0xA1, Der.Encode(SignatureAlgorithm.EcdsaWithSha256), Ber.Tlv(0x03, [0x00], signature));
        PkiMessage message = PkiMessage.Read(Ber.Message(null, Ber.Tlv(0xA0, Ber.Tlv(0x30, Ber.Tlv(0x30, request, proof))))).OrThrow();
        CertReqMsg read = ((PkiBody.CertificateRequests)message.Body).Requests[0];
        Assert.IsTrue(read.Request.Template.Extensions[0].Critical);
        PossessionCheck.VerifySignature(read, message.Header.Sender, null, CmpAlgorithmPolicy.Default).OrThrow();
    }

    [TestMethod]
    [DataRow("03020520", DisplayName = "as short as possible")]
    [DataRow("03020020", DisplayName = "zero bits at the end")]
    [DataRow("0305002000 0000", DisplayName = "zero octets at the end")]
    [DataRow("0306002000 000001", DisplayName = "a bit of a later version")]
    public void FailInfo_may_have_zeros_at_the_end_and_bits_of_a_later_version(string failInfo)
    {
        byte[] status = Ber.Tlv(0x30, [0x02, 0x01, 0x02], Convert.FromHexString(failInfo.Replace(" ", "", StringComparison.Ordinal)));
        PkiMessage message = PkiMessage.Read(Ber.Message(null, Ber.Tlv(0xB7, Ber.Tlv(0x30, status)))).OrThrow();
        Assert.AreEqual(PkiFailureInfo.BadRequest, ((PkiBody.Error)message.Body).Content.Status.Failure);
    }

    [TestMethod]
    public void Lists_that_are_there_and_empty_are_absent()
    {
        byte[] empty = [0x30, 0x00];
        PkiMessage message = PkiMessage.Read(Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA8, empty)), null, Ber.Tlv(0xA1, empty))).OrThrow();
        Assert.IsEmpty(message.ExtraCerts);
        Assert.IsEmpty(message.Header.GeneralInfo);
    }

    [TestMethod]
    [DataRow(27)]
    [DataRow(30)]
    [DataRow(31)]
    [DataRow(1000)]
    public void A_body_of_a_later_version_is_unknown_and_copied(int tag)
    {
        byte[] body = tag < 31 ? [(byte)(0xA0 | tag), 0x02, 0x30, 0x00] : tag < 128 ? [0xBF, (byte)tag, 0x02, 0x30, 0x00] : [0xBF, (byte)(0x80 | (tag >> 7)), (byte)(tag & 0x7F), 0x02, 0x30, 0x00];
        var unknown = (PkiBody.Unknown)PkiMessage.Read(Ber.Message(null, body)).OrThrow().Body;
        Assert.AreEqual(tag, unknown.Tag);
        CollectionAssert.AreEqual(body, unknown.Encode());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Any_pvno_is_read_so_that_unsupportedVersion_can_be_answered_as_CMP_H_1_wants(int version) =>
        Assert.AreEqual(version, PkiMessage.Read(Ber.Message(Ber.Header(new PkiHeader { Version = version }))).OrThrow().Header.Version);

    [TestMethod]
    [DataRow("300A 06082B0601050507040D", true, DisplayName = "absent")]
    [DataRow("300C 06082B0601050507040D 0500", true, DisplayName = "NULL")]
    [DataRow("300D 06082B0601050507040D 020101", false, DisplayName = "a number")]
    public void ImplicitConfirm_may_be_NULL_or_absent_as_CMP_H_14_says(string item, bool asked)
    {
        byte[] header = Ber.HeaderWith(Ber.Tlv(0xA8, Ber.Tlv(0x30, Convert.FromHexString(item.Replace(" ", "", StringComparison.Ordinal)))));
        Assert.AreEqual(asked, PkiMessage.Read(Ber.Message(header)).OrThrow().Header.HasImplicitConfirm);
    }

    [TestMethod]
    public void One_certificate_that_nobody_can_read_does_not_spoil_the_message()
    {
        PkiMessage message = PkiMessage.Read(Ber.Message(null, null, Ber.Tlv(0xA1, Ber.Tlv(0x30, [0x30, 0x00], CmpFixture.Ca.Encoded.ToArray())))).OrThrow();
        Assert.IsFalse(message.ExtraCerts[0].Read().Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
        Assert.AreEqual(CmpFixture.Ca.Serial, message.ExtraCerts[1].Read().OrThrow().Serial);
    }

    [TestMethod]
    public void A_nested_message_keeps_its_octets_and_its_protection()
    {
        byte[] inner = Signed(Ber.HeaderWith(Ber.Tlv(0xA0, Ber.Text(0x18, "20260102030405.500Z")), Ber.Tlv(0xA1, Der.Encode(SignatureAlgorithm.EcdsaWithSha256))), Ber.Body());
        var outer = PkiMessage.Create(new PkiHeader(), new PkiBody.Confirmation());
        byte[] message = Ber.Message(outer.HeaderEncoded.ToArray(), Ber.Tlv(0xB4, Ber.Tlv(0x30, inner)));
        PkiMessage read = ((PkiBody.Nested)PkiMessage.Read(message).OrThrow().Body).Messages[0];
        CollectionAssert.AreEqual(inner, read.Encoded.ToArray());
        Assert.IsNull(MessageProtection.ObjectionTo(read, CmpFixture.ClientKey.Public, CmpAlgorithmPolicy.Default));
    }

    [TestMethod]
    public void A_message_with_long_lengths_is_passed_on_inside_another_to_the_octet()
    {
        byte[] contents = [.. Ber.Header(), .. Ber.Body()];
        byte[] wordy = [0x30, 0x82, 0x00, (byte)contents.Length, .. contents];
        var outer = PkiMessage.Create(new PkiHeader(), new PkiBody.Nested([PkiMessage.Read(wordy).OrThrow()]));
        CollectionAssert.AreEqual(wordy, ((PkiBody.Nested)PkiMessage.Read(outer.Encoded).OrThrow().Body).Messages[0].Encoded.ToArray());
    }

    [TestMethod]
    public void BadSinceDate_of_RFC_2510_is_tolerated_as_CMP_O_42_says()
    {
        byte[] details = Ber.Tlv(0x30, [0x30, 0x00], Ber.Text(0x18, "20260102030405Z"));
        var body = (PkiBody.Revocations)PkiMessage.Read(Ber.Message(null, Ber.Tlv(0xAB, Ber.Tlv(0x30, details)))).OrThrow().Body;
        Assert.AreEqual(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), body.Details[0].BadSinceDate);
    }

    private static byte[] Signed(byte[] header, byte[] body)
    {
        byte[] signature = CmpFixture.ClientKey.Sign(Ber.Tlv(0x30, header, body), SignatureAlgorithm.EcdsaWithSha256);
        return Ber.Message(header, body, Ber.Tlv(0xA0, Ber.Tlv(0x03, [0x00], signature)));
    }
}
