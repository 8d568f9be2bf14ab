using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using ExtRa.Messages.Contract;
using Pki.Protocols.Asn1;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Operations;

/// <summary>SCEP.md section 10 and 17: what may be asked for, and what the CA is asked.</summary>
[TestClass]
public sealed class EnrolmentPolicyTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task The_ca_is_asked_what_the_device_and_the_alias_say()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("d02");
        client.Subject = TestCa.Dn("CN=d02,O=Test,C=SE");
        client.Extensions = [CertificateExtensions.SubjectAltName(new GeneralNames([GeneralName.Dns("d02.example"), GeneralName.Ip(IPAddress.Parse("10.0.0.2")), GeneralName.Email("d02@example.org")]))];
        SentRequest sent = client.NewPkcsReq();
        await client.SendAsync(sent, Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        PKCS10Request request = world.FakeCa.Seen.Single();
        Assert.AreEqual("d02", request.Username, "D-02");
        Assert.AreEqual("CN=d02,O=Test,C=SE", request.SubjectDn);
        Assert.AreEqual("dNSName=d02.example,iPAddress=10.0.0.2,rfc822Name=d02@example.org", request.SubjectAltName, "R-07");
        Assert.AreEqual("d02@example.org", request.Email);
        Assert.AreEqual(("Routers", "Router", "SCEP CA", true), (request.EndEntityProfileName, request.CertificateProfileName, request.CaName, request.CreateOrEditUser), "X-32");
        Assert.AreEqual("127.0.0.1", request.RequesterAddress);
        Assert.IsNull(request.RenewedCertificate);
        CollectionAssert.AreEqual(client.Subject.Encoded.ToArray(), Der.DecodeBer<CertificationRequest>(request.Pkcs10).OrThrow().Subject.Encoded.ToArray(), "R-05");
    }

    [TestMethod]
    [DataRow("CN=router one,O=Test", "router one", DisplayName = "R-06 the whole common name (FLAWS G7)")]
    [DataRow("SN=FTX1234 unstructured,O=Test", "FTX1234", DisplayName = "R-06 serial number up to the blank")]
    [DataRow("SN=FTX1234+x,O=Test", "FTX1234", DisplayName = "R-06 serial number up to the plus")]
    [DataRow("unstructuredName=r1.example,O=Test", "r1.example", DisplayName = "R-06 unstructuredName")]
    [DataRow("SN=S1,CN=c1", "c1", DisplayName = "R-06 common name first")]
    public async Task A_user_is_named_after_the_subject(string subject, string userName)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("r06");
        client.Subject = TestCa.Dn(subject.Replace("+", "\\+", StringComparison.Ordinal));
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.AreEqual(userName, world.FakeCa.Seen.Single().Username);
    }

    [TestMethod]
    public async Task A_subject_without_a_name_needs_another_rule()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        await using TestWorld byTransaction = await TestWorld.StartAsync(Cancel, settings => settings.Set("Names:UseTransactionId", true));
        await using TestWorld random = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Names:Scheme", "Fixed");
            settings.Set("Names:Fixed", "router");
            settings.Set("Names:Prefix", "scep-");
            settings.Set("Names:Postfix", "-${RANDOM}");
        });
        TestClient client = world.NewClient("r06");
        client.Subject = TestCa.Dn("O=Test");
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "subject yields no user name");

        TestClient second = byTransaction.NewClient("r06");
        (second.Subject, second.Id) = (client.Subject, TransactionId.FromText("tid-77"));
        (await second.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await byTransaction.FakeCa.AnswerAllAsync(Cancel);
        Assert.AreEqual("tid-77", byTransaction.FakeCa.Seen.Single().Username);

        await random.NewClient("r06 one").EnrolAsync(Cancel);
        await random.NewClient("r06 two").EnrolAsync(Cancel);
        await random.FakeCa.AnswerAllAsync(Cancel);
        Assert.IsTrue(random.FakeCa.Seen.All(request => request.Username.StartsWith("scep-router-", StringComparison.Ordinal)), "X-32");
        Assert.AreNotEqual(random.FakeCa.Seen[0].Username, random.FakeCa.Seen[1].Username);
    }

    [TestMethod]
    public async Task An_empty_subject_needs_the_option_and_an_alternative_name()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        await using TestWorld lenient = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("AllowEmptySubject", true);
            settings.Set("Names:UseTransactionId", true);
        });
        foreach (TestWorld each in new[] { world, lenient })
        {
            TestClient bare = each.NewClient("r05");
            bare.Subject = DistinguishedName.Empty;
            (await bare.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "subject missing");
            TestClient named = each.NewClient("r05");
            named.Subject = DistinguishedName.Empty;
            named.Extensions = [CertificateExtensions.SubjectAltName(new GeneralNames([GeneralName.Dns("r05.example")]))];
            Assert.AreEqual(each == lenient ? PkiStatus.Pending : PkiStatus.Failure, (await named.EnrolAsync(Cancel)).Status, "R-05");
        }
    }

    [TestMethod]
    public async Task Nobody_becomes_a_ca_this_way()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        CertificateExtension[] asked = [CertificateExtensions.BasicConstraints(ca: true), CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign)];
        foreach (CertificateExtension extension in asked)
        {
            TestClient client = world.NewClient("r08");
            client.Extensions = [extension];
            (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "CA certificates are not issued this way");
        }

        Assert.IsEmpty(world.Store.Rows, "R-08");
    }

    [TestMethod]
    public async Task Names_follow_the_rules_of_the_alias()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Names:Subject:CN", "router-[0-9]+");
            settings.Set("Names:Subject:O", "Test");
            settings.Set("Names:AltName:dNSName", "[a-z0-9-]+\\.example");
        });
        async Task<TestReply> TryAsync(string subject, GeneralName? altName = null)
        {
            TestClient client = world.NewClient("r09");
            client.Subject = TestCa.Dn(subject);
            client.Extensions = altName is null ? [] : [CertificateExtensions.SubjectAltName(new GeneralNames([altName]))];
            return await client.EnrolAsync(Cancel);
        }

        (await TryAsync("CN=router-7,O=Test")).MustBe(PkiStatus.Pending);
        (await TryAsync("CN=router-7,O=Test", GeneralName.Dns("r7.example"))).MustBe(PkiStatus.Pending);
        (await TryAsync("CN=admin,O=Test")).MustBe(FailInfo.BadRequest, "subject not allowed");
        (await TryAsync("CN=router-7x,O=Test")).MustBe(FailInfo.BadRequest, "subject not allowed");
        (await TryAsync("CN=router-7,O=Test,C=SE")).MustBe(FailInfo.BadRequest, "subject not allowed");
        (await TryAsync("CN=router-7,O=Test", GeneralName.Dns("r7.example.com"))).MustBe(FailInfo.BadRequest, "alternative name not allowed");
        (await TryAsync("CN=router-7,O=Test", GeneralName.Ip(IPAddress.Loopback))).MustBe(FailInfo.BadRequest, "alternative name not allowed");
    }

    [TestMethod]
    public async Task A_separate_signer_key_needs_option_and_challenge()
    {
        static void Configure(TestSettings settings)
        {
            settings.Set("AllowSeparateSignerKey", true);
            settings.Set("Challenge:Mode", "Static");
            settings.Set("Challenge:SecretFile", settings.WriteFile("challenge", "letmein"));
        }

        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        await using TestWorld open = await TestWorld.StartAsync(Cancel, settings => settings.Set("AllowSeparateSignerKey", true));
        await using TestWorld allowed = await TestWorld.StartAsync(Cancel, Configure);
        foreach (TestWorld each in new[] { world, open, allowed })
        {
            TestClient client = each.NewClient("k03");
            client.Challenge = "letmein";
            client.Key = TestKeys.Named("k03", "P-256"); // the sender stays RSA
            TestReply reply = await client.EnrolAsync(Cancel);
            if (each == allowed)
            {
                reply.MustBe(PkiStatus.Pending);
                await each.FakeCa.AnswerAllAsync(Cancel);
                Assert.IsTrue((await client.PollAsync(Cancel)).Certificate.PublicKey.SameKeyAs(client.Key.Public), "K-03");
            }
            else
            {
                reply.MustBe(FailInfo.BadRequest, each == world ? null : "challenge missing or wrong");
            }
        }
    }

    [TestMethod]
    public async Task Requests_are_read_as_clients_write_them()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("r01");
        var template = new AsnWriter(AsnEncodingRules.DER);
        template.WriteCharacterString(UniversalTagNumber.UTF8String, "Router");
        client.Extensions = [new CertificateExtension(Oids.MicrosoftTemplateName, Critical: false, template.Encode())];
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending); // strongSwan's --profile is a hint
    }

    [TestMethod]
    public async Task A_request_signed_with_a_digest_that_is_not_allowed_is_a_bad_algorithm()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set("AllowSha1", false));
        TestClient client = world.NewClient("x");
        byte[] csr = CertificationRequest.Create(client.Subject, client.Key, HashAlgorithmName.SHA1).Encoded.ToArray();
        (await new MessageForm(world, client) { Plaintext = csr }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
    }

    [TestMethod]
    public async Task The_operator_can_compare_fingerprints_and_a_short_code()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("r12");
        CertificationRequest csr = client.NewCsr();
        await client.SendAsync(client.Builder.PkcsReq(csr, client.Id), Cancel);
        string line = world.Log.OfId(1006).Single().Text;
        Assert.Contains(Convert.ToHexString(SHA256.HashData(csr.Encoded.Span)), line, "R-12");
        Assert.Contains(Convert.ToHexString(SHA1.HashData(csr.Encoded.Span)), line, "R-12");
        Assert.Contains(Convert.ToHexString(MD5.HashData(csr.Encoded.Span)), line, "R-12");
        Assert.Contains(RequestCode.Of(world.Store.Rows.Single().RequestDigest!), line);
    }
}
