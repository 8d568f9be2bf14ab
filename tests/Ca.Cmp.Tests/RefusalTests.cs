using System.Numerics;
using Ca.Core.Cmp;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>What is refused, and with which failInfo (CMP.md §8). After each of these nothing has been issued.</summary>
[TestClass]
public sealed class RefusalTests
{
    private const string Subject = "CN=user1,O=Test";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    public static IEnumerable<(string Name, Func<TestClient, CertReqMsg> Make, PkiFailureInfo Expected)> Requests =>
    [
        ("a proof by another key", c => c.Request(Subject, prover: KeyPair.Generate("P-256")), PkiFailureInfo.BadPop),
        ("no proof", c => c.Request(Subject) with { Possession = null }, PkiFailureInfo.BadPop),
        ("raVerified that nobody allowed", c => c.Request(Subject) with { Possession = new ProofOfPossession.RaVerified() }, PkiFailureInfo.NotAuthorized),
        ("a proof over something else", c => c.Request("CN=other,O=Test") with { Possession = c.Request(Subject).Possession }, PkiFailureInfo.BadPop),
        ("an empty subject", c => c.Request(Subject, t => t with { Subject = DistinguishedName.Empty }), PkiFailureInfo.BadCertTemplate),
        ("another CA", c => c.Request(Subject, t => t with { Issuer = DistinguishedName.Parse("CN=Other,O=Test,C=SE").OrThrow() }), PkiFailureInfo.WrongAuthority),
        ("a validity that ends before it begins", c => c.Request(Subject, t => t with { Validity = new(DateTimeOffset.UnixEpoch.AddYears(60), DateTimeOffset.UnixEpoch.AddYears(59)) }), PkiFailureInfo.BadCertTemplate),
        ("a CA", c => c.Request(Subject, t => t with { Extensions = [CertificateExtensions.BasicConstraints(ca: true)] }), PkiFailureInfo.NotAuthorized),
        ("keyCertSign", c => c.Request(Subject, t => t with { Extensions = [CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign)] }), PkiFailureInfo.BadCertTemplate),
        ("cmcRA", c => c.Request(Subject, t => t with { Extensions = [CertificateExtensions.ExtendedKeyUsage(["1.3.6.1.5.5.7.3.28"])] }), PkiFailureInfo.NotAuthorized),
        ("an extension that cannot be read", c => c.Request(Subject, t => t with { Extensions = [new(Oids.SubjectAltName, false, new byte[] { 1, 2 })] }), PkiFailureInfo.BadCertTemplate),
        ("a key to be generated", c => c.Request(Subject, t => t with { PublicKey = null, KeyToGenerate = new(Oids.RsaEncryption) }) with { Possession = null }, PkiFailureInfo.BadRequest),
        ("version 1", c => c.Request(Subject, t => t with { Version = 0 }), PkiFailureInfo.BadCertTemplate),
    ];

    [TestMethod]
    [DynamicData(nameof(Requests))]
    public async Task A_request_that_is_not_right(string name, Func<TestClient, CertReqMsg> make, PkiFailureInfo expected)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, expected, await client.SendAsync(TestClient.Body(make(client)), Cancel));

        await NothingIssuedAsync(ca);
        Assert.IsNotNull(name);
    }

    /// <summary>CMP-X-8.</summary>
    [TestMethod]
    public async Task A_CA_whose_time_is_over_says_so()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        ca.Clock.Advance(TimeSpan.FromDays(365 * 60));

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.SystemUnavail, await TestClient.WithSecret(ca).IrAsync(Subject, Cancel));
    }

    [TestMethod]
    public async Task Two_requests_in_a_message_are_refused_and_never_the_second_forgotten()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        var body = new PkiBody.CertificateRequests(PkiBodyKind.InitializationRequest, [client.Request(Subject), client.Request("CN=user2", id: BigInteger.One)]);

        Answers.IsError(PkiFailureInfo.BadRequest, await client.SendAsync(body, Cancel));

        await NothingIssuedAsync(ca);
    }

    [TestMethod]
    public async Task A_transactionID_is_used_once()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        await client.IrAsync(Subject, Cancel);
        client.LastNonce = null;

        Answers.IsError(PkiFailureInfo.TransactionIdInUse, await client.IrAsync("CN=user2,O=Test", Cancel));

        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task Another_sender_with_the_same_transactionID_has_another_transaction()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync(Subject, Cancel));
        TestClient other = TestClient.WithSecret(ca, "device-2");
        other.TransactionId = client.TransactionId;
        other.LastNonce = client.LastNonce;

        Answers.IsError(PkiFailureInfo.BadRequest, await other.ConfirmAsync(issued, Cancel));

        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
    }

    [TestMethod]
    public async Task A_body_that_only_servers_send_is_refused_by_its_number()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);

        foreach (PkiBody body in (PkiBody[])[new PkiBody.Confirmation(), new PkiBody.General(PkiBodyKind.GeneralResponse, []), TestClient.Body(client.Request(Subject), PkiBodyKind.CrossCertificationRequest)])
        {
            Answers.IsError(PkiFailureInfo.BadRequest, await client.SendAsync(body, Cancel));
        }
    }

    [TestMethod]
    public async Task An_operation_that_is_switched_off_is_not_authorized()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Operations = [CmpOperation.Cr] });

        Answers.IsError(PkiFailureInfo.NotAuthorized, await TestClient.WithSecret(ca).IrAsync(Subject, Cancel));
    }

    [TestMethod]
    public async Task An_unprotected_message_is_refused_and_so_is_half_a_protection()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiBody body = TestClient.Body(client.Request(Subject));

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(PkiMessage.Create(client.Header(), body), Cancel));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(PkiMessage.Create(client.Header() with { ProtectionAlgorithm = new(Oids.PasswordBasedMac) }, body), Cancel));
    }

    [TestMethod]
    [DataRow(99), DataRow(20_001)]
    public async Task The_iteration_count_is_judged_before_anything_is_hashed(int iterations)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        var parameter = new PbmParameter(new byte[16], new(Oids.Sha256), iterations, new(Oids.HmacWithSha256));
        PkiHeader header = client.Header() with { ProtectionAlgorithm = new(Oids.PasswordBasedMac, Der.Encode(parameter)) };

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(PkiMessage.Create(header, TestClient.Body(client.Request(Subject))).WithProtection(new byte[32]), Cancel));
    }

    [TestMethod]
    public async Task What_cannot_be_read_is_answered_and_an_unknown_alias_is_not()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);

        PkiMessage answer = PkiMessage.Read((await ca.SendAsync("not DER at all"u8.ToArray(), Cancel)).OrThrow()).OrThrow();

        Answers.IsError(PkiFailureInfo.BadDataFormat, answer);
        Assert.IsFalse((await ca.SendAsync(new byte[] { 0x30, 0 }, Cancel, call => call with { Alias = "nothing" })).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotFound, refusal.Code);
    }

    [TestMethod]
    public async Task A_front_end_brings_messages_only_for_its_CAs()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        var other = Actor.With("proxy", [new(AccessResources.Ca(12345), AccessDecision.Accept)]);

        Outcome<byte[]> answer = await ca.SendAsync(client.Message(TestClient.Body(client.Request(Subject))).Encoded, Cancel, call => call with { FrontEnd = other });

        Assert.IsFalse(answer.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotAuthorized, refusal.Code);
        await NothingIssuedAsync(ca);
    }

    [TestMethod]
    public async Task Transactions_that_wait_are_bounded()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { MaxOpenTransactions = 1 });
        await TestClient.WithSecret(ca).IrAsync(Subject, Cancel);

        Answers.IsError(PkiFailureInfo.SystemUnavail, await TestClient.WithSecret(ca).IrAsync("CN=user2,O=Test", Cancel));
    }

    private async Task NothingIssuedAsync(CmpCa ca) => Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
}
