using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 5280 §4.1, SCEP.md S-05: certificates of ours and of strangers, the platform as witness.</summary>
[TestClass]
public sealed class CertificateTests
{
    [TestMethod]
    public void The_recorded_CA_reads_as_OpenSSL_shows_it()
    {
        Certificate ca = Vector.Ca();
        Assert.AreEqual(3, ca.Version);
        Assert.AreEqual("22a2db95b688bd485247ba6dcef9bf5417758f6d", ca.Serial.ToString());
        Assert.AreEqual("CN=Mock Root CA,O=Mock,C=SE", ca.Subject.ToString());
        Assert.AreEqual(new DateTimeOffset(2026, 11, 21, 0, 27, 32, TimeSpan.Zero), ca.NotBefore);
        Assert.AreEqual(new DateTimeOffset(2036, 11, 18, 1, 27, 32, TimeSpan.Zero), ca.NotAfter);
        Assert.AreEqual(KeyUsages.KeyCertSign | KeyUsages.CrlSign, ca.KeyUsage);
        Assert.IsTrue(ca.IsCa);
        Assert.IsNull(ca.PathLength);
        Assert.IsTrue(ca.IsSelfIssued);
        Assert.IsTrue(ca.IsSignedBy(ca.PublicKey));
        Assert.AreEqual("81F270E64588FDD3EC1DCCCCE14BB3D2E12B8E7F", Convert.ToHexString(ca.SubjectKeyIdentifier!.Value.Span));
        Assert.AreEqual("81F270E64588FDD3EC1DCCCCE14BB3D2E12B8E7F", Convert.ToHexString(ca.AuthorityKeyIdentifier!.Value.Span));
    }

    [TestMethod]
    [DataRow("certmonger", "CN=cm1.example.test", "d0064eb107d29cce9d509ceb31376fb80d82018dedb0eedfbd951456775bb1e5")]
    [DataRow("jscep", "CN=js1,O=Test,C=SE", "1")]
    [DataRow("micromdm", "CN=SCEP SIGNER,O=scep-client", "6ec4dcb0df46d64b14cd3249f1d9aba4")]
    [DataRow("sscep", "CN=router1.example.test,O=Test,C=SE", "3943304141303936353738333845414144354439453533333632323546343300")]
    [DataRow("strongswan", "CN=sw1.example.test,O=Test,C=SE", "220f0f4506069338b226caf4109e4c7d85803f45")]
    [DataRow("strongswan-pss", "CN=pss,C=SE", "220f0f4506069338b226caf4109e4c7d85803f45")]
    public void Signer_certificates_of_real_clients_are_read_as_the_platform_reads_them(string client, string subject, string serial)
    {
        Certificate certificate = Vector.Signer(client);
        using X509Certificate2 witness = X509CertificateLoader.LoadCertificate(certificate.Encoded.Span);
        Assert.AreEqual(subject, certificate.Subject.ToString());
        Assert.AreEqual(serial, certificate.Serial.ToString());
        Assert.AreEqual(witness.NotAfter.ToUniversalTime(), certificate.NotAfter.UtcDateTime);
        CollectionAssert.AreEqual(witness.PublicKey.ExportSubjectPublicKeyInfo(), certificate.PublicKey.Encoded.ToArray());
        CollectionAssert.AreEqual(witness.SubjectName.RawData, certificate.Subject.Encoded.ToArray());
        CollectionAssert.AreEqual(witness.GetCertHash(HashAlgorithmName.SHA1), certificate.Sha1Fingerprint());
        CollectionAssert.AreEqual(witness.GetCertHash(HashAlgorithmName.SHA256), certificate.Sha256Fingerprint());
        Assert.HasCount(witness.Extensions.Count, certificate.Extensions);
        Assert.IsTrue(certificate.IsSignedBy(certificate.PublicKey), "they sign themselves");
        Assert.IsTrue(certificate.PublicKey.SameKeyAs(Vector.Request(client).PublicKey) || client == "micromdm");
    }

    [TestMethod]
    [DataRow("0201 00", "0", DisplayName = "serial zero")]
    [DataRow("0201 FB", "-5", DisplayName = "a negative serial")]
    [DataRow("0202 00FF", "ff", DisplayName = "a serial with its top bit set")]
    [DataRow("0220 7F00000000000000000000000000000000000000000000000000000000000001", "7f00000000000000000000000000000000000000000000000000000000000001", DisplayName = "32 octets")]
    public void Odd_serial_numbers_are_read(string serial, string text)
    {
        byte[] encoded = Strange(writer => writer.WriteEncodedValue(Vector.Hex(serial)));
        Assert.AreEqual(text, Der.Decode<Certificate>(encoded).OrThrow().Serial.ToString());
    }

    [TestMethod]
    public void A_version_1_certificate_is_read_and_is_no_CA()
    {
        Certificate certificate = Der.Decode<Certificate>(Strange(writer => writer.WriteInteger(1), version: null)).OrThrow();
        Assert.AreEqual(1, certificate.Version);
        Assert.IsEmpty(certificate.Extensions);
        Assert.IsNull(certificate.KeyUsage);
        Assert.IsFalse(certificate.IsCa);
        Assert.IsNull(certificate.SubjectAltName);
    }

