using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>SCEP.md, P-01, P-05: the attributes of a request in all their dialects.</summary>
[TestClass]
public sealed class RequestAttributeTests
{
    [TestMethod]
    public void Attributes_may_be_absent_empty_unsorted_or_without_values()
    {
        Assert.IsEmpty(Read(_ => { }).Attributes);
        Assert.IsEmpty(Read(writer => writer.WriteEncodedValue([0xA0, 0x00])).Attributes);
        byte[] challenge = Der.Encode(new RequestAttribute(Oids.ChallengePassword, [Text(UniversalTagNumber.UTF8String, "a")]));
        byte[] nothing = Der.Encode(new RequestAttribute(Oids.FriendlyName, []));
        CertificationRequest request = Read(writer => WriteAttributes(writer, challenge, nothing));
        Assert.HasCount(2, request.Attributes);
        Assert.IsEmpty(request.Attributes[1].Values);
        Assert.IsTrue(request.VerifySignature());
        Assert.AreEqual("a", Read(writer => WriteAttributes(writer, nothing, challenge)).ChallengePassword!.LendText(text => text));
    }

    [TestMethod]
    [DataRow(UniversalTagNumber.UTF8String, "pässword")]
    [DataRow(UniversalTagNumber.PrintableString, "password")]
    [DataRow(UniversalTagNumber.IA5String, "p@ssword")]
    [DataRow(UniversalTagNumber.BMPString, "pässword")]
    [DataRow(UniversalTagNumber.T61String, "pässword")]
    public void The_challenge_may_have_any_string_type(UniversalTagNumber type, string challenge) =>
        Assert.AreEqual(challenge, WithChallenge(Text(type, challenge)).OrThrow().ChallengePassword!.LendText(text => text));

