using System.Security.Cryptography;
using System.Text;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using ExtRa.Messages.Contract;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>CertificateRequestRequest: what it does and each line of SEMANTICS.md 4.5.</summary>
[TestClass]
public sealed class CertificateRequestTests
{
    private const int Crmf = 1;
    private const int Spkac = 2;
    private const int PublicKey = 3;

    private static readonly KeyPair Key = KeyPair.Generate("P-256");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task A_registered_end_entity_gets_its_certificate_by_its_secret_and_once_only(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await RegisterAsync(system, "jdoe");
        var response = (CertificateRequestResponse)await system.AskAsync(mode, BySecret("jdoe", Pkcs10("jdoe")), Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        Certificate certificate = Der.Decode<Certificate>(response.ResponseData).OrThrow();
        Assert.AreEqual("CN=jdoe,O=Test", certificate.Subject.ToString());
        Assert.IsTrue(certificate.PublicKey.SameKeyAs(Key.Public));
        EndEntityView user = (await system.Get<EndEntityStore>().FindAsync("jdoe", Cancel))!;
        Assert.AreEqual(EndEntityStatus.Generated, user.Status);
        Assert.IsFalse(user.HasSecret);
        var second = await system.ClientOf(mode).SendAsync([BySecret("jdoe", Pkcs10("jdoe"))], Eventually.Patience, Cancel);
        Assert.AreEqual(RefusalCode.NotAuthorized, second.OrThrow().Responses.Single().Reason);
    }

    [TestMethod]
    public async Task An_encrypted_request_without_a_signature_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Assert.AreEqual(RefusalCode.DecryptionFailed, (await system.AskAsync(LinkMode.Encrypted, OneShot("jdoe", Pkcs10("jdoe")), Cancel)).Reason);
    }

