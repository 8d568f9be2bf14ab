using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Crmf;

/// <summary>The CRMF half of the table of CMP_ENGINE.md §1: IMPLICIT TAGS but for CHOICEs (RFC 4211 appendix B).</summary>
[TestClass]
public sealed class CrmfTaggingTests
{
    private const string EmptyName = "A402 3000";
    private const string Key = "300A 3004 06022A03 030200FF"; // of an algorithm nobody has
    private static readonly GeneralName Nobody = GeneralName.Directory(DistinguishedName.Empty);
    private static readonly AlgorithmIdentifier Algorithm = new("1.2.3");
    private static readonly byte[] Enveloped = [0x30, 0x03, 0x02, 0x01, 0x00];
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [TestMethod]
    public void CertTemplate_is_implicit_but_for_names_and_times() => Check(
        new CertTemplate
        {
            Version = 2,
            Serial = new SerialNumber(new BigInteger(5)),
            SigningAlgorithm = Algorithm,
            Issuer = DistinguishedName.Empty,
            Validity = new(Time, Time.AddYears(100)),
            Subject = DistinguishedName.Empty,
            PublicKey = SubjectPublicKey(),
            IssuerUniqueId = Hex("870200AA"),
            SubjectUniqueId = Hex("880200BB"),
            Extensions = [new("1.2.3", true, Octets(1))],
        },
        "305C 800102 810105 A204 06022A03 A302 3000 A424 A00F 170D 3236303130323033303430355A "
            + "A111 180F 32313236303130323033303430355A A502 3000 A60A 3004 06022A03 030200FF 870200AA 880200BB A90C 300A 06022A03 0101FF 040101");

    [TestMethod]
    public void A_key_to_be_generated_is_an_algorithm_with_an_empty_BIT_STRING() =>
        Check(new CertTemplate { KeyToGenerate = Algorithm }, "300B A609 3004 06022A03 030100");

    [TestMethod]
    public void ProofOfPossession_wraps_what_is_a_CHOICE()
    {
        Check<ProofOfPossession>(new ProofOfPossession.RaVerified(), "8000");
        Check<ProofOfPossession>(new ProofOfPossession.Signature(new(null, SignatureAlgorithm.From(Algorithm), Octets(0xFF))), "A10A 3004 06022A03 030200FF");
        Check<ProofOfPossession>(new ProofOfPossession.KeyEncipherment(new PopoPrivKey.Subsequent(SubsequentMessage.EncryptedCertificate)), "A203 810100");
        Check<ProofOfPossession>(new ProofOfPossession.KeyAgreement(new PopoPrivKey.AgreeMac(new(Algorithm, Octets(0xFF)))), "A30C A30A 3004 06022A03 030200FF");
        Check<PopoPrivKey>(new PopoPrivKey.ThisMessage(Octets(1)), "80020001");
        Check<PopoPrivKey>(new PopoPrivKey.DhMac(Octets(1)), "82020001");
        Check<PopoPrivKey>(new PopoPrivKey.EncryptedPrivateKey(Enveloped), "A403 020100");
    }

    [TestMethod]
    public void PoposkInput_changes_its_tag_and_is_signed_as_a_SEQUENCE()
    {
        var bySender = PopoSigningKeyInput.Create(Nobody, SubjectPublicKey());
        Check(bySender, $"3012 A004 {EmptyName} {Key}");
        Check(new PopoSigningKey(bySender, SignatureAlgorithm.From(Algorithm), Octets(0xFF)), $"301E A012 A004 {EmptyName} {Key} 3004 06022A03 030200FF");
        Check(PopoSigningKeyInput.Create(new PkMacValue(Algorithm, Octets(0xFF)), SubjectPublicKey()), $"3018 300A 3004 06022A03 030200FF {Key}");
    }

    [TestMethod]
    public void Encrypted_things_of_CRMF()
    {
        Check<EncryptedKey>(new EncryptedKey.Enveloped(Enveloped), "A003 020100");
        Check<PkiArchiveOptions>(new PkiArchiveOptions.EncryptedPrivateKey(new EncryptedKey.Enveloped(Enveloped)), "A005 A003 020100");
        Check<PkiArchiveOptions>(new PkiArchiveOptions.KeyGenParameters(Octets(1)), "810101");
        Check<PkiArchiveOptions>(new PkiArchiveOptions.ArchiveGeneratedKey(true), "8201FF");
        Check(
            new EncryptedValue(Algorithm, Algorithm, Octets(1), Algorithm, Octets(2), Octets(3)),
            "301D A004 06022A03 A104 06022A03 82020001 A304 06022A03 840102 03020003");
        Check(new PbmParameter(Octets(1), Algorithm, 500, Algorithm), "3013 040101 3004 06022A03 020201F4 3004 06022A03");
    }

    private static SubjectPublicKey SubjectPublicKey() => Der.Decode<SubjectPublicKey>(Hex(Key)).OrThrow();

    private static ReadOnlyMemory<byte> Octets(byte value) => new byte[] { value };

    private static string Plain(string hex) => hex.Replace(" ", "", StringComparison.Ordinal);

    private static byte[] Hex(string hex) => Convert.FromHexString(Plain(hex));

    private static void Check<T>(T value, string hex)
        where T : class, IAsn1Value<T>
    {
        Assert.AreEqual(Plain(hex), Convert.ToHexString(Der.Encode(value)), typeof(T).Name);
        Assert.AreEqual(Plain(hex), Convert.ToHexString(Der.Encode(Der.DecodeBer<T>(Hex(hex)).OrThrow())), $"{typeof(T).Name} read and written again");
    }
}
