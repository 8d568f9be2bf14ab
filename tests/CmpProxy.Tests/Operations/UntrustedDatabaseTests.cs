using CmpProxy.Tests.World;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Cmp;
using TestKit;

namespace CmpProxy.Tests.Operations;

/// <summary>
/// Whoever owns the message database may do no more than deny service: an answer is bound to its row, to the sealed
/// request and to the transaction; any other is nobody's answer, and the request is still held (CMP_PEERS.md V27).
/// </summary>
[TestClass]
public sealed class UntrustedDatabaseTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("another row")]
    [DataRow("another request in the same row")]
    [DataRow("another transaction")]
    [DataRow("another recipNonce")]
    [DataRow("no PKIMessage")]
    [DataRow("another signer")]
    [DataRow("garbage")]
    [DataRow("the request itself")]
    public async Task An_answer_that_is_somebody_elses_is_not_passed_on_and_the_request_is_still_held(string whose)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("HoldTimeout", "00:10:00")); // longer than the test moves time
        PkiMessage mine = Messages.Genm();
        Task<RawAnswer> call = world.PostAsync(mine, Cancel);
        await world.UntilHeldAsync(1, Cancel);
        (ClaimedMessage claimed, OpenedMessage opened) = await world.Worker.TakeAsync(Cancel);
        string forged = Forge(world, claimed, opened, whose);
        await world.Worker.StoreAsync(claimed, forged, Cancel);
        await Eventually.BecomesTrueAsync(() => world.Log.OfId(2002).Any(), ProxyWorld.Patience, Cancel, "the alarm");
        Assert.IsFalse(call.IsCompleted, "still held");
        Assert.AreEqual(1, world.Held);

        await world.Worker.StoreAsync(claimed, world.Worker.Seal(claimed, claimed.Message, opened, FakeWorker.Answer(world.Worker.Seen[0])), Cancel);
        await Eventually.BecomesTrueAsync(
            () =>
            {
                world.Clock.Advance(TimeSpan.FromMilliseconds(100));
                return call.IsCompleted;
            },
            ProxyWorld.Patience,
            Cancel,
            "the true answer arrives");
        RawAnswer answer = await call;
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual(mine.Header.TransactionId!.Value, PkiMessage.Read(answer.Body).OrThrow().Header.TransactionId!.Value, new OctetComparer());
        Assert.HasCount(1, world.Log.OfId(2002).ToList(), "one alarm for one forgery");
    }

    private static string Forge(ProxyWorld world, ClaimedMessage claimed, OpenedMessage opened, string whose)
    {
        PkiHeader mine = PkiMessage.ReadHeader(world.Worker.Seen[0].PkiMessage).OrThrow();
        Response Answer(PkiHeader header) => CMPResponse.Answered(world.Worker.Seen[0].RequestId, Messages.AnswerTo(header));
        return whose switch
        {
            "another row" => world.Worker.Seal(claimed with { UniqueId = "x2-" + new string('a', 64) }, claimed.Message, opened, Answer(mine)),
            "another request in the same row" => world.Worker.Seal(claimed, "sealed another time", opened, Answer(mine)),
            "another transaction" => world.Worker.Seal(claimed, claimed.Message, opened, Answer(mine with { TransactionId = new byte[16] })),
            "another recipNonce" => world.Worker.Seal(claimed, claimed.Message, opened, Answer(mine with { SenderNonce = new byte[16] })),
            "no PKIMessage" => world.Worker.Seal(claimed, claimed.Message, opened, CMPResponse.Answered(1, [0x30, 0x00])),
            "another signer" => new FakeWorker(ProxySettings.NewStranger(), world.Store, world.Clock).Seal(claimed, claimed.Message, opened, Answer(mine)),
            "the request itself" => claimed.Message,
            _ => "garbage",
        };
    }
}
