using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Crmf;
using Pki.Protocols.Tests.Cmp;
using Pki.Protocols.Tests.X509;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Crmf;

/// <summary>Controls and regInfo (RFC 4211 §6 and §7, CMP-C-40 to C-46).</summary>
[TestClass]
public sealed class ControlTests
{
    [TestMethod]
    [DataRow(Oids.RegToken, "060105050705 0101")]
    [DataRow(Oids.Authenticator, "060105050705 0102")]
    [DataRow(Oids.PkiPublicationInfo, "060105050705 0103")]
    [DataRow(Oids.PkiArchiveOptions, "060105050705 0104")]
    [DataRow(Oids.OldCertId, "060105050705 0105")]
    [DataRow(Oids.ProtocolEncrKey, "060105050705 0106")]
    [DataRow(Oids.AltCertTemplate, "060105050705 0107")]
    [DataRow(Oids.AlgIdControl, "060105050705 010B")]
    [DataRow(Oids.RsaKeyLenControl, "060105050705 010C")]
    [DataRow(Oids.Utf8Pairs, "060105050705 0201")]
    [DataRow(Oids.CertReqInfo, "060105050705 0202")]
    public void The_OID_is_the_one_of_the_RFC(string oid, string hex) =>
        Assert.AreEqual("06092B" + hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(Ber.Oid(oid)));

    [TestMethod]
    public void Controls_are_found_by_kind_and_read_by_type()
    {
        CertRequest request = Read(CertRequest.Create(0, new CertTemplate(),
        [
            AttributeTypeAndValue.Of(Oids.RegToken, new SecretText(Secret.FromText("one-time"))),
            AttributeTypeAndValue.Of(Oids.ProtocolEncrKey, ThrowawayPki.Rsa.Public),
            AttributeTypeAndValue.Of(Oids.OldCertId, CertId.Of(CmpFixture.Client)),
            AttributeTypeAndValue.Of(Oids.PkiPublicationInfo, new PkiPublicationInfo(true, [new(PublicationMethod.Ldap, GeneralName.FromUri("ldap://x/"))])),
            AttributeTypeAndValue.Of<PkiArchiveOptions>(Oids.PkiArchiveOptions, new PkiArchiveOptions.ArchiveGeneratedKey(true)),
            AttributeTypeAndValue.Of(Oids.RsaKeyLenControl, new Integer(new BigInteger(3072))),
        ]));
        SecretText token = request.Control(Oids.RegToken)!.Read<SecretText>().OrThrow();
        Assert.IsTrue(token.Secret.EqualsInConstantTime(Secret.FromText("one-time")));
        Assert.DoesNotContain("one-time", $"{token} {request.Control(Oids.RegToken)}", "V2, V28: not into a log");
        Assert.IsTrue(request.Control(Oids.ProtocolEncrKey)!.Read<SubjectPublicKey>().OrThrow().SameKeyAs(ThrowawayPki.Rsa.Public));
        Assert.AreEqual(CmpFixture.Client.Serial, request.Control(Oids.OldCertId)!.Read<CertId>().OrThrow().Serial);
        Assert.AreEqual("ldap://x/", request.Control(Oids.PkiPublicationInfo)!.Read<PkiPublicationInfo>().OrThrow().Places[0].Location?.Value);
        Assert.IsInstanceOfType<PkiArchiveOptions.ArchiveGeneratedKey>(request.Control(Oids.PkiArchiveOptions)!.Read<PkiArchiveOptions>().OrThrow());
        Assert.AreEqual(3072, request.Control(Oids.RsaKeyLenControl)!.Read<Integer>().OrThrow().Value);
        Assert.IsNull(request.Control(Oids.Authenticator));
    }

