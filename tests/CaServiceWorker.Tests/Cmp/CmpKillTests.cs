using System.Security.Cryptography;
using System.Text;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>A worker killed anywhere in an ir leaves one certificate, and the client gets it (CMP-P-8, CMP-T-17).</summary>
[TestClass]
public sealed class CmpKillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(nameof(Milestone.AfterOpen))]
    [DataRow(nameof(Milestone.BeforeCommit))]
    [DataRow(nameof(Milestone.AfterCommit))]
    [DataRow(nameof(Milestone.BeforeAnswer))]
    public async Task One_certificate_whatever_the_milestone_and_a_client_that_asks_again_gets_it(string milestone)
    {
        await using TestSystem system = await OpenSslCmpTests.PrepareAsync(Cancel);
        system.WorkerSection["ClaimLease"] = "00:00:01";
        byte[] ir = InitialRequest();
        SentMessage sent = await system.Client.SubmitAsync([new CMPRequest { RequestId = 1, Alias = "devices", PkiMessage = ir }], Cancel);

        await using WorkerProcess dying = WorkerProcess.Start(system.WriteConfiguration(), milestone);
        await dying.CrashesAsync(Patience, Cancel);
        await using WorkerProcess next = WorkerProcess.Start(system.WriteConfiguration());
        byte[] answer = MessageOf((await system.Client.AwaitAsync(sent, Patience, Cancel)).OrThrow());
        byte[] again = MessageOf((await system.Client.SendAsync([new CMPRequest { RequestId = 1, Alias = "devices", PkiMessage = ir }], Patience, Cancel)).OrThrow());

        CollectionAssert.AreEqual(answer, again, "another row, the same octets, the same answer");
        Assert.AreEqual(PkiBodyKind.InitializationResponse, PkiMessage.Read(answer).OrThrow().Body.Kind);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'user1'", Cancel));
        Assert.AreEqual("0", await system.CountAsync("select count(*) from issuance_plan", Cancel));
    }

    private static byte[] MessageOf(ExtRaAnswer answer) => ((CMPResponse)answer.Responses.Single()).PkiMessage!;

    private static byte[] InitialRequest()
    {
        using KeyPair key = KeyPair.Generate("P-256");
        using Secret secret = Secret.FromText("insta rocks");
        CertRequest request = CertRequest.Create(0, new() { Subject = DistinguishedName.Parse("CN=user1,O=Test").OrThrow(), PublicKey = key.Public });
        byte[] proof = key.Sign(request.Encoded.Span, SignatureAlgorithm.EcdsaWithSha256);
        var body = new PkiBody.CertificateRequests(PkiBodyKind.InitializationRequest, [new(request, new ProofOfPossession.Signature(new(null, SignatureAlgorithm.EcdsaWithSha256, proof)), [])]);
        using MacKey mac = PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(16), 500).DeriveKey(secret);
        var header = new PkiHeader
        {
            MessageTime = DateTimeOffset.UtcNow,
            SenderKeyId = Encoding.UTF8.GetBytes("3078"),
            TransactionId = RandomNumberGenerator.GetBytes(16),
            SenderNonce = RandomNumberGenerator.GetBytes(16),
        };
        return MessageProtection.Mac(header, body, mac).Encoded.ToArray();
    }
}
