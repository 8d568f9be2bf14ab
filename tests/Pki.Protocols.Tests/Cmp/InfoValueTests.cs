using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Tests.X509;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>The values of general messages and generalInfo (RFC 9810 §5.3.19 and §5.1.1, CMP-O-80 to O-86): each by its OID and type.</summary>
[TestClass]
public sealed class InfoValueTests
{
    private static readonly CmpCertificate Cert = CmpCertificate.Of(CmpFixture.Ca);

    [TestMethod]
    [DataRow(Oids.CaProtEncCert, 1)]
    [DataRow(Oids.SignKeyPairTypes, 2)]
    [DataRow(Oids.EncKeyPairTypes, 3)]
    [DataRow(Oids.PreferredSymmAlg, 4)]
    [DataRow(Oids.CaKeyUpdateInfo, 5)]
    [DataRow(Oids.CurrentCrl, 6)]
    [DataRow(Oids.UnsupportedOids, 7)]
    [DataRow(Oids.KeyPairParamReq, 10)]
    [DataRow(Oids.KeyPairParamRep, 11)]
    [DataRow(Oids.RevPassphrase, 12)]
    [DataRow(Oids.ImplicitConfirm, 13)]
    [DataRow(Oids.ConfirmWaitTime, 14)]
    [DataRow(Oids.OrigPkiMessage, 15)]
    [DataRow(Oids.SuppLangTags, 16)]
    [DataRow(Oids.CaCerts, 17)]
    [DataRow(Oids.RootCaKeyUpdate, 18)]
    [DataRow(Oids.CertReqTemplate, 19)]
    [DataRow(Oids.RootCaCert, 20)]
    [DataRow(Oids.CertProfile, 21)]
    [DataRow(Oids.CrlStatusList, 22)]
    [DataRow(Oids.Crls, 23)]
    [DataRow(Oids.KemCiphertextInfo, 24)]
    public void The_OID_is_id_it_and_its_number(string oid, int number) => Assert.AreEqual($"1.3.6.1.5.5.7.4.{number}", oid);

    [TestMethod]
    public void Each_value_comes_back_by_its_type()
    {
        Check(Oids.CaProtEncCert, Cert);
        Check(Oids.SignKeyPairTypes, new SequenceOf<AlgorithmIdentifier>([AlgorithmIdentifier.WithNull(Oids.RsaEncryption)]));
        Check(Oids.PreferredSymmAlg, new AlgorithmIdentifier(Oids.Aes256Cbc));
        Check<CaKeyUpdate>(Oids.CaKeyUpdateInfo, new CaKeyUpdate.Version2(Cert, Cert, Cert));
        Check(Oids.UnsupportedOids, new SequenceOf<ObjectIdentifier>([new("1.2.3"), new("1.2.4")]));
        Check(Oids.KeyPairParamReq, new ObjectIdentifier(Oids.P256));
        Check<EncryptedKey>(Oids.RevPassphrase, new EncryptedKey.Enveloped(new byte[] { 0x30, 0x00 }));
        Check(Oids.ConfirmWaitTime, new CmpTime(ThrowawayPki.Start));
        Check(Oids.OrigPkiMessage, new SequenceOf<PkiMessage>([CmpFixture.Message("ir")]));
        Check(Oids.SuppLangTags, new SequenceOf<Utf8Text>([new("en"), new("sv-SE")]));
        Check(Oids.CaCerts, new SequenceOf<CmpCertificate>([Cert, Cert]));
        Check(Oids.RootCaKeyUpdate, new RootCaKeyUpdateContent(Cert, Cert));
        Check(Oids.CertReqTemplate, new CertReqTemplateContent(new CertTemplate { Subject = DistinguishedName.Empty }, [AttributeTypeAndValue.Of(Oids.AlgIdControl, new AlgorithmIdentifier(Oids.EcPublicKey))]));
        Check(Oids.CertProfile, new SequenceOf<Utf8Text>([new("")]));
        Check(Oids.CrlStatusList, new SequenceOf<CrlStatus>([new(new CrlSource.Issuer(new([GeneralName.Directory(CmpFixture.Ca.Subject)])), ThrowawayPki.Start)]));
        Check(Oids.Crls, new SequenceOf<CertificateList>([Crl()]));
        Check(Oids.CurrentCrl, Crl());
        Check(Oids.KemCiphertextInfo, new KemCiphertextInfo(new("1.2.3"), new byte[] { 1 }));
    }

    [TestMethod]
    public void CRLs_travel_in_rp_and_crlann()
    {
        var body = new PkiBody.CrlAnnouncement([Crl()]);
        PkiMessage read = PkiMessage.Read(PkiMessage.Create(new PkiHeader(), body).Encoded).OrThrow();
        Assert.AreEqual("CN=Throwaway Root,O=Tests,C=SE", ((PkiBody.CrlAnnouncement)read.Body).Crls[0].Issuer.ToString());
        var answer = new PkiBody.RevocationResponses(new([PkiStatusInfo.Accepted], [], [Crl()]));
        read = PkiMessage.Read(PkiMessage.Create(new PkiHeader(), answer).Encoded).OrThrow();
        CollectionAssert.AreEqual(answer.Encode(), read.Body.Encode());
    }

    [TestMethod]
    public void A_distribution_point_below_its_issuer_is_copied()
    {
        byte[] source = Ber.Tlv(0xA0, Ber.Tlv(0xA1, Ber.Tlv(0x30, Ber.Oid(Oids.CommonName), Ber.Text(0x0C, "x"))));
        CollectionAssert.AreEqual(source, Der.Encode(Der.Decode<CrlSource>(source).OrThrow()));
        Assert.IsFalse(Der.Decode<CrlSource>(Ber.Tlv(0xA0, Ber.Tlv(0xA2))).Succeeded(out _, out _));
    }

    [TestMethod]
    public void A_value_of_another_type_or_none_is_a_refusal()
    {
        Assert.IsFalse(new InfoTypeAndValue(Oids.ConfirmWaitTime).Read<CmpTime>().Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
        Assert.IsFalse(InfoTypeAndValue.Of(Oids.ConfirmWaitTime, new Utf8Text("soon")).Read<CmpTime>().Succeeded(out _, out refusal), "CMP-H-15");
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    private static CertificateList Crl()
    {
        KeyPair key = ThrowawayPki.Ec;
        var tbs = new ToBeSignedCertificateList(SignatureAlgorithm.EcdsaWithSha256, ThrowawayPki.Root(key).Subject.Encoded, ThrowawayPki.Start, ThrowawayPki.Start.AddDays(1), [], []);
        return tbs.Sign(key);
    }

    private static void Check<T>(string oid, T value)
        where T : class, IAsn1Value<T>
    {
        byte[] item = Der.Encode(InfoTypeAndValue.Of(oid, value));
        InfoTypeAndValue read = Der.Decode<InfoTypeAndValue>(item).OrThrow();
        Assert.AreEqual(oid, read.Oid);
        CollectionAssert.AreEqual(Der.Encode(value), Der.Encode(read.Read<T>().OrThrow()), oid);
    }
}
