using System.Security.Cryptography;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>How the MACs of answers are made, and that clients stay with theirs (CMP-S-7; RFC 9810 §5.1.3.1, RFC 9481 §6.1).</summary>
[TestClass]
public sealed class AnswerMacTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_answer_has_the_parameters_of_the_request_unless_the_alias_has_its_own()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage request = client.Message(TestClient.Body(client.Request("CN=a,O=Test")));
        Assert.AreEqual(request.Header.ProtectionAlgorithm, (await ca.SendAsync(request, Cancel)).Header.ProtectionAlgorithm);
        await ca.ChangeAsync(alias => alias with { AnswerMac = new(CmpMacHash.Sha384, PbmIterations: 2_000) }, Cancel);

        PkiMessage[] answers = [await TestClient.WithSecret(ca).IrAsync("CN=b,O=Test", Cancel), await TestClient.WithSecret(ca).IrAsync("CN=c,O=Test", Cancel)];

        foreach (PkiMessage answer in answers)
        {
            Assert.IsTrue(client.Believes(answer));
            Assert.AreEqual(Oids.PasswordBasedMac, answer.Header.ProtectionAlgorithm!.Oid);
            PbmParameter own = Der.DecodeBer<PbmParameter>(answer.Header.ProtectionAlgorithm.Parameters!.Value).OrThrow();
            Assert.AreEqual((Oids.Sha384, 2_000, Oids.HmacWithSha384, 16), (own.OneWayFunction.Oid, (int)own.IterationCount, own.Mac.Oid, own.Salt.Length));
        }

        Assert.AreNotEqual(answers[0].Header.ProtectionAlgorithm, answers[1].Header.ProtectionAlgorithm, "a salt is used once");
    }

    [TestMethod]
    public async Task The_family_stays_that_of_the_request()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { AnswerMac = new(CmpMacHash.Sha512, Pbkdf2Iterations: 3_000) });
        TestClient client = TestClient.WithSecret(ca);

        PkiMessage answer = await ca.SendAsync(client.Message(TestClient.Body(client.Request("CN=a,O=Test")), algorithm: Pbmac1.Create(RandomNumberGenerator.GetBytes(16), 1_000)), Cancel);

        Assert.IsTrue(client.Believes(answer));
        Assert.AreEqual(Oids.Pbmac1, answer.Header.ProtectionAlgorithm!.Oid);
        Assert.AreEqual(Pbmac1.Create(new byte[16], 3_000, Oids.HmacWithSha512).Identifier.Parameters!.Value.Length, answer.Header.ProtectionAlgorithm.Parameters!.Value.Length);
    }

    /// <summary>Other salts and counts are the client's choice each time; another family is somebody else.</summary>
    [TestMethod]
    public async Task A_client_keeps_its_family_within_a_transaction()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=a,O=Test", Cancel));
        var confirmation = new PkiBody.CertificateConfirmation([new(CertHash.Compute(issued).OrThrow(), 0, PkiStatusInfo.Accepted)]);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(client.Message(confirmation, algorithm: Pbmac1.Create(RandomNumberGenerator.GetBytes(16), 1_000)), Cancel));
        Answers.IsConfirmation(await ca.SendAsync(client.Message(confirmation, algorithm: PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(16), 700)), Cancel));
    }

    [TestMethod]
    [DataRow(99, 10_000)]
    [DataRow(100_001, 10_000)]
    [DataRow(500, 999)]
    [DataRow(500, 1_000_001)]
    public async Task Counts_beyond_the_limits_are_refused_when_they_are_saved(int pbm, int pbkdf2)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        var alias = new CmpAlias { CaName = CmpCa.CaName, AnswerMac = new(CmpMacHash.Sha256, pbm, pbkdf2) };

        Assert.IsFalse((await ca.Get<CmpAliases>().SetAsync(ca.Admin, "x", alias, Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.PolicyViolation, refusal.Code);
    }
}
