using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>ir and cr under a MAC, and their confirmation (RFC 9810 §5.3.1, §5.3.18; CMP.md 7.1, 7.2).</summary>
[TestClass]
public sealed class EnrolmentTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_initial_request_brings_a_certificate_that_the_client_confirms()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);

        PkiMessage answer = await client.IrAsync("CN=user1,O=Test", Cancel);

        Assert.AreEqual(PkiBodyKind.InitializationResponse, answer.Body.Kind);
        Assert.IsTrue(client.Believes(answer), "answered with the same secret");
        Certificate issued = Answers.CertificateOf(answer);
        Assert.AreEqual("CN=user1,O=Test", issued.Subject.ToString());
        Assert.IsTrue(issued.PublicKey.SameKeyAs(client.NewKey.Public));
        Assert.IsFalse(answer.Header.HasImplicitConfirm, "nobody asked for it");
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        Assert.AreEqual("2", await ca.CountAsync("select state from cmp_transaction", Cancel));
        Assert.AreEqual("20", await ca.CountAsync("select status from certificate where type = 1", Cancel));
    }

    [TestMethod]
    public async Task Implicit_confirmation_is_granted_to_those_who_ask()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);

        PkiMessage answer = await client.IrAsync("CN=user1,O=Test", Cancel, TestClient.Implicitly);

        Assert.IsTrue(answer.Header.HasImplicitConfirm);
        Certificate issued = Answers.CertificateOf(answer);
        ca.Clock.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(0, await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow().AddDays(-30), Cancel));
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
    }

    [TestMethod]
    public async Task Implicit_confirmation_can_be_switched_off()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { AllowImplicitConfirm = false });
        TestClient client = TestClient.WithSecret(ca);

        PkiMessage answer = await client.IrAsync("CN=user1,O=Test", Cancel, TestClient.Implicitly);

        Assert.IsFalse(answer.Header.HasImplicitConfirm);
        Answers.IsConfirmation(await client.ConfirmAsync(Answers.CertificateOf(answer), Cancel));
    }

    [TestMethod]
    public async Task What_is_never_confirmed_is_revoked()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=user1,O=Test", Cancel));
        ca.Clock.Advance(TimeSpan.FromMinutes(6));

        Answers.IsError(PkiFailureInfo.BadRequest, await client.ConfirmAsync(issued, Cancel));
        Assert.AreEqual(1, await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow().AddDays(-30), Cancel));

        Assert.AreEqual("40\t5", await ca.CountAsync("select status, revocation_reason from certificate where type = 1", Cancel));
        Assert.AreEqual(0, await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow().AddDays(-30), Cancel), "once is enough");
    }

    [TestMethod]
    public async Task What_is_never_confirmed_may_be_kept()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { OnConfirmTimeout = Ca.Core.Cmp.CmpUnconfirmed.Keep });
        await TestClient.WithSecret(ca).IrAsync("CN=user1,O=Test", Cancel);
        ca.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.AreEqual(0, await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow().AddDays(-30), Cancel));

        Assert.AreEqual("20", await ca.CountAsync("select status from certificate where type = 1", Cancel));
    }

    [TestMethod]
    public async Task The_same_octets_get_the_same_answer_and_no_second_certificate()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage request = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));

        PkiMessage first = await ca.SendAsync(request, Cancel);
        ca.Clock.Advance(TimeSpan.FromDays(1));
        PkiMessage second = await ca.SendAsync(request, Cancel);

        CollectionAssert.AreEqual(first.Encoded.ToArray(), second.Encoded.ToArray());
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task The_same_request_at_the_same_moment_through_two_proxies_makes_one_certificate()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage request = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));

        PkiMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Patiently(() => ca.SendAsync(request, Cancel))));

        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
        Assert.AreEqual(1, answers.DistinctBy(a => Convert.ToHexString(a.Encoded.Span)).Count());
    }

    [TestMethod]
    public async Task Alternative_names_of_the_template_are_certified_for_an_RA()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        CertificateExtension names = CertificateExtensions.SubjectAltName(GeneralNames.Parse("dNSName=a.example.com,iPAddress=10.0.0.1").OrThrow());

        PkiMessage answer = await client.SendAsync(TestClient.Body(client.Request("CN=user1,O=Test", t => t with { Extensions = [names] }), PkiBodyKind.CertificationRequest), Cancel);

        Assert.AreEqual(PkiBodyKind.CertificationResponse, answer.Body.Kind);
        Assert.AreEqual("dNSName=a.example.com,iPAddress=10.0.0.1", Answers.CertificateOf(answer).SubjectAltName?.ToString());
    }

    [TestMethod]
    public async Task PBMAC1_is_answered_with_PBMAC1()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);

        PkiMessage answer = await ca.SendAsync(client.Message(TestClient.Body(client.Request("CN=user1,O=Test")), algorithm: Pbmac1.Create(new byte[16], 2_000)), Cancel);

        Answers.CertificateOf(answer);
        Assert.AreEqual(Oids.Pbmac1, answer.Header.ProtectionAlgorithm?.Oid);
        Assert.IsTrue(client.Believes(answer));
    }

    /// <summary>As the worker does: what lost a race comes again.</summary>
    private static async Task<PkiMessage> Patiently(Func<Task<PkiMessage>> send)
    {
        while (true)
        {
            try
            {
                return await send();
            }
            catch (Exception e) when (e is Ca.Core.BusyException or Ca.Core.Ledger.ConcurrentChangeException or Ca.Core.Ledger.AlreadyAnsweredException)
            {
                await Task.Yield();
            }
        }
    }
}
