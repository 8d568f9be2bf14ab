using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>
/// The table of CMP_ENGINE.md §1, to the octet: EXPLICIT TAGS in CMP's module (RFC 9810 appendix F), IMPLICIT TAGS in CRMF's:
/// see CrmfTaggingTests. Each value is written as the row says, read back and written again.
/// </summary>
[TestClass]
public sealed class TaggingTests
{
    private const string EmptyName = "A402 3000";
    private static readonly GeneralName Nobody = GeneralName.Directory(DistinguishedName.Empty);
    private static readonly CmpCertificate Cert = new(new byte[] { 0x30, 0x00 });
    private static readonly AlgorithmIdentifier Algorithm = new("1.2.3");
    private static readonly byte[] Enveloped = [0x30, 0x03, 0x02, 0x01, 0x00];
    private static readonly CertId Id = new(Nobody, new SerialNumber(new BigInteger(5)));
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [TestMethod]
    public void PKIHeader() => Check(
        new PkiHeader
        {
            MessageTime = Time,
            ProtectionAlgorithm = Algorithm,
            SenderKeyId = Octets(1),
            RecipientKeyId = Octets(2),
            TransactionId = Octets(3),
            SenderNonce = Octets(4),
            RecipientNonce = Octets(5),
            FreeText = PkiFreeText.Of("x"),
            GeneralInfo = [new(Oids.ImplicitConfirm)],
        },
        $"3056 020102 {EmptyName} {EmptyName} A011 180F 32303236303130323033303430355A A106 3004 06022A03"
            + "A203 040101 A303 040102 A403 040103 A503 040104 A603 040105 A705 3003 0C0178 A80E 300C 300A 06082B0601050507040D");

    [TestMethod]
    [DataRow(PkiBodyKind.InitializationRequest, "A0")]
    [DataRow(PkiBodyKind.CertificationRequest, "A2")]
    [DataRow(PkiBodyKind.KeyUpdateRequest, "A7")]
    [DataRow(PkiBodyKind.KeyRecoveryRequest, "A9")]
    [DataRow(PkiBodyKind.CrossCertificationRequest, "AD")]
    public void Requests_differ_by_the_tag_alone(PkiBodyKind kind, string tag) => CheckBody(
        new PkiBody.CertificateRequests(kind, [new(CertRequest.Create(7, new CertTemplate()), null, [])]), $"{tag} 0B 3009 3007 3005 020107 3000");

    [TestMethod]
    [DataRow(PkiBodyKind.InitializationResponse, "A1")]
    [DataRow(PkiBodyKind.CertificationResponse, "A3")]
    [DataRow(PkiBodyKind.KeyUpdateResponse, "A8")]
    [DataRow(PkiBodyKind.CrossCertificationResponse, "AE")]
    public void Responses_differ_by_the_tag_alone(PkiBodyKind kind, string tag) =>
        CheckBody(new PkiBody.CertificateResponses(kind, new([Cert], [])), $"{tag} 0A 3008 A104 3002 3000 3000");

    [TestMethod]
    public void Other_bodies()
    {
        CheckBody(new PkiBody.PopChallenges([]), "A502 3000");
        CheckBody(new PkiBody.PopResponses([5]), "A605 3003 020105");
        CheckBody(new PkiBody.KeyRecovery(new(PkiStatusInfo.Accepted, null, [], [])), "AA07 3005 3003 020100");
        CheckBody(new PkiBody.Revocations([new(new CertTemplate(), [])]), "AB06 3004 3002 3000");
        CheckBody(new PkiBody.RevocationResponses(new([PkiStatusInfo.Accepted], [], [])), "AC09 3007 3005 3003 020100");
        CheckBody(new PkiBody.CaKeyUpdateAnnouncement(new CaKeyUpdate.Version2(Cert, Cert, Cert)), "AF08 3006 3000 3000 3000");
        CheckBody(new PkiBody.CaKeyUpdateAnnouncement(new CaKeyUpdate.Version3(new(Cert))), "AF06 A004 3002 3000");
        CheckBody(new PkiBody.CertificateAnnouncement(Cert), "B002 3000");
        CheckBody(new PkiBody.CrlAnnouncement([]), "B202 3000");
        CheckBody(new PkiBody.Confirmation(), "B302 0500");
        CheckBody(new PkiBody.Nested([PkiMessage.Create(new PkiHeader(), new PkiBody.Confirmation())]), $"B415 3013 3011 300B 020102 {EmptyName} {EmptyName} B3020500");
        CheckBody(new PkiBody.General(PkiBodyKind.GeneralMessage, []), "B502 3000");
        CheckBody(new PkiBody.General(PkiBodyKind.GeneralResponse, [new("1.2.3", new byte[] { 0x05, 0x00 })]), "B60A 3008 3006 06022A03 0500");
        CheckBody(new PkiBody.Error(new(PkiStatusInfo.Accepted)), "B707 3005 3003 020100");
        CheckBody(new PkiBody.CertificateConfirmation([]), "B802 3000");
        CheckBody(new PkiBody.PollRequests([new(CertRequest.IdOfPkcs10)]), "B907 3005 3003 0201FF");
        CheckBody(new PkiBody.PollResponses([new(0, TimeSpan.FromSeconds(60))]), "BA0A 3008 3006 020100 02013C");
        CheckBody(
            new PkiBody.RevocationAnnouncement(new(PkiStatus.RevocationWarning, Id, Time, Time, [])),
            $"B130 302E 020104 3007 {EmptyName} 020105 180F 32303236303130323033303430355A 180F 32303236303130323033303430355A");
    }

