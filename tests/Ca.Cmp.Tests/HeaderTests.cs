using System.Security.Cryptography;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>What must be right about a header, in either profile (RFC 9810 §5.1.1; CMP.md §4).</summary>
[TestClass]
public sealed class HeaderTests
{
    private const string Subject = "CN=user1,O=Test";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    public static IEnumerable<(string Name, Func<PkiHeader, PkiHeader> Bend, PkiFailureInfo Expected)> Headers =>
    [
        ("version 1", h => h with { Version = 1 }, PkiFailureInfo.UnsupportedVersion),
        ("version 4", h => h with { Version = 4 }, PkiFailureInfo.UnsupportedVersion),
        ("a stale messageTime", h => h with { MessageTime = h.MessageTime!.Value.AddMinutes(-6) }, PkiFailureInfo.BadTime),
        ("a messageTime ahead", h => h with { MessageTime = h.MessageTime!.Value.AddMinutes(6) }, PkiFailureInfo.BadTime),
        ("implicitConfirm with a value", h => h with { GeneralInfo = [new(Oids.ImplicitConfirm, new byte[] { 2, 1, 5 })] }, PkiFailureInfo.BadRequest),
    ];

    [TestMethod]
    [DynamicData(nameof(Headers))]
    public async Task A_header_that_is_not_right(string name, Func<PkiHeader, PkiHeader> bend, PkiFailureInfo expected)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);

        Answers.IsError(expected, await TestClient.WithSecret(ca).IrAsync(Subject, Cancel, bend));

        await NothingIssuedAsync(ca);
        Assert.IsNotNull(name);
    }

    public static IEnumerable<(string Name, Func<PkiHeader, PkiHeader> Bend, PkiFailureInfo Expected)> LightweightHeaders =>
    [
        ("no transactionID", h => h with { TransactionId = null }, PkiFailureInfo.BadDataFormat),
        ("no senderNonce", h => h with { SenderNonce = null }, PkiFailureInfo.BadSenderNonce),
        ("a short senderNonce", h => h with { SenderNonce = new byte[15] }, PkiFailureInfo.BadSenderNonce),
        ("no messageTime", h => h with { MessageTime = null }, PkiFailureInfo.BadTime),
        ("no senderKID", h => h with { SenderKeyId = null }, PkiFailureInfo.BadMessageCheck),
        ("a sender that is not the senderKID", h => h with { Sender = GeneralName.Directory(DistinguishedName.Empty) }, PkiFailureInfo.BadMessageCheck),
        ("recipNonce in a first message", h => h with { RecipientNonce = new byte[16] }, PkiFailureInfo.BadRequest),
    ];

    [TestMethod]
    [DynamicData(nameof(LightweightHeaders))]
    public async Task A_header_that_RFC_9483_forbids_and_interop_takes(string name, Func<PkiHeader, PkiHeader> bend, PkiFailureInfo expected)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Conformance = CmpConformance.Lightweight });
        TestClient strict = TestClient.WithSecret(ca);
        Answers.IsError(expected, await ca.SendAsync(strict.Message(TestClient.Body(strict.Request(Subject)), bend), Cancel));
        await NothingIssuedAsync(ca);

        await ca.ChangeAsync(alias => alias with { Conformance = CmpConformance.Interop }, Cancel);
        TestClient lenient = TestClient.WithSecret(ca);
        Answers.CertificateOf(await ca.SendAsync(lenient.Message(TestClient.Body(lenient.Request(Subject)), bend), Cancel));
        Assert.IsNotNull(name);
    }

    private async Task NothingIssuedAsync(CmpCa ca) => Assert.AreEqual("0", await ca.IssuedAsync(Cancel));

    /// <summary>CMP-H-9: octets that were captured on the way to one alias are worth nothing at another that knows the same secret.</summary>
    [TestMethod]
    public async Task H9_A_message_counts_at_one_alias()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CmpAliases aliases = ca.Get<CmpAliases>();
        (await aliases.SetAsync(ca.Admin, "second", (await aliases.FindAsync(CmpCa.Alias, Cancel))!, Cancel)).OrThrow();
        using Secret secret = Secret.FromText(CmpCa.Secret);
        (await ca.Get<CmpSecrets>().SetAsync(ca.Admin, "second", "", secret, keepOthers: false, Cancel)).OrThrow();
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage captured = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));
        PkiMessage answer = await ca.SendAsync(captured, Cancel);

        PkiMessage replayed = PkiMessage.Read((await ca.SendAsync(captured.Encoded, Cancel, call => call with { Alias = "second" })).OrThrow()).OrThrow();

        Answers.IsError(PkiFailureInfo.TransactionIdInUse, replayed);
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
        client.LastNonce = answer.Header.SenderNonce;
        Answers.IsConfirmation(await client.ConfirmAsync(Answers.CertificateOf(answer), Cancel));
    }

    /// <summary>The same, at both at the same moment.</summary>
    [TestMethod]
    public async Task H9_A_message_at_two_aliases_at_once_counts_at_one()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CmpAliases aliases = ca.Get<CmpAliases>();
        (await aliases.SetAsync(ca.Admin, "second", (await aliases.FindAsync(CmpCa.Alias, Cancel))!, Cancel)).OrThrow();
        using Secret secret = Secret.FromText(CmpCa.Secret);
        (await ca.Get<CmpSecrets>().SetAsync(ca.Admin, "second", "", secret, keepOthers: false, Cancel)).OrThrow();
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage captured = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));

        await Task.WhenAll(new[] { CmpCa.Alias, "second" }.Select(async alias =>
        {
            try
            {
                await ca.SendAsync(captured.Encoded, Cancel, call => call with { Alias = alias });
            }
            catch (Exception e) when (e is Ca.Core.NotNowException or Ca.Core.Ledger.ConcurrentChangeException)
            {
                // told to come again, and would be refused
            }
        }));

        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from cmp_transaction", Cancel));
    }

    /// <summary>CMP-H-4: once they are forgotten the same octets would hold or release a certificate again.</summary>
    [TestMethod]
    public async Task H4_A_revocation_says_when_it_was_asked_for()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        PkiBody revocation = RevocationTests.Revocation(device.Certificate!);
        Answers.IsError(PkiFailureInfo.BadTime, await device.SendAsync(revocation, Cancel, h => h with { MessageTime = null }));
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel));

        await ca.ChangeAsync(alias => alias with { Checks = new() { MessageTime = false } }, Cancel);
        device.TransactionId = RandomNumberGenerator.GetBytes(16);
        device.LastNonce = null;
        await device.SendAsync(revocation, Cancel, h => h with { MessageTime = null });
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel));
    }

    /// <summary>CMP-H-10: taken in interop, and counted.</summary>
    [TestMethod]
    public async Task H10_A_nonce_that_is_missing_or_short_is_counted()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        using var counted = new Counted("cmp.nonces.weak");

        foreach (byte[]? nonce in (byte[]?[])[null, new byte[15], new byte[16]])
        {
            Answers.CertificateOf(await TestClient.WithSecret(ca).IrAsync("CN=user1,O=Test", Cancel, h => h with { SenderNonce = nonce is null ? null : (ReadOnlyMemory<byte>?)nonce }));
        }

        await ca.ChangeAsync(alias => alias with { Conformance = CmpConformance.Lightweight }, Cancel);
        Answers.IsError(PkiFailureInfo.BadSenderNonce, await TestClient.WithSecret(ca).IrAsync("CN=user1,O=Test", Cancel, h => h with { SenderNonce = new byte[15] }));
        CollectionAssert.AreEqual(new object[] { true, true, false }, counted.Of("accepted"));
    }
}
