using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 5280 §4.2: every extension a profile may ask for, by its octets and in OpenSSL's eyes.</summary>
[TestClass]
public sealed class CertificateExtensionsTests
{
    [TestMethod]
    [DynamicData(nameof(Golden))]
    public void Each_extension_has_fixed_octets(CertificateExtension extension, string oid, bool critical, string value)
    {
        Assert.AreEqual(oid, extension.Oid);
        Assert.AreEqual(critical, extension.Critical);
        Assert.AreEqual(Convert.ToHexString(Vector.Hex(value)), Convert.ToHexString(extension.Value.Span));
        Assert.AreEqual(extension, Der.Decode<CertificateExtension>(Der.Encode(extension)).OrThrow());
    }

    public static IEnumerable<object[]> Golden() =>
    [
        [CertificateExtensions.BasicConstraints(ca: true), "2.5.29.19", true, "3003 0101FF"],
        [CertificateExtensions.BasicConstraints(ca: true, pathLength: 0), "2.5.29.19", true, "3006 0101FF 020100"],
        [CertificateExtensions.BasicConstraints(ca: false, pathLength: 3, critical: false), "2.5.29.19", false, "3000"],
        [CertificateExtensions.KeyUsage(KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment), "2.5.29.15", true, "0302 05A0"],
        [CertificateExtensions.KeyUsage(KeyUsages.KeyAgreement | KeyUsages.DecipherOnly), "2.5.29.15", true, "0303 070880"],
        [CertificateExtensions.ExtendedKeyUsage([Oids.ServerAuth]), "2.5.29.37", false, "300A 06082B06010505070301"],
        [CertificateExtensions.SubjectKeyIdentifier([1, 2]), "2.5.29.14", false, "0402 0102"],
        [CertificateExtensions.AuthorityKeyIdentifier([1, 2]), "2.5.29.35", false, "3004 80020102"],
        [CertificateExtensions.OcspNoCheck(), "1.3.6.1.5.5.7.48.1.5", false, "0500"],
        [CertificateExtensions.CrlNumber(255), "2.5.29.20", false, "0202 00FF"],
        [CertificateExtensions.DeltaCrlIndicator(1), "2.5.29.27", true, "0201 01"],
        [CertificateExtensions.ReasonCode(RevocationReason.AACompromise), "2.5.29.21", false, "0A01 0A"],
        [CertificateExtensions.MicrosoftTemplateName("A"), "1.3.6.1.4.1.311.20.2", false, "1E02 0041"],
        [CertificateExtensions.CertificatePolicies([new PolicyInformation("1.2.3")]), "2.5.29.32", false, "3006 3004 06022A03"],
        [CertificateExtensions.IssuingDistributionPoint([], onlyUserCertificates: true), "2.5.29.28", true, "3003 8101FF"],
        [CertificateExtensions.QcStatements([new AlgorithmIdentifier("1.2.3")]), "1.3.6.1.5.5.7.1.3", false, "3006 3004 06022A03"],
    ];

    [TestMethod]
    public async Task OpenSSL_reads_all_of_them()
    {
        using var openssl = new OpenSsl();
        openssl.Write("cert.pem", Everything().ToPem());
        string text = await openssl.RunAsync("x509 -in cert.pem -noout -text", TestContext.CancellationToken);
        string[] expected =
        [
            "Version: 3", "CA:TRUE, pathlen:1", "Certificate Sign, CRL Sign", "TLS Web Server Authentication", "OCSP Signing",
            "DNS:a.example, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1, email:x@y, URI:http://u", "DirName:/CN=b", "Registered ID:1.2.3.4", "UPN::u@x",
            "URI:http://crl/1", "URI:http://crl/2", "CRL Issuer", "URI:http://delta", "OCSP - URI:http://ocsp", "CA Issuers - URI:http://ca",
            "Policy: 1.2.3.4", "CPS: http://cps", "Explicit Text: notice", "No Check", "Permitted:", "DNS:.good", "IP:10.0.0.0/255.0.0.0", "Excluded:", "DNS:.bad",
            "Not Before: Jan  2 03:04:05 2026 GMT", "Private Key Usage Period",
        ];
        foreach (string part in expected)
        {
            Assert.Contains(part, text);
        }
    }