    [TestMethod]
    public void PKIMessage() => Assert.AreEqual(
        Plain($"301D 300B 020102 {EmptyName} {EmptyName} B3020500 A004 030200FF A104 3002 3000"),
        Convert.ToHexString(PkiMessage.Create(new PkiHeader(), new PkiBody.Confirmation(), [Cert]).WithProtection(Octets(0xFF)).Encoded.Span));

    [TestMethod]
    public void The_protected_part_is_a_SEQUENCE_of_header_and_body() => Assert.AreEqual(
        Plain($"3011 300B 020102 {EmptyName} {EmptyName} B3020500"),
        Convert.ToHexString(PkiMessage.Create(new PkiHeader(), new PkiBody.Confirmation()).ProtectedPart()));

    [TestMethod]
    public void PKIStatusInfo_fields_are_told_apart_by_tag()
    {
        Check(new PkiStatusInfo(PkiStatus.Rejection, PkiFreeText.Of("x"), PkiFailureInfo.BadRequest), "300C 020102 3003 0C0178 03020520");
        Check(new PkiStatusInfo(PkiStatus.Rejection, null, PkiFailureInfo.DuplicateCertReq), "300A 020102 03050500000020");
        Check(new PkiStatusInfo(PkiStatus.Waiting), "3003 020103");
    }

    [TestMethod]
    public void CertResponse_and_CertifiedKeyPair()
    {
        Check(new CertResponse(-1, PkiStatusInfo.Accepted, new(new CertOrEncCert.Clear(Cert)), Octets(9)), "3011 0201FF 3003 020100 3004 A002 3000 040109");
        Check(new CertifiedKeyPair(new CertOrEncCert.Clear(Cert), new EncryptedKey.Enveloped(Enveloped)), "300B A002 3000 A005 A003 020100");
        Check(
            new CertifiedKeyPair(new CertOrEncCert.Encrypted(new EncryptedKey.Value(new(null, null, null, null, null, Octets(0xFF)))), null, new(true, [])),
            "300F A106 3004 030200FF A105 3003 020101");
    }

    [TestMethod]
    public void CertStatus_RevRepContent_ErrorMsgContent_and_KeyRecRepContent()
    {
        Check(new CertStatus(Octets(0xAA), 0, PkiStatusInfo.Accepted, Algorithm), "3013 0401AA 020100 3003 020100 A006 3004 06022A03");
        Check(new RevRepContent([PkiStatusInfo.Accepted], [Id], []), $"3014 3005 3003 020100 A00B 3009 3007 {EmptyName} 020105");
        Check(new ErrorMsgContent(new(PkiStatus.Rejection), 7, PkiFreeText.Of("x")), "300D 3003 020102 020107 3003 0C0178");
        Check(
            new KeyRecRepContent(PkiStatusInfo.Accepted, Cert, [Cert], [new(new CertOrEncCert.Clear(Cert))]),
            "3019 3003 020100 A002 3000 A104 3002 3000 A208 3006 3004 A002 3000");
    }

    [TestMethod]
    public void Values_of_general_messages()
    {
        Check(new RootCaKeyUpdateContent(Cert, Cert, Cert), "300A 3000 A002 3000 A102 3000");
        Check(new CrlStatus(new CrlSource.DistributionPoint(new([GeneralName.FromUri("a:b")])), Time), "3018 A007 A005 8603613A62 170D 3236303130323033303430355A");
        Check(new CrlStatus(new CrlSource.Issuer(new([Nobody]))), $"3008 A106 3004 {EmptyName}");
        Check(new CertReqTemplateContent(new CertTemplate(), [AttributeTypeAndValue.Of(Oids.RsaKeyLenControl, new Integer(2048))]), "3015 3000 3011 300F 06092B060105050705010C 02020800");
        Check(new Challenge(Algorithm, Octets(1), Octets(2), Enveloped), "3013 3004 06022A03 040101 040102 A005 3003 020100");
        Check(new Rand(3, Nobody), $"3007 020103 {EmptyName}");
        Check(new KemCiphertextInfo(Algorithm, Octets(1)), "3009 3004 06022A03 040101");
        Check(new KemBmParameter(Algorithm, Octets(1), 32, Algorithm), "3014 3004 06022A03 A003 040101 020120 3004 06022A03");
    }

    [TestMethod]
    public void The_NULL_DN_is_a_name_inside_a_tag() => Check(Nobody, EmptyName);

    private static ReadOnlyMemory<byte> Octets(byte value) => new byte[] { value };

    private static string Plain(string hex) => hex.Replace(" ", "", StringComparison.Ordinal);

    private static byte[] Hex(string hex) => Convert.FromHexString(Plain(hex));

    private static void Check<T>(T value, string hex)
        where T : class, IAsn1Value<T>
    {
        Assert.AreEqual(Plain(hex), Convert.ToHexString(Der.Encode(value)), typeof(T).Name);
        Assert.AreEqual(Plain(hex), Convert.ToHexString(Der.Encode(Der.DecodeBer<T>(Hex(hex)).OrThrow())), $"{typeof(T).Name} read and written again");
    }

    private static void CheckBody(PkiBody body, string hex)
    {
        Assert.AreEqual(Plain(hex), Convert.ToHexString(body.Encode()), body.Kind.ToString());
        var read = PkiBody.Decode(new AsnReader(Hex(hex), AsnEncodingRules.BER), 0);
        Assert.AreEqual(body.GetType(), read.GetType());
        Assert.AreEqual(body.Kind, read.Kind);
        Assert.AreEqual(Plain(hex), Convert.ToHexString(read.Encode()), $"{body.Kind} read and written again");
    }
}
