using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>The whole CA side: a request in the database becomes a certificate (ARCHITECTURE.md 5).</summary>
[TestClass]
public sealed class EnrolmentTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task A_request_in_the_database_becomes_a_certificate(MessageDialect dialect)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel, dialect);
        await system.StartWorkerAsync(Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        ExtRaAnswer answer = (await system.Client.SendAsync([TestSystem.Enrol("router1", key)], Patience, Cancel)).OrThrow();

        var response = (PKCS10Response)answer.Responses.Single();
        Assert.IsTrue(response.Success, response.FailInfo);
        Certificate certificate = Der.Decode<Certificate>(response.Certificate).OrThrow();
        Assert.AreEqual("CN=router1,O=Test", certificate.Subject.ToString());
        Assert.IsTrue(certificate.PublicKey.SameKeyAs(key.Public));
        IReadOnlyList<Certificate> chain = CertsOnly.Decode(response.Pkcs7).OrThrow().Certificates;
        Assert.IsTrue(certificate.IsSignedBy(chain[1].PublicKey));
    }

    [TestMethod]
    public async Task Several_parts_are_answered_each_and_in_order()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        PKCS10Request unknownCa = TestSystem.Enrol("b") with { CaName = "NoSuchCA", RequestId = 2 };
        ExtRaAnswer answer = (await system.Client.SendAsync(
            [TestSystem.Enrol("a"), unknownCa, TestSystem.Enrol("c") with { RequestId = 3 }], Patience, Cancel)).OrThrow();
        CollectionAssert.AreEqual(new long[] { 1, 2, 3 }, answer.Responses.Select(response => response.RequestId).ToArray());
        CollectionAssert.AreEqual(new[] { true, false, true }, answer.Responses.Select(response => response.Success).ToArray());
    }

    [TestMethod]
    public async Task Many_requests_at_once_each_get_their_own_certificate()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            (await system.Client.SendAsync([TestSystem.Enrol($"router{i}")], Patience, Cancel)).OrThrow()));
        string[] subjects = [.. answers.Select(answer => Der.Decode<Certificate>(((PKCS10Response)answer.Responses[0]).Certificate).OrThrow().Subject.ToString())];
        Assert.AreEqual(100, subjects.Distinct().Count());
        Assert.AreEqual("0", await system.CountAsync("select count(*) from issuance_plan", Cancel));
    }
}