    [TestMethod]
    public async Task OpenSSL_verifies_a_chain_made_here_strictly()
    {
        CancellationToken cancel = TestContext.CancellationToken;
        using var openssl = new OpenSsl();
        foreach (KeyPair caKey in (KeyPair[])[ThrowawayPki.Rsa, ThrowawayPki.Ec])
        {
            Certificate root = ThrowawayPki.Root(caKey);
            Certificate leaf = ThrowawayPki.Sign(caKey, root, ThrowawayPki.Ec.Public, "CN=leaf,O=Tests", 2,
                CertificateExtensions.BasicConstraints(ca: false), CertificateExtensions.KeyUsage(KeyUsages.DigitalSignature),
                CertificateExtensions.SubjectKeyIdentifier(ThrowawayPki.Ec.Public), CertificateExtensions.AuthorityKeyIdentifier(root));
            openssl.Write("root.pem", root.ToPem());
            openssl.Write("leaf.pem", leaf.ToPem());
            Assert.Contains("OK", await openssl.RunAsync("verify -x509_strict -attime 1800000000 -CAfile root.pem leaf.pem", cancel));
            Assert.IsTrue(leaf.IsSignedBy(root.PublicKey));
            Assert.IsFalse(leaf.IsSelfIssued);
        }
    }

    [TestMethod]
    public void A_certificate_that_breaks_our_own_rules_is_never_encoded()
    {
        ToBeSignedCertificate good = Plain(ThrowawayPki.Serial(1));
        Assert.ThrowsExactly<InvalidOperationException>(() => Plain(ThrowawayPki.Serial(0)).Encode());
        Assert.ThrowsExactly<InvalidOperationException>(() => Plain(ThrowawayPki.Serial(-1)).Encode());
        Assert.ThrowsExactly<InvalidOperationException>(() => (good with { Extensions = [CertificateExtensions.OcspNoCheck(), CertificateExtensions.OcspNoCheck()] }).Encode());
        Assert.IsNotEmpty(good.Encode());
    }

    [TestMethod]
    public void Time_is_UTCTime_through_2049_and_GeneralizedTime_from_2050()
    {
        var start = new DateTimeOffset(2049, 12, 31, 23, 59, 59, TimeSpan.FromHours(-1)); // 2050 in UTC
        byte[] tbs = (Plain(ThrowawayPki.Serial(1)) with { NotBefore = start.AddHours(-1), NotAfter = start }).Encode();
        Assert.IsGreaterThan(0, tbs.AsSpan().IndexOf(Vector.Hex("170D 3439313233313233353935395A 180F 32303530303130313030353935395A")));
    }

    private static ToBeSignedCertificate Plain(SerialNumber serial) => new(
        serial, SignatureAlgorithm.Sha256WithRsa, DistinguishedName.Empty.Encoded, ThrowawayPki.Start, ThrowawayPki.Start, DistinguishedName.Empty.Encoded, ThrowawayPki.Rsa.Public.Encoded, []);

    private static Certificate Everything()
    {
        GeneralNames names = GeneralNames.Parse(@"dNSName=a.example,iPAddress=10.0.0.1,iPAddress=2001:db8::1,rfc822Name=x@y,uri=http://u,directoryName=CN=b,registeredID=1.2.3.4,upn=u@x").OrThrow();
        GeneralNames permitted = GeneralNames.Parse("dNSName=.good,iPAddress=#0A000000FF000000").OrThrow();
        return ThrowawayPki.Sign(ThrowawayPki.Rsa, null, ThrowawayPki.Rsa.Public, "CN=everything,O=Tests,C=SE", 7,
            CertificateExtensions.BasicConstraints(ca: true, pathLength: 1),
            CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign | KeyUsages.CrlSign),
            CertificateExtensions.ExtendedKeyUsage([Oids.ServerAuth, Oids.OcspSigning]),
            CertificateExtensions.SubjectKeyIdentifier(ThrowawayPki.Rsa.Public),
            CertificateExtensions.AuthorityKeyIdentifier(ThrowawayPki.Rsa.Public.KeyIdentifier()),
            CertificateExtensions.SubjectAltName(names),
            CertificateExtensions.IssuerAltName(names),
            CertificateExtensions.CrlDistributionPoints(["http://crl/1", "http://crl/2"], ThrowawayPki.Name("CN=crl issuer")),
            CertificateExtensions.FreshestCrl(["http://delta"]),
            CertificateExtensions.AuthorityInformationAccess(["http://ocsp"], ["http://ca"]),
            CertificateExtensions.CertificatePolicies([new("1.2.3.4", ["http://cps"], "notice"), new(Oids.AnyPolicy)]),
            CertificateExtensions.NameConstraints(permitted, GeneralNames.Parse("dNSName=.bad").OrThrow()),
            CertificateExtensions.PrivateKeyUsagePeriod(ThrowawayPki.Start, ThrowawayPki.Start.AddYears(1)),
            CertificateExtensions.OcspNoCheck(),
            CertificateExtensions.MicrosoftTemplateName("Template"));
    }

    public required TestContext TestContext { get; init; }
}