    [TestMethod]
    public void An_empty_challenge_is_absent_and_a_long_one_is_fine_up_to_8_KiB()
    {
        Assert.IsNull(WithChallenge(Text(UniversalTagNumber.UTF8String, "")).OrThrow().ChallengePassword);
        Assert.IsNotNull(WithChallenge(Text(UniversalTagNumber.UTF8String, new string('a', 8192))).OrThrow().ChallengePassword);
        Assert.IsFalse(WithChallenge(Text(UniversalTagNumber.UTF8String, new string('a', 8193))).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    [TestMethod]
    public void Two_different_challenges_are_refused_and_no_word_of_them_is_said()
    {
        byte[] attribute = Der.Encode(new RequestAttribute(Oids.ChallengePassword, [Text(UniversalTagNumber.UTF8String, "hush1"), Text(UniversalTagNumber.UTF8String, "hush2")]));
        Assert.IsFalse(Der.DecodeBer<CertificationRequest>(Build(writer => WriteAttributes(writer, attribute))).Succeeded(out _, out Refusal? refusal));
        Assert.DoesNotContain("hush", refusal.ToString());
    }

    [TestMethod]
    [DataRow(Oids.ExtensionRequest)]
    [DataRow(Oids.MicrosoftExtensionRequest)]
    [DataRow(Oids.VeriSignExtensionRequest)]
    public void Extensions_are_asked_for_in_three_dialects(string oid)
    {
        byte[] attribute = Der.Encode(Extensions(CertificateExtensions.BasicConstraints(ca: true), Template) with { Oid = oid });
        CertificationRequest request = Read(writer => WriteAttributes(writer, attribute));
        Assert.HasCount(2, request.RequestedExtensions);
        Assert.IsTrue(request.AsksForCa);
        Assert.AreEqual("Wörkstation", request.TemplateName);
    }

    [TestMethod]
    public void Two_dialects_may_say_the_same_but_not_contradict_each_other()
    {
        byte[] one = Der.Encode(Extensions(CertificateExtensions.BasicConstraints(ca: false)));
        byte[] same = Der.Encode(Extensions(CertificateExtensions.BasicConstraints(ca: false)) with { Oid = Oids.MicrosoftExtensionRequest });
        byte[] other = Der.Encode(Extensions(CertificateExtensions.BasicConstraints(ca: true)) with { Oid = Oids.MicrosoftExtensionRequest });
        Assert.HasCount(1, Read(writer => WriteAttributes(writer, one, same)).RequestedExtensions);
        Assert.IsFalse(Der.DecodeBer<CertificationRequest>(Build(writer => WriteAttributes(writer, one, other))).Succeeded(out _, out _));
    }

    [TestMethod]
    public void KeyCertSign_alone_asks_for_a_CA_too() =>
        Assert.IsTrue(Read(writer => WriteAttributes(writer, Der.Encode(Extensions(CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign))))).AsksForCa);

    [TestMethod]
    public void A_template_is_a_hint_whatever_its_form()
    {
        CertificateExtension id = new(Oids.MicrosoftTemplateId, false, Vector.Hex("3008 06032A0304 020101"));
        CertificateExtension broken = new(Oids.MicrosoftTemplateName, false, Vector.Hex("0500"));
        CertificationRequest request = Read(writer => WriteAttributes(writer, Der.Encode(Extensions(id, broken))));
        Assert.AreEqual("1.2.3.4", request.TemplateId);
        Assert.IsNull(request.TemplateName);
    }

    [TestMethod]
    public void Counts_are_limited()
    {
        byte[] nothing = Der.Encode(new RequestAttribute(Oids.FriendlyName, []));
        AssertTooLarge(writer => WriteAttributes(writer, [.. Enumerable.Repeat(nothing, 65)]));
        var names = new GeneralNames(Enumerable.Repeat(GeneralName.Dns("a"), 101));
        AssertTooLarge(writer => WriteAttributes(writer, Der.Encode(Extensions(CertificateExtensions.SubjectAltName(names)))));
    }

    [TestMethod]
    public void Ber_of_indefinite_length_is_read()
    {
        CertificationRequest der = Read(_ => { });
        byte[] ber = [0x30, 0x80, .. der.Encoded.Span[4..], 0x00, 0x00]; // the outer header has four octets
        CertificationRequest request = Der.DecodeBer<CertificationRequest>(ber).OrThrow();
        Assert.IsTrue(request.VerifySignature());
        Assert.IsFalse(Der.Decode<CertificationRequest>(ber).Succeeded(out _, out _));
    }

    private static CertificateExtension Template => CertificateExtensions.MicrosoftTemplateName("Wörkstation");

    private static RequestAttribute Extensions(params CertificateExtension[] extensions) => RequestAttribute.ForExtensions(extensions);

    private static Outcome<CertificationRequest> WithChallenge(byte[] value) =>
        Der.DecodeBer<CertificationRequest>(Build(writer => WriteAttributes(writer, Der.Encode(new RequestAttribute(Oids.ChallengePassword, [value])))));

    private static CertificationRequest Read(Action<AsnWriter> attributes) => Der.DecodeBer<CertificationRequest>(Build(attributes)).OrThrow();

    private static void AssertTooLarge(Action<AsnWriter> attributes)
    {
        Assert.IsFalse(Der.DecodeBer<CertificationRequest>(Build(attributes)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    private static byte[] Text(UniversalTagNumber type, string text)
    {
        if (type == UniversalTagNumber.T61String)
        {
            byte[] latin = Encoding.Latin1.GetBytes(text);
            return [0x14, (byte)latin.Length, .. latin];
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(type, text);
        return writer.Encode();
    }

    /// <summary>[0] in the order given, whatever DER says.</summary>
    private static void WriteAttributes(AsnWriter writer, params byte[][] attributes)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (byte[] attribute in attributes)
            {
                writer.WriteEncodedValue(attribute);
            }
        }
    }

    private static byte[] Build(Action<AsnWriter> attributes)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            ThrowawayPki.Name("CN=a").Encode(writer);
            ThrowawayPki.Rsa.Public.Encode(writer);
            attributes(writer);
        }

        byte[] info = writer.Encode();
        return SignedStructure.Assemble(info, SignatureAlgorithm.Sha256WithRsa, ThrowawayPki.Rsa.Sign(info, SignatureAlgorithm.Sha256WithRsa));
    }
}
