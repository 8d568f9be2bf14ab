using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>certConf that is not right, and clients that do not want their certificate (RFC 9810 §5.3.18; CMP.md 7.2).</summary>
[TestClass]
public sealed class ConfirmationTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    public static IEnumerable<(string Name, Func<CertStatus, CertStatus> Bend, Func<PkiHeader, PkiHeader>? Header, PkiFailureInfo Expected, bool Revoked)> Wrong =>
    [
        ("another certReqId", s => s with { RequestId = 1 }, null, PkiFailureInfo.BadRequest, false),
        ("accepted and failed at once", s => s with { Status = new(PkiStatus.Accepted, null, PkiFailureInfo.BadAlg) }, null, PkiFailureInfo.BadRequest, false),
        ("another certHash", s => s with { CertificateHash = new byte[32] }, null, PkiFailureInfo.BadCertId, true),
        ("hashAlg in version 2", s => s with { HashAlgorithm = new(Oids.Sha256) }, null, PkiFailureInfo.BadCertId, true),
        ("no recipNonce", s => s, h => h with { RecipientNonce = null }, PkiFailureInfo.BadRecipientNonce, false),
        ("another recipNonce", s => s, h => h with { RecipientNonce = new byte[16] }, PkiFailureInfo.BadRecipientNonce, false),
    ];

    [TestMethod]
    [DynamicData(nameof(Wrong))]
    public async Task A_confirmation_that_is_not_right(string name, Func<CertStatus, CertStatus> bend, Func<PkiHeader, PkiHeader>? header, PkiFailureInfo expected, bool revoked)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=user1,O=Test", Cancel));

        Answers.IsError(expected, await client.ConfirmAsync(issued, Cancel, bend, header));

        Assert.AreEqual(revoked ? "40" : "20", await ca.CountAsync("select status from certificate where type = 1", Cancel), name);
    }

    [TestMethod]
    public async Task The_senderNonce_of_the_request_is_used_up()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        byte[] nonce = new byte[16];
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=user1,O=Test", Cancel, h => h with { SenderNonce = nonce }));

        Answers.IsError(PkiFailureInfo.BadSenderNonce, await client.ConfirmAsync(issued, Cancel, header: h => h with { SenderNonce = nonce }));
    }

    [TestMethod]
    [DataRow(true, DisplayName = "status rejection")]
    [DataRow(false, DisplayName = "an empty list")]
    public async Task A_client_that_rejects_its_certificate_is_told_yes_and_the_certificate_revoked(bool explicitly)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=user1,O=Test", Cancel));

        Answers.IsConfirmation(explicitly
            ? await client.ConfirmAsync(issued, Cancel, s => s with { Status = PkiStatusInfo.Rejected(PkiFailureInfo.BadCertTemplate) })
            : await client.SendAsync(new PkiBody.CertificateConfirmation([]), Cancel));

        Assert.AreEqual("40", await ca.CountAsync("select status from certificate where type = 1", Cancel));
    }

    [TestMethod]
    public async Task An_error_from_the_client_gives_the_transaction_up()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        await client.IrAsync("CN=user1,O=Test", Cancel);

        Answers.IsConfirmation(await client.SendAsync(new PkiBody.Error(new(PkiStatusInfo.Rejected(PkiFailureInfo.SystemFailure))), Cancel));

        Assert.AreEqual("40", await ca.CountAsync("select status from certificate where type = 1", Cancel));
        Answers.IsError(PkiFailureInfo.BadRequest, await client.SendAsync(new PkiBody.Error(new(PkiStatusInfo.Rejected(PkiFailureInfo.SystemFailure))), Cancel));
    }

    [TestMethod]
    public async Task A_second_confirmation_is_told_that_it_is_confirmed_already()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=user1,O=Test", Cancel));
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));

        Answers.IsError(PkiFailureInfo.CertConfirmed, await client.ConfirmAsync(issued, Cancel));
    }

    [TestMethod]
    public async Task The_kind_of_MAC_stays_the_same_within_a_transaction()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=user1,O=Test", Cancel));
        var status = new CertStatus(CertHash.Compute(issued).OrThrow(), 0);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(client.Message(new PkiBody.CertificateConfirmation([status]), algorithm: Pbmac1.Create(new byte[16], 2_000)), Cancel));
    }

    /// <summary>CMP-O-22: whoever began the transaction confirms it, with the credential it began with; what others say does it no harm.</summary>
    [TestMethod]
    public async Task O22_Nobody_else_and_nothing_weaker_confirms_what_a_signature_began()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        Certificate issued = Answers.CertificateOf(await ra.IrAsync("CN=user1,O=Test", Cancel));
        var confirmation = new PkiBody.CertificateConfirmation([new CertStatus(CertHash.Compute(issued).OrThrow(), 0)]);
        TestClient holder = In(ra, TestClient.WithCertificate(ca, ra.NewKey, issued));
        TestClient secret = In(ra, TestClient.WithSecret(ca));
        TestClient ignorant = In(ra, TestClient.WithSecret(ca));
        ignorant.LastNonce = new byte[16];

        Answers.IsError(PkiFailureInfo.BadRequest, await ca.SendAsync(holder.Message(confirmation), Cancel));
        Answers.IsError(PkiFailureInfo.WrongIntegrity, await ca.SendAsync(secret.Message(confirmation), Cancel));
        Answers.IsError(PkiFailureInfo.BadRequest, await ca.SendAsync(ignorant.Message(confirmation), Cancel)); // learns nothing
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(PkiMessage.Create(ra.Header(), confirmation), Cancel));

        Assert.AreEqual("1\t20", await ca.CountAsync("select t.state, c.status from cmp_transaction t join certificate c on c.serial = t.serial", Cancel));
        Answers.IsConfirmation(await ra.ConfirmAsync(issued, Cancel));
    }

    [TestMethod]
    public async Task O22_What_a_MAC_began_is_not_confirmed_by_another_secret_or_a_signature()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.SetSecretAsync("thief", "another secret", keepOthers: false, Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=user1,O=Test", Cancel));
        var confirmation = new PkiBody.CertificateConfirmation([new CertStatus(CertHash.Compute(issued).OrThrow(), 0)]);

        Answers.IsError(PkiFailureInfo.BadRequest, await ca.SendAsync(In(client, TestClient.WithSecret(ca, "thief", "another secret")).Message(confirmation), Cancel));
        Answers.IsError(PkiFailureInfo.BadRequest, await ca.SendAsync(In(client, TestClient.WithCertificate(ca, client.NewKey, issued)).Message(confirmation), Cancel));

        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
    }

    /// <summary>Another client that knows all of a transaction.</summary>
    private static TestClient In(TestClient transaction, TestClient other)
    {
        (other.TransactionId, other.LastNonce) = (transaction.TransactionId, transaction.LastNonce);
        return other;
    }
}
