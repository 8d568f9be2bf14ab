using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Cms;
using Pki.Protocols.Crmf;
using Pki.Protocols.Tests.X509;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>OpenSSL's CMP client writes requests that are read here, and judges answers that are written here (CMP_CLIENTS.md §1).</summary>
[TestClass]
public sealed class OpenSslCmpTests
{
    private const string MockServer = "-use_mock_srv -srv_ref 3078 -srv_secret pass:insta -srv_cert server.crt -srv_key server.key -srv_trusted ca.crt -rsp_cert ee.crt";
    private const string Mac = "-ref 3078 -secret pass:insta";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("-cmd ir -newkey ee.key -subject /CN=user1 " + Mac)]
    [DataRow("-cmd ir -newkey ee.key -subject /CN=user1 -digest sha1 -mac hmac-sha1 " + Mac, DisplayName = "SHA-1 throughout")]
    [DataRow("-cmd cr -newkey ee.key -subject /CN=user1 -digest sha384 -mac hmacWithSHA384 " + Mac)]
    [DataRow("-cmd cr -newkey ee.key -subject /CN=user1 -digest sha256 -mac hmacWithSHA256 " + Mac)]
    [DataRow("-cmd kur -newkey ee.key -oldcert ee.crt -digest sha512 -mac hmacWithSHA512 " + Mac)]
    public async Task A_request_under_a_MAC_is_read_and_right(string arguments)
    {
        PkiMessage message = await RequestAsync(arguments);
        CmpAlgorithmPolicy policy = new() { Digests = DigestPolicy.WithSha1, Macs = MacLimits.Default with { AllowSha1OneWayFunction = true } };
        MessageProtection.VerifyMac(message, CmpFixture.Secret, policy).OrThrow().Dispose();
        Assert.IsFalse(MessageProtection.VerifyMac(message, Secret.FromText("x"), policy).Succeeded(out _, out _));
        CertReqMsg request = ((PkiBody.CertificateRequests)message.Body).Requests[0];
        PossessionCheck.VerifySignature(request, message.Header.Sender, null, policy).OrThrow();
    }

    [TestMethod]
    [DataRow("-cmd ir -newkey ee.key -subject /CN=user1")]
    [DataRow("-cmd kur -newkey ee.key -digest sha512")]
    [DataRow("-cmd rr -oldcert ee.crt -revreason 1")]
    [DataRow("-cmd genm -infotype caCerts")]
    public async Task A_signed_request_is_read_and_right(string arguments)
    {
        PkiMessage message = await RequestAsync(arguments + " -cert ee.crt -key ee.key -trusted ca.crt");
        Certificate signer = message.ExtraCerts[0].Read().OrThrow();
        Assert.AreEqual(CmpFixture.Client.Serial, signer.Serial);
        Assert.IsNull(MessageProtection.ObjectionTo(message, signer.PublicKey, CmpAlgorithmPolicy.Default));
    }

    [TestMethod]
    public async Task An_answer_under_the_requests_own_MAC_parameters_is_believed_and_the_certificate_taken()
    {
        PkiMessage request = await RequestAsync("-cmd ir -newkey ee.key -subject /CN=user1 " + Mac);
        using MacKey key = MessageProtection.VerifyMac(request, CmpFixture.Secret, CmpAlgorithmPolicy.Default).OrThrow();
        using OpenSsl openssl = Credentials();
        openssl.Write("ip.der", MessageProtection.Mac(Answer(request, 1), Issued(request), key).Encoded);
        openssl.Write("pkiconf.der", MessageProtection.Mac(Answer(request, 2), new PkiBody.Confirmation(), key).Encoded);
        await openssl.RunAsync($"cmp -config \"\" -batch -cmd ir -newkey ee.key -subject /CN=user1 {Mac} -rspin ip.der,pkiconf.der -certout got.pem", TestContext.CancellationToken);
        Assert.AreEqual(CmpFixture.Client.Serial, Certificate.FromPem(openssl.ReadText("got.pem")).OrThrow().Serial);
    }

    [TestMethod]
    public async Task A_signed_answer_is_believed_and_a_changed_one_is_not()
    {
        PkiMessage request = await RequestAsync("-cmd ir -newkey ee.key -subject /CN=user1 -cert ee.crt -key ee.key -trusted ca.crt");
        PkiHeader header = Answer(request, 1) with { Sender = GeneralName.Directory(CmpFixture.Server.Subject), SenderKeyId = CmpFixture.Server.SubjectKeyIdentifier };
        PkiMessage answer = Sign(header, Issued(request));
        PkiMessage confirmed = Sign(header with { SenderNonce = Nonce(2) }, new PkiBody.Confirmation());
        byte[] bits = answer.Protection!.Value.ToArray();
        bits[^1] ^= 1;
        using OpenSsl openssl = Credentials();
        openssl.Write("ip.der", answer.Encoded);
        openssl.Write("forged.der", answer.WithProtection(bits).Encoded);
        openssl.Write("pkiconf.der", confirmed.Encoded);
        const string client = "cmp -config \"\" -batch -cmd ir -newkey ee.key -subject /CN=user1 -cert ee.crt -key ee.key -trusted ca.crt -certout got.pem";
        await openssl.RunAsync($"{client} -rspin ip.der,pkiconf.der", TestContext.CancellationToken);
        (int code, _) = await openssl.TryAsync($"{client} -rspin forged.der,pkiconf.der", TestContext.CancellationToken);
        Assert.AreNotEqual(0, code);
    }

    [TestMethod]
    public async Task A_refusal_is_understood_to_the_last_failure_bit()
    {
        PkiMessage request = await RequestAsync("-cmd ir -newkey ee.key -subject /CN=user1 " + Mac);
        using MacKey key = MessageProtection.VerifyMac(request, CmpFixture.Secret, CmpAlgorithmPolicy.Default).OrThrow();
        using OpenSsl openssl = Credentials();
        var body = new PkiBody.Error(new(PkiStatusInfo.Rejected(PkiFailureInfo.BadPop | PkiFailureInfo.DuplicateCertReq, "so it is"), 17));
        openssl.Write("error.der", MessageProtection.Mac(Answer(request, 1), body, key).Encoded);
        (int code, string output) = await openssl.TryAsync($"cmp -config \"\" -batch -cmd ir -newkey ee.key -subject /CN=user1 {Mac} -certout got.pem -rspin error.der", TestContext.CancellationToken);
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(output, "badPOP, duplicateCertReq; StatusString: \"so it is\"", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task PBMAC1_is_what_openssl_computes_from_its_parts()
    {
        // OpenSSL 3.0's CMP client does not know PBMAC1, but its kdf and mac commands know the halves (RFC 8018 §7.1).
        byte[] salt = Nonce(3);
        using MacKey key = Pbmac1.Create(salt, 2000, Oids.HmacWithSha512).DeriveKey(CmpFixture.Secret);
        PkiMessage message = MessageProtection.Mac(new PkiHeader(), new PkiBody.Confirmation(), key);
        using OpenSsl openssl = Credentials();
        openssl.Write("part.der", message.ProtectedPart());
        string derived = await openssl.RunAsync($"kdf -keylen 64 -kdfopt digest:SHA512 -kdfopt pass:insta -kdfopt hexsalt:{Convert.ToHexString(salt)} -kdfopt iter:2000 PBKDF2", TestContext.CancellationToken);
        string mac = await openssl.RunAsync($"mac -digest SHA512 -macopt hexkey:{derived.Trim().Replace(":", "", StringComparison.Ordinal)} -in part.der HMAC", TestContext.CancellationToken);
        Assert.AreEqual(mac.Trim(), Convert.ToHexString(message.Protection!.Value.Span));
    }

    private static PkiMessage Sign(PkiHeader header, PkiBody body) =>
        MessageProtection.Sign(header, body, CmpFixture.ServerKey, SignatureAlgorithm.For(CmpFixture.ServerKey.Public, HashAlgorithmName.SHA256), [CmpCertificate.Of(CmpFixture.Server)]);

    private static PkiBody.CertificateResponses Issued(PkiMessage request)
    {
        CertRequest asked = ((PkiBody.CertificateRequests)request.Body).Requests[0].Request;
        var issued = new CertifiedKeyPair(new CertOrEncCert.Clear(CmpCertificate.Of(CmpFixture.Client)));
        return new(PkiBodyKind.InitializationResponse, new([CmpCertificate.Of(CmpFixture.Ca)], [new CertResponse(asked.Id, PkiStatusInfo.Accepted, issued)]));
    }

    private static PkiHeader Answer(PkiMessage request, byte nonce) => new()
    {
        Version = request.Header.Version,
        Sender = GeneralName.Directory(CmpFixture.Ca.Subject),
        Recipient = request.Header.Sender,
        MessageTime = request.Header.MessageTime,
        SenderKeyId = request.Header.SenderKeyId,
        TransactionId = request.Header.TransactionId,
        SenderNonce = Nonce(nonce),
        RecipientNonce = request.Header.SenderNonce,
    };

    private static byte[] Nonce(byte value) => [.. Enumerable.Repeat(value, 16)];

    private async Task<PkiMessage> RequestAsync(string arguments)
    {
        using OpenSsl openssl = Credentials();
        await openssl.RunAsync($"cmp -config \"\" -batch {MockServer} {arguments} -certout new.pem -reqout request.der,confirm.der", TestContext.CancellationToken);
        return PkiMessage.Read(openssl.ReadBytes("request.der")).OrThrow();
    }

    private static OpenSsl Credentials()
    {
        var openssl = new OpenSsl();
        openssl.Write("ca.crt", CmpFixture.Text("ca.crt"));
        openssl.Write("server.crt", CmpFixture.Text("cmpserver.crt"));
        openssl.Write("server.key", CmpFixture.Text("cmpserver.key"));
        openssl.Write("ee.crt", CmpFixture.Text("ee.crt"));
        openssl.Write("ee.key", CmpFixture.Text("ee.key"));
        return openssl;
    }
}
