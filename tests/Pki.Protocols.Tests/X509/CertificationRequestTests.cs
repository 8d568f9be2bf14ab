using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 2986, SCEP.md and P-01: requests of real clients, and requests that bend the rules.</summary>
[TestClass]
public sealed class CertificationRequestTests
{
    private static readonly DistinguishedName Subject = ThrowawayPki.Name("CN=device,O=Tests,C=SE");

    [TestMethod]
    [DataRow("certmonger", "CN=cm1.example.test", "s3cret", "dNSName=cm1.example.test")]
    [DataRow("jscep", "CN=js1,O=Test,C=SE", "s3cret", null)]
    [DataRow("micromdm", "CN=mm1,OU=MDM,O=scep-client,C=US", "s3cret", null)]
    [DataRow("sscep", "CN=router1.example.test,O=Test,C=SE", "s3cret", "dNSName=router1.example.test,iPAddress=10.0.0.1")]
    [DataRow("strongswan", "CN=sw1.example.test,O=Test,C=SE", "s3cret", "dNSName=sw1.example.test")]
    [DataRow("strongswan-pss", "CN=pss,C=SE", null, null)]
    public void Requests_of_real_clients_are_read_and_verified(string client, string subject, string? challenge, string? alternativeNames)
    {
        CertificationRequest request = Vector.Request(client);
        Assert.AreEqual(subject, request.Subject.ToString());
        Assert.AreEqual(challenge, request.ChallengePassword?.LendText(text => text));
        Assert.AreEqual(alternativeNames, request.SubjectAltName?.ToString());
        Assert.IsTrue(request.VerifySignature());
        Assert.IsFalse(request.AsksForCa);
        Assert.AreEqual(client == "strongswan" ? "pc-client" : null, request.TemplateName);
    }

    [TestMethod]
    public void One_flipped_bit_anywhere_in_the_signed_part_is_noticed()
    {
        CertificationRequest request = Vector.Request("sscep");
        int offset = request.Encoded.Span.IndexOf(request.InfoEncoded.Span);
        int stillReadable = 0;
        for (int i = 0; i < request.InfoEncoded.Length; i++)
        {
            byte[] flipped = request.Encoded.ToArray();
            flipped[offset + i] ^= 1;
            if (Der.DecodeBer<CertificationRequest>(flipped).Succeeded(out CertificationRequest? read, out _))
            {
                stillReadable++;
                Assert.IsFalse(read.VerifySignature(), $"octet {i}");
            }
        }

        Assert.IsGreaterThan(100, stillReadable);
    }

    [TestMethod]
    [DynamicData(nameof(Algorithms))]
    public void What_is_made_here_is_read_back_and_OpenSSL_agrees(KeyPair key, SignatureAlgorithm algorithm)
    {
        GeneralNames names = GeneralNames.Parse("dNSName=a.example").OrThrow();
        using var challenge = Secret.FromText("pass=1");
        var request = CertificationRequest.Create(Subject, key, algorithm,
            [RequestAttribute.ForChallenge(challenge), RequestAttribute.ForExtensions(CertificateExtensions.SubjectAltName(names), CertificateExtensions.KeyUsage(KeyUsages.DigitalSignature))]);
        Assert.IsTrue(request.VerifySignature());
        Assert.AreEqual("dNSName=a.example", request.SubjectAltName!.ToString());
        Assert.AreEqual(KeyUsages.DigitalSignature, request.KeyUsage);
        Assert.AreEqual("pass=1", request.ChallengePassword!.LendText(text => text));
        Assert.IsTrue(Der.Decode<CertificationRequest>(request.Encoded).Succeeded(out _, out _), "it is DER");
    }

    public static IEnumerable<object[]> Algorithms() =>
    [
        [ThrowawayPki.Rsa, SignatureAlgorithm.Sha256WithRsa],
        [ThrowawayPki.Rsa, SignatureAlgorithm.RsaPkcs1(HashAlgorithmName.SHA1)],
        [ThrowawayPki.Rsa, SignatureAlgorithm.RsaPss(HashAlgorithmName.SHA256)],
        [ThrowawayPki.Ec, SignatureAlgorithm.EcdsaWithSha256],
    ];

    [TestMethod]
    public async Task OpenSSL_verifies_what_is_made_here()
    {
        CancellationToken cancel = TestContext.CancellationToken;
        using var openssl = new OpenSsl();
        foreach (object[] row in Algorithms())
        {
            openssl.Write("csr.pem", CertificationRequest.Create(Subject, (KeyPair)row[0], (SignatureAlgorithm)row[1]).ToPem());
            Assert.Contains("verify OK", await openssl.RunAsync("req -in csr.pem -verify -noout", cancel));
        }
    }

    [TestMethod]
    [DataRow("-newkey rsa:2048 -sha256")]
    [DataRow("-newkey rsa:2048 -md5")]
    [DataRow("-newkey rsa:2048 -sha512 -sigopt rsa_padding_mode:pss")]
    [DataRow("-newkey ec -pkeyopt ec_paramgen_curve:P-384 -sha384")]
    public async Task What_OpenSSL_makes_is_verified_here(string key)
    {
        using var openssl = new OpenSsl();
        await openssl.RunAsync($"req -new -nodes {key} -keyout key.pem -out csr.pem -subj /C=SE/CN=a+UID=b -addext basicConstraints=CA:TRUE", TestContext.CancellationToken);
        CertificationRequest request = CertificationRequest.FromText(openssl.ReadText("csr.pem")).OrThrow();
        Assert.IsTrue(request.VerifySignature());
        Assert.IsTrue(request.AsksForCa);
        Assert.HasCount(2, request.Subject.Rdns[1].Attributes);
    }

    [TestMethod]
    public void The_text_may_be_pem_of_either_label_or_base64_alone()
    {
        CertificationRequest request = Vector.Request("sscep");
        string base64 = Convert.ToBase64String(request.Encoded.Span);
        string lines = Convert.ToBase64String(request.Encoded.Span, Base64FormattingOptions.InsertLineBreaks);
        foreach (string text in (string[])[request.ToPem(), request.ToPem().Replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", StringComparison.Ordinal), base64, lines, lines.ReplaceLineEndings("\n") + "\n", " " + base64])
        {
            CollectionAssert.AreEqual(request.Encoded.ToArray(), CertificationRequest.FromText(text).OrThrow().Encoded.ToArray());
        }
    }

    [TestMethod]
    [DataRow("", RefusalCode.Malformed)]
    [DataRow("%%%", RefusalCode.Malformed)]
    [DataRow("MAA=", RefusalCode.Malformed)]
    [DataRow("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", RefusalCode.Malformed)]
    public void Other_text_is_refused(string text, RefusalCode code)
    {
        Assert.IsFalse(CertificationRequest.FromText(text).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(code, refusal.Code);
    }

    [TestMethod]
    public void Size_is_limited_in_text_and_in_octets()
    {
        Assert.IsFalse(CertificationRequest.FromText(new string('A', 70_000)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
        byte[] large = SignedStructure.Assemble(Vector.Request("sscep").InfoEncoded.Span, SignatureAlgorithm.Sha256WithRsa, new byte[33_000]);
        Assert.IsFalse(Der.DecodeBer<CertificationRequest>(large).Succeeded(out _, out refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    public required TestContext TestContext { get; init; }
}
