using ExtRa.Messages.Contract;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Requests;

/// <summary>Requests in CRMF through the External RA (RFC 4211, SEMANTICS 4.5 requestType 1).</summary>
[TestClass]
public sealed class CrmfRequestTests
{
    private const int Crmf = 1;

    private static readonly KeyPair Key = KeyPair.Generate("P-256");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_request_with_a_signature_by_its_own_key_is_certified()
    {
        await using TestSystem system = await StartAsync();

        var answer = (CertificateRequestResponse)await system.AskAsync(OneShot(Signed(Request(), Key)), Cancel);

        Assert.IsTrue(answer.Success, answer.FailInfo);
        Certificate certificate = Der.Decode<Certificate>(answer.ResponseData).OrThrow();
        Assert.IsTrue(certificate.PublicKey.SameKeyAs(Key.Public));
    }

    [TestMethod]
    public async Task A_signature_by_another_key_none_and_the_word_of_an_RA_without_the_right_are_refused()
    {
        await using TestSystem system = await StartAsync();
        using KeyPair other = KeyPair.Generate("P-256");
        CertRequest request = Request();

        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.BadSignature, OneShot(Signed(request, other)), Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.NotSigned, OneShot(Message(request, null)), Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(RefusalCode.NotAuthorized, OneShot(Message(request, new ProofOfPossession.RaVerified())), Cancel);
        await system.RefusedAsync<CertificateRequestResponse>(
            RefusalCode.Malformed, OneShot(Der.Encode(new SequenceOf<CertReqMsg>([new(request, null, []), new(request, null, [])]))), Cancel);
        Assert.AreEqual("0", await system.CountAsync("select count(*) from certificate where username = 'crmf'", Cancel));
    }

    private async Task<TestSystem> StartAsync()
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        return system;
    }

    private static CertRequest Request() => CertRequest.Create(0, new CertTemplate { Subject = DistinguishedName.Parse("CN=crmf,O=Test").OrThrow(), PublicKey = Key.Public });

    private static byte[] Signed(CertRequest request, KeyPair key)
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.EcdsaWithSha256;
        return Message(request, new ProofOfPossession.Signature(new(null, algorithm, key.Sign(request.Encoded.Span, algorithm))));
    }

    private static byte[] Message(CertRequest request, ProofOfPossession? possession) => Der.Encode(new SequenceOf<CertReqMsg>([new(request, possession, [])]));

    private static CertificateRequestRequest OneShot(byte[] crmf) => new()
    {
        RequestId = 1,
        Username = "crmf",
        SubjectDn = "CN=crmf,O=Test",
        CaName = "IssuingCA",
        EndEntityProfileName = "EMPTY",
        CertificateProfileName = "ENDUSER",
        CreateOrEditUser = true,
        RequestType = Crmf,
        RequestData = crmf,
    };
}