    [TestMethod, NeedsTool("openssl")]
    [DataRow(0, 1, DisplayName = "the certificate")]
    [DataRow(1, 1, DisplayName = "PKCS#7")]
    [DataRow(2, 2, DisplayName = "PKCS#7 with chain")]
    public async Task The_answer_has_the_form_asked_for_and_OpenSSL_reads_it(int responseType, int certificates)
    {
        await using TestSystem system = await StartAsync();
        var response = (CertificateRequestResponse)await system.AskAsync(OneShot("jdoe", Pkcs10("jdoe")) with { ResponseType = responseType }, Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        Assert.AreEqual(responseType, response.ResponseType);
        string text = responseType == 0
            ? await system.OpenSslAsync(response.ResponseData!, Cancel, "x509", "-inform", "DER", "-noout", "-subject")
            : await system.OpenSslAsync(response.ResponseData!, Cancel, "pkcs7", "-inform", "DER", "-noout", "-print_certs");
        Assert.HasCount(certificates + 1, text.Split("subject="));
        Assert.Contains("jdoe", text);
    }

    [TestMethod]
    public async Task Every_form_of_request_is_read_in_DER_and_as_text()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await EditUserTests.AllowAsync(system, AccessResources.VouchForKey);
        byte[] spkac = SignedPublicKeyAndChallenge.Create(Key, SignatureAlgorithm.EcdsaWithSha256, "challenge").Encoded.ToArray();
        byte[] spki = Key.Public.Encoded.ToArray();
        foreach ((int type, byte[] data) in new[]
        {
            (0, Pkcs10("jdoe")),
            (0, Text(PemEncoding.WriteString("CERTIFICATE REQUEST", Pkcs10("jdoe")))),
            (0, Text(PemEncoding.WriteString("NEW CERTIFICATE REQUEST", Pkcs10("jdoe")))),
            (0, Text(Convert.ToBase64String(Pkcs10("jdoe"), Base64FormattingOptions.InsertLineBreaks))),
            (Spkac, spkac),
            (Spkac, Text(Convert.ToBase64String(spkac))),
            (PublicKey, spki),
            (PublicKey, Text(PemEncoding.WriteString("PUBLIC KEY", spki))),
        })
        {
            var response = (CertificateRequestResponse)await system.AskAsync(OneShot("jdoe", data) with { RequestType = type }, Cancel);
            Assert.IsTrue(response.Success, $"{type}: {response.FailInfo}");
            Assert.IsTrue(Der.Decode<Certificate>(response.ResponseData).OrThrow().PublicKey.SameKeyAs(Key.Public));
        }
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E3_Nobody_gets_a_certificate_for_a_key_he_has_not_shown_to_have(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        byte[] pkcs10 = Pkcs10("jdoe");
        pkcs10[^3] ^= 1;
        byte[] spkac = SignedPublicKeyAndChallenge.Create(Key, SignatureAlgorithm.EcdsaWithSha256, "").Encoded.ToArray();
        spkac[^3] ^= 1;
        await RegisterAsync(system, "registered");
        string before = await system.StateAsync(Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.BadSignature, OneShot("jdoe", pkcs10), Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.BadSignature, BySecret("registered", pkcs10), Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.BadSignature, OneShot("jdoe", spkac) with { RequestType = Spkac }, Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.BadSignature, BySecret("registered", spkac) with { RequestType = Spkac }, Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.NotAuthorized, OneShot("jdoe", Key.Public.Encoded.ToArray()) with { RequestType = PublicKey }, Cancel);
        Assert.AreEqual(before, await system.StateAsync(Cancel));
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E6_E7_E8_What_cannot_be_delivered_is_refused_before_anything_is_signed(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        string before = await system.StateAsync(Cancel);
        CertificateRequestRequest good = OneShot("jdoe", Pkcs10("jdoe"));
        foreach ((RefusalCode code, CertificateRequestRequest request) in new[]
        {
            (RefusalCode.Malformed, good with { RequestType = 4 }),
            (RefusalCode.Malformed, good with { ResponseType = 3 }),
            (RefusalCode.Malformed, good with { ResponseType = -1 }),
            (RefusalCode.Malformed, good with { RequestType = Crmf }),
            (RefusalCode.Malformed, good with { RequestData = Text("badly encoded request") }),
            (RefusalCode.Malformed, good with { RequestData = [] }),
            (RefusalCode.Malformed, good with { RequestData = [0x30, 0x00] }),
            (RefusalCode.TooLarge, good with { RequestData = new byte[70_000] }),
            (RefusalCode.PolicyViolation, good with { CertificateSerialNo = "4711" }),
            (RefusalCode.Malformed, good with { SubjectDn = null }),
            (RefusalCode.Malformed, good with { CaName = null }),
            (RefusalCode.Malformed, good with { EndEntityProfileName = null }),
            (RefusalCode.Malformed, good with { CertificateProfileName = null }),
            (RefusalCode.NotFound, good with { CaName = "NoSuchCA" }),
            (RefusalCode.NotFound, good with { EndEntityProfileName = "NOBODY" }),
            (RefusalCode.NotFound, good with { CertificateProfileName = "NOTHING" }),
            (RefusalCode.NotAuthorized, good with { CaName = "ManagementCA" }),
            (RefusalCode.PolicyViolation, good with { SubjectDn = "O=no common name" }),
            (RefusalCode.NotAuthorized, good with { CreateOrEditUser = false }),
        })
        {
            await system.RefusedAsync<CertificateRequestResponse>(code, request, Cancel);
        }

        Assert.AreEqual(before, await system.StateAsync(Cancel));
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Unknown_users_and_wrong_secrets_are_refused_alike(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        await RegisterAsync(system, "jdoe");
        CertificateRequestRequest good = BySecret("jdoe", Pkcs10("jdoe"));
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.NotAuthorized, good with { Username = "nobody" }, Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.NotAuthorized, good with { Password = Secret.FromText("wrong") }, Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.NotAuthorized, good with { Password = Secret.FromText("") }, Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.Conflict, good with { SubjectDn = "CN=somebody else,O=Test" }, Cancel);
        Assert.IsTrue((await system.AskAsync(good, Cancel)).Success);
    }

    [TestMethod]
    public async Task An_RA_that_may_not_see_end_entities_cannot_try_their_secrets()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await RegisterAsync(system, "jdoe");
        (await system.Get<RoleStore>().RemoveRuleAsync(Actor.Internal("test"), "RA", AccessResources.ViewEndEntity, Cancel)).OrThrow();
        await system.StartWorkerAsync(Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.NotAuthorized, BySecret("jdoe", Pkcs10("jdoe")), Cancel);
        Assert.AreEqual("0", await system.CountAsync("select count(*) from audit_record where event = 'AUTHENTICATION'", Cancel));
    }

    internal static async Task RegisterAsync(TestSystem system, string name, int tokenType = 1) =>
        (await system.Get<EndEntityStore>().SetAsync(Actor.Internal("test"), new()
        {
            Username = name,
            SubjectDn = $"CN={name},O=Test",
            CaName = "IssuingCA",
            TokenType = tokenType,
            Secret = Secret.FromText(KeyFiles.Password),
        }, CancellationToken.None)).OrThrow();

    private static byte[] Pkcs10(string name) =>
        CertificationRequest.Create(DistinguishedName.Parse($"CN={name},O=Test").OrThrow(), Key, HashAlgorithmName.SHA256).Encoded.ToArray();

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

    private static CertificateRequestRequest BySecret(string name, byte[] request) =>
        new() { RequestId = 15, Username = name, Password = Secret.FromText(KeyFiles.Password), RequestData = request };

    private static CertificateRequestRequest OneShot(string name, byte[] request) => new()
    {
        RequestId = 15,
        Username = name,
        RequestData = request,
        CreateOrEditUser = true,
        SubjectDn = $"CN={name},O=Test",
        CaName = "IssuingCA",
        EndEntityProfileName = "EMPTY",
        CertificateProfileName = "ENDUSER",
    };

    private async Task<TestSystem> StartAsync(LinkMode mode = LinkMode.Both)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        await system.StartWorkerAsync(Cancel);
        return system;
    }
}
