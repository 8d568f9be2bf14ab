using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using TestKit;

namespace Ca.Core.Tests.Profiles;

/// <summary>CA_CORE §5.1 and §17 check 3: what openssl reads in certificates of each fixed profile.</summary>
[TestClass]
public sealed class FixedProfileTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod, NeedsTool("openssl")]
    [DataRow("ENDUSER", "Digital Signature, Non Repudiation, Key Encipherment", "TLS Web Client Authentication, E-mail Protection")]
    [DataRow("SERVER", "Digital Signature, Key Encipherment", "TLS Web Server Authentication")]
    [DataRow("OCSPSIGNER", "Digital Signature", "OCSP Signing")]
    [DataRow("HARDTOKEN_SIGN", "Non Repudiation", "E-mail Protection")]
    [DataRow("HARDTOKEN_ENC", "Key Encipherment, Data Encipherment", "E-mail Protection")]
    public async Task Each_fixed_profile_gives_its_extensions_with_their_criticality(string profile, string usages, string purposes)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using var openssl = new OpenSsl();
        Issued issued = (await ca.IssueAsync(ca.Request("device") with { CertificateProfile = profile }, Cancel)).OrThrow();

        string text = await openssl.RunAsync(Cancel, "x509", "-noout", "-text", "-in", openssl.Write("leaf.pem", [issued.Certificate]));

        AssertExtension(text, "X509v3 Basic Constraints: critical", "CA:FALSE");
        AssertExtension(text, "X509v3 Key Usage: critical", usages);
        AssertExtension(text, "X509v3 Extended Key Usage:", purposes);
        AssertExtension(text, "X509v3 Subject Key Identifier:", Colons(issued.Certificate.PublicKey.KeyIdentifier()));
        AssertExtension(text, "X509v3 Authority Key Identifier:", Colons(issued.Chain[0].SubjectKeyIdentifier!.Value.ToArray()));
        Assert.AreEqual(profile == "OCSPSIGNER", text.Contains("OCSP No Check", StringComparison.Ordinal));
        Assert.AreEqual(TimeSpan.FromDays(730), issued.Certificate.NotAfter - issued.Certificate.NotBefore);
        Assert.AreEqual(ca.Clock.GetUtcNow() - TimeSpan.FromMinutes(10), issued.Certificate.NotBefore);
    }

    [TestMethod, NeedsTool("openssl")]
    public async Task A_CA_certificate_says_that_it_is_one()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using var openssl = new OpenSsl();
        CertificateView root = (await ca.Get<CertificateStore>().ListAsync(new() { CaName = TestCa.RootName }, Cancel)).Single();

        string text = await openssl.RunAsync(Cancel, "x509", "-noout", "-text", "-in", openssl.Write("root.pem", [root.Certificate]));

        Assert.AreEqual(CertificateType.RootCa, root.Type);
        AssertExtension(text, "X509v3 Basic Constraints: critical", "CA:TRUE");
        AssertExtension(text, "X509v3 Key Usage: critical", "Digital Signature, Certificate Sign, CRL Sign");
        Assert.AreEqual(TimeSpan.FromDays((25 * 365) + 7), root.NotAfter - root.NotBefore);
    }

    [TestMethod, NeedsTool("openssl")]
    public async Task Everything_a_profile_can_say_is_in_the_certificate()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using var openssl = new OpenSsl();
        (await ca.Get<ProfileStore>().SetCertificateProfileAsync(ca.Admin, "FULL", """
            {
              "validity": "90d",
              "keyUsage": { "usages": "DigitalSignature" },
              "extendedKeyUsage": { "use": true, "critical": true, "purposes": ["1.3.6.1.5.5.7.3.1"] },
              "subjectAltName": { "use": true, "critical": true },
              "crlDistributionPoints": { "use": true, "uris": ["http://crl.example/a.crl", "http://crl.example/b.crl"] },
              "authorityInformationAccess": { "use": true, "ocspLocator": "http://ocsp.example", "caIssuers": ["http://ca.example/ca.cer"] },
              "certificatePolicies": { "use": true, "policies": [ { "oid": "1.2.3.4", "practiceStatement": "http://cps.example" }, { "oid": "1.2.3.5" } ] },
              "customExtensions": [ { "oid": "1.2.3.4.5", "value": "0C0568656C6C6F" } ],
              "commonNamePostfix": " (test)",
              "subjectSubset": ["CN"],
              "subjectAltNameSubset": ["dNSName", "iPAddress"],
              "signatureDigest": "SHA384"
            }
            """, Cancel)).OrThrow();

        Issued issued = (await ca.IssueAsync(ca.Request("device") with { CertificateProfile = "FULL", SubjectAltName = "dNSName=a.example,iPAddress=10.0.0.1,iPAddress=fe80::1,rfc822Name=x@y.example" }, Cancel)).OrThrow();
        string text = await openssl.RunAsync(Cancel, "x509", "-noout", "-text", "-nameopt", "RFC2253", "-in", openssl.Write("leaf.pem", [issued.Certificate]));

        Assert.AreEqual("CN=device (test)", issued.Certificate.Subject.ToString());
        AssertExtension(text, "X509v3 Extended Key Usage: critical", "TLS Web Server Authentication");
        AssertExtension(text, "X509v3 Subject Alternative Name: critical", "DNS:a.example, IP Address:10.0.0.1, IP Address:FE80:0:0:0:0:0:0:1");
        foreach (string part in new[] { "URI:http://crl.example/a.crl", "URI:http://crl.example/b.crl", "OCSP - URI:http://ocsp.example", "CA Issuers - URI:http://ca.example/ca.cer", "Policy: 1.2.3.4", "CPS: http://cps.example", "Policy: 1.2.3.5", "1.2.3.4.5", "ecdsa-with-SHA384" })
        {
            Assert.Contains(part, text);
        }
    }

    private static void AssertExtension(string text, string head, string value)
    {
        string[] lines = [.. text.Split('\n').Select(l => l.Trim())];
        int at = Array.IndexOf(lines, head);
        Assert.IsGreaterThanOrEqualTo(0, at, $"{head} is not in\n{text}");
        Assert.AreEqual(value, lines[at + 1], ignoreCase: true, head);
    }

    private static string Colons(byte[] octets) => string.Join(':', octets.Select(o => o.ToString("X2", null)));
}