    [TestMethod]
    public void A_control_of_another_type_spoils_itself_and_not_the_request()
    {
        CertRequest request = Read(CertRequest.Create(0, new CertTemplate(), [AttributeTypeAndValue.Of(Oids.OldCertId, new Utf8Text("?"))]));
        Assert.IsFalse(request.Control(Oids.OldCertId)!.Read<CertId>().Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    [DataRow("3008 020100 3003300102", DisplayName = "CMP-C-43: dontPublish with a place")]
    [DataRow("3003 020102", DisplayName = "an action that does not exist")]
    [DataRow("300A 020101 3005 3003 020104", DisplayName = "a method that does not exist")]
    public void Publication_info_that_makes_no_sense_is_refused(string hex) =>
        Assert.IsFalse(Der.Decode<PkiPublicationInfo>(Hex(hex)).Succeeded(out _, out _));

    [TestMethod]
    [DataRow("version?1%corp_company?Acme, Inc.%", "version=1|corp_company=Acme, Inc.")]
    [DataRow("a?b", "a=b", DisplayName = "without the last %")]
    [DataRow("a?%b?c%", "a=|b=c", DisplayName = "an empty value")]
    [DataRow("a?50%25%b?what%3f%", "a=50%|b=what?", DisplayName = "escapes")]
    [DataRow("", "")]
    public void Utf8Pairs_come_apart(string text, string pairs)
    {
        Utf8Pairs read = Der.Decode<Utf8Pairs>(Ber.Text(0x0C, text)).OrThrow();
        Assert.AreEqual(pairs, string.Join('|', read.Pairs.Select(pair => $"{pair.Name}={pair.Value}")));
        CollectionAssert.AreEqual(read.Pairs.ToArray(), Der.Decode<Utf8Pairs>(Der.Encode(read)).OrThrow().Pairs.ToArray());
    }

    [TestMethod]
    public void Utf8Pairs_has_limits()
    {
        Assert.IsFalse(Der.Decode<Utf8Pairs>(Ber.Text(0x0C, string.Concat(Enumerable.Repeat("a?b%", CrmfLimits.MaxPairs + 1)))).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
        Assert.IsFalse(Der.Decode<Utf8Pairs>(Ber.Text(0x0C, "name")).Succeeded(out _, out refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void Enveloped_data_as_EncryptedKey_opens_with_the_CMS_reader()
    {
        Certificate recipient = ThrowawayPki.Root(ThrowawayPki.Rsa);
        byte[] contentInfo = EnvelopedData.Encrypt("key"u8.ToArray(), recipient, ContentCipher.Aes256Cbc, KeyTransport.Pkcs1, System.Security.Cryptography.RandomNumberGenerator.Fill);
        var outer = new System.Formats.Asn1.AsnReader(contentInfo, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        outer.ReadObjectIdentifier();
        ReadOnlyMemory<byte> bare = outer.ReadSequence(new(System.Formats.Asn1.TagClass.ContextSpecific, 0)).ReadEncodedValue();
        var read = (EncryptedKey.Enveloped)Der.Decode<EncryptedKey>(Der.Encode<EncryptedKey>(new EncryptedKey.Enveloped(bare))).OrThrow();
        byte[] opened = EnvelopedData.Decode(read.ToContentInfo()).OrThrow().Decrypt(ThrowawayPki.Rsa, recipient).OrThrow();
        CollectionAssert.AreEqual("key"u8.ToArray(), opened);
    }

    [TestMethod]
    public void A_template_without_anything_and_one_with_an_empty_subject_are_not_the_same()
    {
        Assert.IsNull(Der.Decode<CertTemplate>(Hex("3000")).OrThrow().Subject);
        Assert.IsTrue(Der.Decode<CertTemplate>(Hex("3004 A5023000")).OrThrow().Subject?.IsEmpty);
    }

    [TestMethod]
    [DataRow("3004 85023000", DisplayName = "a name with an implicit tag")]
    [DataRow("3006 A50430023000", DisplayName = "a name in a SEQUENCE too many")]
    [DataRow("3009 A6073005 30030601 2A", DisplayName = "a key with an explicit tag")]
    [DataRow("3006 810105 800102", DisplayName = "fields in the wrong order")]
    [DataRow("3006 800102 800102", DisplayName = "a field twice")]
    [DataRow("3002 AA00", DisplayName = "a field that does not exist")]
    [DataRow("301A A918 300A06022A030101FF040101 300A06022A030101FF040101", DisplayName = "an extension twice")]
    public void A_template_with_anything_wrong_is_refused(string hex)
    {
        Assert.IsFalse(Der.Decode<CertTemplate>(Hex(hex)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void A_name_of_more_than_4096_octets_is_too_large()
    {
        byte[] name = Ber.Tlv(0x30, Ber.Tlv(0x31, Ber.Tlv(0x30, Ber.Oid(Oids.CommonName), Ber.Text(0x0C, new string('x', 4096)))));
        Assert.IsFalse(Der.Decode<CertTemplate>(Ber.Tlv(0x30, Ber.Tlv(0xA5, name))).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    private static CertRequest Read(CertRequest request) => Der.Decode<CertRequest>(Der.Encode(request)).OrThrow();

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
