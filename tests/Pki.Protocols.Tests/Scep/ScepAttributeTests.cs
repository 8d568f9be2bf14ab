using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Tests.Cms;
using Pki.Protocols.Trust;
using Platform = System.Security.Cryptography.Pkcs;

namespace Pki.Protocols.Tests.Scep;

/// <summary>SCEP.md section 7: the attributes, with what strangers put there.</summary>
[TestClass]
public sealed class ScepAttributeTests
{
    [TestMethod]
    [DataRow(UniversalTagNumber.PrintableString)]
    [DataRow(UniversalTagNumber.UTF8String)]
    [DataRow(UniversalTagNumber.IA5String)]
    [DataRow(UniversalTagNumber.T61String)]
    [DataRow(UniversalTagNumber.VisibleString)]
    public void A_message_type_and_a_transaction_id_come_in_any_string_type_as_A_01_and_A_02_allow(UniversalTagNumber type)
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        attributes[0] = Text(Oids.ScepMessageType, type, "19");
        attributes[1] = Text(Oids.ScepTransactionId, type, "a+b/c=");
        ScepRequest request = ScepParties.Open(ScepParties.Message(attributes)).OrThrow();
        Assert.AreEqual(MessageType.PkcsReq, request.MessageType);
        Assert.AreEqual("a+b/c=", request.TransactionId.ToString());
    }

    [TestMethod]
    [DataRow("SSCEP transactionId", UniversalTagNumber.PrintableString, UniversalTagNumber.PrintableString)]
    [DataRow("plain", UniversalTagNumber.UTF8String, UniversalTagNumber.PrintableString)]
    [DataRow("under_score", UniversalTagNumber.UTF8String, UniversalTagNumber.UTF8String)]
    [DataRow("under_score", UniversalTagNumber.PrintableString, UniversalTagNumber.PrintableString, DisplayName = "a PrintableString that is none stays what it was")]
    [DataRow("at@ia5", UniversalTagNumber.IA5String, UniversalTagNumber.IA5String)]
    [DataRow("åäö", UniversalTagNumber.UTF8String, UniversalTagNumber.UTF8String)]
    [DataRow("../../x'%n;--", UniversalTagNumber.IA5String, UniversalTagNumber.IA5String)]
    public void A_transaction_id_is_echoed_octet_by_octet_as_A_02_wants(string text, UniversalTagNumber received, UniversalTagNumber echoed)
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        attributes[1] = Text(Oids.ScepTransactionId, received, text);
        ScepEnvelope envelope = ScepEnvelope.Read(ScepParties.Message(attributes)).OrThrow();
        byte[] reply = CertRepBuilder.For(envelope, ScepParties.Ra, ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill).Pending();

        SignerInfo signer = SignedData.Decode(reply).OrThrow().Signers[0];
        byte[] value = signer.Single(Oids.ScepTransactionId)!.Value.ToArray();
        Assert.AreEqual((byte)echoed, value[0]);
        CollectionAssert.AreEqual(Encoding.UTF8.GetBytes(text), value[2..]);
    }

    [TestMethod]
    public void A_transaction_id_of_255_octets_is_read_and_echoed_and_one_of_256_is_not()
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        attributes[1] = Text(Oids.ScepTransactionId, UniversalTagNumber.PrintableString, new string('x', 255));
        ScepEnvelope envelope = ScepEnvelope.Read(ScepParties.Message(attributes)).OrThrow();
        byte[] reply = CertRepBuilder.For(envelope, ScepParties.Ra, ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill).Pending();
        Assert.AreEqual(envelope.TransactionId, ScepAttributes.ReadTransactionId(SignedData.Decode(reply).OrThrow().Signers[0]));

        attributes[1] = Text(Oids.ScepTransactionId, UniversalTagNumber.PrintableString, new string('x', 256));
        ScepParties.AssertRefused(RefusalCode.TooLarge, ScepEnvelope.Read(ScepParties.Message(attributes)));
    }

    [TestMethod]
    [DataRow("a\0b", DisplayName = "NUL")]
    [DataRow("a\nb", DisplayName = "a line end")]
    [DataRow("a\u001B[2Jb", DisplayName = "an escape sequence")]
    [DataRow("a\u007Fb", DisplayName = "DEL")]
    public void Control_characters_in_a_transaction_id_are_refused_but_can_be_answered_as_A_03_wants(string text)
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        attributes[1] = Text(Oids.ScepTransactionId, UniversalTagNumber.UTF8String, text);
        ScepEnvelope envelope = ScepEnvelope.Read(ScepParties.Message(attributes)).OrThrow();
        ScepParties.AssertRefused(RefusalCode.Malformed, envelope.Verify(ScepAlgorithmPolicy.Default));
        CertRepBuilder.For(envelope, ScepParties.Ra, ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill).Failure(FailInfo.BadRequest);
    }

    [TestMethod]
    [DataRow(Oids.ScepMessageType, true, DisplayName = "A-01: no message type")]
    [DataRow(Oids.ScepSenderNonce, true, DisplayName = "A-04: no nonce")]
    [DataRow(Oids.ScepTransactionId, false, DisplayName = "H-15: no transaction id, so no reply")]
    public void A_missing_attribute_is_refused(string oid, bool answerable)
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        attributes.RemoveAll(attribute => attribute.Oid == oid);
        byte[] message = ScepParties.Message(attributes);
        Assert.AreEqual(answerable, ScepEnvelope.Read(message).Succeeded(out _, out _));
        ScepParties.AssertRefused(RefusalCode.Malformed, ScepParties.Open(message));
    }

    [TestMethod]
    [DataRow(Oids.ScepMessageType, true)]
    [DataRow(Oids.ScepSenderNonce, true)]
    [DataRow(Oids.ScepTransactionId, false)]
    public void An_attribute_that_comes_twice_is_refused_as_A_06_wants(string oid, bool answerable)
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        CmsAttribute original = attributes.Single(attribute => attribute.Oid == oid);
        attributes.Add(original);
        byte[] message = ScepParties.Message(attributes);
        Assert.AreEqual(answerable, ScepEnvelope.Read(message).Succeeded(out _, out _));
        ScepParties.AssertRefused(RefusalCode.Malformed, ScepParties.Open(message));
    }

    [TestMethod]
    [DataRow(Oids.ScepMessageType)]
    [DataRow(Oids.ScepSenderNonce)]
    [DataRow(Oids.ScepTransactionId)]
    public void An_attribute_with_two_values_or_none_is_refused_as_A_06_wants(string oid)
    {
        foreach (int copies in (int[])[0, 2])
        {
            List<CmsAttribute> attributes = ScepParties.Attributes();
            int at = attributes.FindIndex(attribute => attribute.Oid == oid);
            attributes[at] = new CmsAttribute(oid, [.. Enumerable.Repeat(attributes[at].Values[0], copies)]);
            ScepParties.AssertRefused(RefusalCode.Malformed, ScepParties.Open(ScepParties.Message(attributes)));
        }
    }

    [TestMethod]
    public void Attributes_count_only_under_the_signature_as_A_07_wants()
    {
        var cms = new Platform.SignedCms(new Platform.ContentInfo(ScepParties.Envelope(ScepParties.Request.Encoded)));
        var signer = new Platform.CmsSigner(Platform.SubjectIdentifierType.IssuerAndSerialNumber, CmsParty.Rsa.ForPlatform());
        foreach (CmsAttribute attribute in ScepParties.Attributes().Skip(1))
        {
            signer.SignedAttributes.Add(new AsnEncodedData(new Oid(attribute.Oid), attribute.Values[0].ToArray()));
        }

        cms.ComputeSignature(signer, silent: true);
        cms.SignerInfos[0].AddUnsignedAttribute(new AsnEncodedData(new Oid(Oids.ScepMessageType), ScepParties.Attributes()[0].Values[0].ToArray()));
        ScepEnvelope envelope = ScepEnvelope.Read(cms.Encode()).OrThrow();
        Assert.IsNull(envelope.MessageTypeText);
        ScepParties.AssertRefused(RefusalCode.Malformed, envelope.Open([ScepParties.Ra], ScepAlgorithmPolicy.Default));
    }

    [TestMethod]
    [DataRow("0"), DataRow("3"), DataRow("18"), DataRow("23"), DataRow("99"), DataRow(""), DataRow("019"), DataRow(" 19"), DataRow("19 "), DataRow("+19"), DataRow("１９"), DataRow("nineteen")]
    public void Only_the_five_exact_numbers_are_message_types_as_M_01_wants(string text)
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        attributes[0] = Text(Oids.ScepMessageType, UniversalTagNumber.UTF8String, text);
        ScepEnvelope envelope = ScepEnvelope.Read(ScepParties.Message(attributes)).OrThrow();
        Assert.IsNull(envelope.MessageType);
        ScepParties.AssertRefused(RefusalCode.Malformed, envelope.Open([ScepParties.Ra], ScepAlgorithmPolicy.Default));
    }

    [TestMethod]
    public void A_nonce_has_1_to_64_octets_as_A_04_says()
    {
        foreach ((int length, bool accepted) in ((int, bool)[])[(1, true), (16, true), (64, true), (0, false), (65, false)])
        {
            List<CmsAttribute> attributes = ScepParties.Attributes();
            attributes[2] = ScepAttributes.Nonce(Oids.ScepSenderNonce, new byte[length]);
            Assert.AreEqual(accepted, ScepParties.Open(ScepParties.Message(attributes)).Succeeded(out _, out _), $"{length} octets");
        }
    }

    [TestMethod]
    public void A_missing_nonce_is_forgiven_by_option_and_then_the_reply_echoes_none()
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        attributes.RemoveAt(2);
        ScepEnvelope envelope = ScepEnvelope.Read(ScepParties.Message(attributes)).OrThrow();
        envelope.Open([ScepParties.Ra], ScepAlgorithmPolicy.Default with { AllowMissingSenderNonce = true }).OrThrow();
        Assert.IsNull(envelope.SenderNonce);
        byte[] reply = CertRepBuilder.For(envelope, ScepParties.Ra, ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill).Pending();
        Assert.IsEmpty(SignedData.Decode(reply).OrThrow().Signers[0].Of(Oids.ScepRecipientNonce));
    }

    [TestMethod]
    public void Status_and_recipient_nonce_in_a_request_are_ignored_as_A_05_and_A_09_say()
    {
        List<CmsAttribute> attributes = [.. ScepParties.Attributes(), ScepAttributes.Nonce(Oids.ScepRecipientNonce, new byte[16]), ScepAttributes.Text(Oids.ScepPkiStatus, 0), ScepAttributes.Text(Oids.ScepFailInfo, 2)];
        ScepParties.Open(ScepParties.Message(attributes)).OrThrow();
    }

    private static CmsAttribute Text(string oid, UniversalTagNumber type, string text)
    {
        byte[] octets = Encoding.UTF8.GetBytes(text);
        byte[] length = octets.Length < 0x80 ? [(byte)octets.Length] : octets.Length < 0x100 ? [0x81, (byte)octets.Length] : [0x82, (byte)(octets.Length >> 8), (byte)(octets.Length & 0xFF)];
        return new(oid, (byte[])[(byte)type, .. length, .. octets]);
    }
}
