using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;
using TestKit;

namespace Pki.Protocols.Tests.Cms;

/// <summary>Keys made for others, opened by a stranger: <c>openssl cms</c> (RFC 9483 §4.1.6, RFC 5652, RFC 5753, RFC 5958).</summary>
[TestClass]
public sealed class KeyDeliveryTests
{
    private static readonly CmsParty Maker = CmsParty.Create("P-256", "CN=Key generation,O=Tests,C=SE", 0x4711);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod, NeedsTool("openssl")]
    [DataRow("RSA", "d.ktri")]
    [DataRow("P-256", "d.kari")]
    [DataRow("P-384", "d.kari")]
    public async Task Openssl_opens_a_key_and_finds_maker_and_owner_by_their_key_identifiers(string kind, string recipient)
    {
        CmsParty owner = CmsParty.Of(kind);
        using KeyPair made = KeyPair.Generate("P-256");
        using var openssl = new OpenSslCms();
        openssl.Write("owner.key", owner.KeyPem());
        openssl.Write("owner.pem", owner.Certificate.ToPem());
        openssl.Write("maker.pem", Maker.Certificate.ToPem());
        openssl.Write("enveloped.der", ((EncryptedKey.Enveloped)KeyDelivery.ToHolder(made, MakerOf(), owner.Certificate)).ToContentInfo());

        await openssl.RunAsync("cms -cmsout -print -noout -inform DER -in enveloped.der -out enveloped.txt", Cancel);
        await openssl.RunAsync("cms -decrypt -binary -inform DER -in enveloped.der -inkey owner.key -recip owner.pem -out signed", Cancel);
        openssl.Write("signed.der", ContentInfo(openssl.Read("signed")));
        await openssl.RunAsync("cms -cmsout -print -noout -inform DER -in signed.der -out signed.txt", Cancel);
        await openssl.RunAsync("cms -verify -binary -inform DER -in signed.der -CAfile maker.pem -purpose any -no_check_time -out package", Cancel);

        using KeyPair opened = KeyPair.FromPkcs8(new AsnReader(openssl.Read("package"), AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().Span);
        Assert.IsTrue(opened.Public.SameKeyAs(made.Public));
        string enveloped = Text(openssl, "enveloped.txt");
        Assert.Contains(recipient, enveloped);
        Assert.Contains(kind == "RSA" ? "subjectKeyIdentifier" : "d.rKeyId", enveloped);
        Assert.DoesNotContain("issuerAndSerialNumber", enveloped);
        Assert.Contains("version: 2", enveloped);
        Assert.Contains("d.subjectKeyIdentifier", Text(openssl, "signed.txt"));
        Assert.Contains("2.16.840.1.101.2.1.2.78.5", Text(openssl, "signed.txt")); // id-ct-KP-aKeyPackage
    }

    [TestMethod]
    public void A_certificate_without_a_key_identifier_is_named_by_issuer_and_serial_number()
    {
        CertificateReference name = CertificateReference.ByKeyIdentifier(Maker.Certificate);
        Assert.IsTrue(name.KeyIdentifier is not null && name.Names(Maker.Certificate) && !name.Names(CmsParty.Ec.Certificate));

        Certificate bare = Bare();
        CertificateReference other = CertificateReference.ByKeyIdentifier(bare);

        Assert.IsNull(bare.SubjectKeyIdentifier);
        Assert.IsTrue(other.IssuerAndSerial is not null && other.Names(bare));
    }

    private static CmsSigner MakerOf() => new(Maker.Key, Maker.Certificate, HashAlgorithmName.SHA256);

    private static string Text(OpenSslCms openssl, string name) => System.Text.Encoding.UTF8.GetString(openssl.Read(name));

    private static Certificate Bare()
    {
        DistinguishedName name = DistinguishedName.Parse("CN=bare").OrThrow();
        SignatureAlgorithm algorithm = SignatureAlgorithm.For(Maker.Key.Public, HashAlgorithmName.SHA256);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        byte[] tbs = new ToBeSignedCertificate(new SerialNumber(new byte[] { 9 }), algorithm, name.Encoded, start, start.AddYears(1), name.Encoded, Maker.Key.Public.Encoded, []).Encode();
        return Der.Decode<Certificate>(SignedStructure.Assemble(tbs, algorithm, Maker.Key.Sign(tbs, algorithm))).OrThrow();
    }

    /// <summary>SignedData travels inside EnvelopedData without its ContentInfo.</summary>
    private static byte[] ContentInfo(byte[] signed)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.SignedData);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteEncodedValue(signed);
            }
        }

        return writer.Encode();
    }
}
