using System.Collections.Concurrent;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.X509;

namespace CmpProxy.Tests.World;

/// <summary>The CA's side: takes CMP rows, opens them with the worker's key, answers through the real sealing.</summary>
internal sealed class FakeWorker(KeyStore worker, IMessageStore store, TimeProvider clock)
{
    private const string Owner = "fake-worker";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly MessageOpener opener = new(new MessageJson(SubMessageCatalog.BuiltIn), worker);
    private readonly MessageSealer sealer = new(worker, clock);
    private readonly ConcurrentQueue<CMPRequest> seen = new();

    /// <summary>All requests seen, in order.</summary>
    public IReadOnlyList<CMPRequest> Seen => [.. seen];

    /// <summary>The layers of the requests seen.</summary>
    public ConcurrentQueue<Protection> Layers { get; } = new();

    /// <summary>Answers every waiting request.</summary>
    /// <param name="cancel">Cancels.</param>
    /// <param name="decide">The answer to one; null for a genp of the same transaction.</param>
    public async Task<int> AnswerAllAsync(CancellationToken cancel, Func<CMPRequest, Response>? decide = null)
    {
        int answered = 0;
        foreach (ClaimedMessage claimed in await store.ClaimAsync(new(Owner, Lease, 100, [MessageType.Cmp]), cancel))
        {
            OpenedMessage opened = Open(claimed);
            Response response = (decide ?? Answer)((CMPRequest)opened.Content.SubMessages.Single());
            answered += await store.AnswerAsync(new(claimed.UniqueId, Owner, claimed.Epoch, null, Seal(claimed, claimed.Message, opened, response)), cancel) ? 1 : 0;
        }

        return answered;
    }

    /// <summary>Answers whatever comes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await AnswerAllAsync(CancellationToken.None);
            await Task.Delay(2, CancellationToken.None);
        }
    }

    /// <summary>Takes one waiting request and opens it.</summary>
    public async Task<(ClaimedMessage Claimed, OpenedMessage Opened)> TakeAsync(CancellationToken cancel)
    {
        ClaimedMessage claimed = (await store.ClaimAsync(new(Owner, Lease, 1, [MessageType.Cmp]), cancel)).Single();
        return (claimed, Open(claimed));
    }

    /// <summary>Stores an answer.</summary>
    public Task<bool> StoreAsync(ClaimedMessage claimed, string sealedAnswer, CancellationToken cancel) =>
        store.AnswerAsync(new(claimed.UniqueId, Owner, claimed.Epoch, null, sealedAnswer), cancel);

    /// <summary>Puts a claimed request aside.</summary>
    public Task ReleaseAsync(ClaimedMessage claimed, TimeSpan notBefore, CancellationToken cancel) =>
        store.ReleaseAsync(claimed.UniqueId, Owner, claimed.Epoch, notBefore, countsAsAttempt: false, cancel);

    /// <summary>The ordinary answer.</summary>
    public static Response Answer(CMPRequest request) => CMPResponse.Answered(request.RequestId, Messages.AnswerTo(request.PkiMessage));

    /// <summary>Seals an answer for a row, naming the request it answers.</summary>
    public string Seal(ClaimedMessage row, string inReplyTo, OpenedMessage request, Response response) => sealer.Seal(
        new MessageContent
        {
            Kind = MessageKind.Response,
            UniqueId = row.UniqueId,
            MessageId = row.MessageId,
            Type = row.Type,
            Created = clock.GetUtcNow(),
            InReplyTo = MessageIds.ColumnHash(inReplyTo),
            SubMessages = [response],
        },
        request.Protection,
        request.Signer);

    private OpenedMessage Open(ClaimedMessage claimed)
    {
        OpenedMessage opened = opener.Open(new(claimed.UniqueId, claimed.MessageId, claimed.Type, MessageKind.Request), claimed.Message).OrThrow();
        seen.Enqueue((CMPRequest)opened.Content.SubMessages.Single());
        Layers.Enqueue(opened.Protection);
        return opened;
    }
}