    [TestMethod]
    [DataRow("170D 3439313233313233353935395A", 2049, DisplayName = "UTCTime's last year")]
    [DataRow("170D 3530303130313030303030305A", 1950, DisplayName = "UTCTime's first year")]
    [DataRow("180F 39393939313233313233353935395A", 9999, DisplayName = "no end (RFC 5280 §4.1.2.5)")]
    [DataRow("180F 31393730303130313030303030305A", 1970, DisplayName = "GeneralizedTime where UTCTime should be")]
    public void Weird_validity_is_read(string time, int year)
    {
        Certificate certificate = Der.Decode<Certificate>(Strange(writer => writer.WriteInteger(1), notAfter: Vector.Hex(time))).OrThrow();
        Assert.AreEqual(year, certificate.NotAfter.Year);
        Assert.AreEqual(certificate.NotAfter >= ThrowawayPki.Start, certificate.IsValidAt(ThrowawayPki.Start));
    }

    [TestMethod]
    [DataRow("180F 30303030303130313030303030305A", DisplayName = "the year zero")]
    [DataRow("170D 3939393939393939393939395A", DisplayName = "no date at all")]
    public void A_time_that_is_none_is_refused(string time) =>
        Assert.IsFalse(Der.Decode<Certificate>(Strange(writer => writer.WriteInteger(1), notAfter: Vector.Hex(time))).Succeeded(out _, out _));

    [TestMethod]
    public void An_extension_that_occurs_twice_is_refused()
    {
        CertificateExtension twice = CertificateExtensions.BasicConstraints(ca: false);
        Assert.IsFalse(Der.Decode<Certificate>(Strange(writer => writer.WriteInteger(1), extensions: [twice, twice])).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
        Assert.Contains(Oids.BasicConstraints, refusal.Detail);
    }

    [TestMethod]
    [DataRow(Oids.BasicConstraints, "0500", DisplayName = "basicConstraints that is NULL")]
    [DataRow(Oids.BasicConstraints, "3003 0201FF", DisplayName = "a negative path length")]
    [DataRow(Oids.KeyUsage, "0401 00", DisplayName = "keyUsage that is no BIT STRING")]
    [DataRow(Oids.SubjectAltName, "3003 0201 05", DisplayName = "an alternative name that is none")]
    [DataRow(Oids.SubjectKeyIdentifier, "0401 00 00", DisplayName = "a byte after the end")]
    public void A_known_extension_that_does_not_decode_is_refused(string oid, string value) =>
        Assert.IsFalse(Der.Decode<Certificate>(Strange(writer => writer.WriteInteger(1), extensions: [new(oid, false, Vector.Hex(value))])).Succeeded(out _, out _));

    [TestMethod]
    public void An_authority_key_identifier_may_name_the_issuer_instead_of_its_key()
    {
        CertificateExtension byName = new(Oids.AuthorityKeyIdentifier, false, Vector.Hex("3003 820105"));
        Assert.IsNull(Der.Decode<Certificate>(Strange(writer => writer.WriteInteger(1), extensions: [byName])).OrThrow().AuthorityKeyIdentifier);
    }

    [TestMethod]
    public void Inner_and_outer_algorithm_must_agree()
    {
        // Signed well, but the algorithm inside names another.
        Certificate good = ThrowawayPki.Root(ThrowawayPki.Rsa);
        byte[] tbs = good.TbsEncoded.ToArray();
        int inner = tbs.AsSpan().IndexOf(Der.Encode(SignatureAlgorithm.Sha256WithRsa));
        tbs[inner + 12] = 0x0C; // sha384WithRSAEncryption
        byte[] forged = SignedStructure.Assemble(tbs, SignatureAlgorithm.Sha256WithRsa, ThrowawayPki.Rsa.Sign(tbs, SignatureAlgorithm.Sha256WithRsa));
        Assert.IsTrue(good.IsSignedBy(ThrowawayPki.Rsa.Public));
        Assert.IsFalse(Der.Decode<Certificate>(forged).OrThrow().IsSignedBy(ThrowawayPki.Rsa.Public));
    }

    [TestMethod]
    public void Pem_is_written_with_a_final_line_end_and_read_back_from_among_others()
    {
        Certificate ca = Vector.Ca();
        Assert.IsTrue(ca.ToPem().EndsWith("-----END CERTIFICATE-----\n", StringComparison.Ordinal));
        string several = "text before\n" + Vector.Text("sscep.csr.pem") + ca.ToPem() + Vector.Signer("jscep").ToPem();
        CollectionAssert.AreEqual(ca.Encoded.ToArray(), Certificate.FromPem(several).OrThrow().Encoded.ToArray());
        Assert.AreEqual(2, Certificate.AllFromPem(several).Count());
        Assert.IsFalse(Certificate.FromPem("nothing").Succeeded(out _, out _));
    }

    /// <summary>A certificate as no good CA makes it; unsigned but for the looks.</summary>
    private static byte[] Strange(Action<AsnWriter> serial, int? version = 2, byte[]? notAfter = null, CertificateExtension[]? extensions = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (version is { } number)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteInteger(number);
                }
            }

            serial(writer);
            SignatureAlgorithm.Sha256WithRsa.Encode(writer);
            DistinguishedName.Empty.Encode(writer);
            using (writer.PushSequence())
            {
                writer.WriteUtcTime(ThrowawayPki.Start.AddYears(-1));
                writer.WriteEncodedValue(notAfter ?? Vector.Hex("170D 3439313233313233353935395A"));
            }

            DistinguishedName.Empty.Encode(writer);
            ThrowawayPki.Rsa.Public.Encode(writer);
            if (extensions is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
                {
                    CertificateExtension.EncodeList(writer, extensions);
                }
            }
        }

        return SignedStructure.Assemble(writer.Encode(), SignatureAlgorithm.Sha256WithRsa, new byte[256]);
    }
}
