using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
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

    /// <summary>CMP-H-10: taken in interop, and counted.</summary>
    [TestMethod]
    public async Task H10_A_nonce_that_is_missing_or_short_is_counted()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        using var listener = new MeterListener();
        var counted = new ConcurrentQueue<bool>();
        var here = new AsyncLocal<bool> { Value = true }; // other tests count at the same time
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "cmp.nonces.weak")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (here.Value && tags.ToArray().Contains(new("alias", CmpCa.Alias)))
            {
                counted.Enqueue(tags.ToArray().Contains(new("accepted", true)));
            }
        });
        listener.Start();

        foreach (byte[]? nonce in (byte[]?[])[null, new byte[15], new byte[16]])
        {
            Answers.CertificateOf(await TestClient.WithSecret(ca).IrAsync("CN=user1,O=Test", Cancel, h => h with { SenderNonce = nonce is null ? null : (ReadOnlyMemory<byte>?)nonce }));
        }

        await ca.ChangeAsync(alias => alias with { Conformance = CmpConformance.Lightweight }, Cancel);
        Answers.IsError(PkiFailureInfo.BadSenderNonce, await TestClient.WithSecret(ca).IrAsync("CN=user1,O=Test", Cancel, h => h with { SenderNonce = new byte[15] }));
        CollectionAssert.AreEqual(new[] { true, true, false }, counted.ToArray());
    }
}
