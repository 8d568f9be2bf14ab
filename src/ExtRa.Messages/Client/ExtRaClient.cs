using System.Security.Cryptography;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Client;

/// <summary>
/// The API for RA programs: send these requests, await the answer or a timeout (EXTERNAL_RA.md X-27). A program that
/// must survive its own crash prepares a message, keeps it, and submits it as often as it likes: it is executed once.
/// </summary>
/// <param name="store">The message database.</param>
/// <param name="link">Keys and protection.</param>
public sealed class ExtRaClient(IMessageStore store, ExtRaLink link)
{
    private const int MessageIdBytes = 16;

    /// <summary>Sends requests as one message and waits for the answer.</summary>
    /// <param name="requests">The requests; they are answered in this order.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancel">Ends the wait; the request stays.</param>
    /// <returns>The answers, or null when none came in time: ask again with <see cref="AwaitAsync"/>.</returns>
    /// <exception cref="MessageStoreUnavailableException">The database cannot be reached.</exception>
    public async Task<Outcome<ExtRaAnswer>> SendAsync(IReadOnlyList<Request> requests, TimeSpan timeout, CancellationToken cancel) =>
        await AwaitAsync(await SubmitAsync(requests, cancel), timeout, cancel);

    /// <summary>Stores requests as one message without waiting.</summary>
    public Task<SentMessage> SubmitAsync(IReadOnlyList<Request> requests, CancellationToken cancel) => SubmitAsync(Prepare(requests), cancel);

    /// <summary>Stores a prepared message; one that is there already is left as it is.</summary>
    /// <exception cref="InvalidOperationException">Another message is there under its name.</exception>
    public async Task<SentMessage> SubmitAsync(NewMessage message, CancellationToken cancel)
    {
        if (await store.CreateAsync(message, cancel) is CreateResult.Conflict)
        {
            throw new InvalidOperationException($"Another message is stored as '{message.UniqueId}'.");
        }

        return new(new(message.Type, message.MessageId, message.UniqueId), message.Message);
    }

    /// <summary>Seals requests as one message under a new name, and stores nothing yet.</summary>
    public NewMessage Prepare(IReadOnlyList<Request> requests)
    {
        string messageId = RandomNumberGenerator.GetHexString(MessageIdBytes * 2, lowercase: true);
        // The binding is random too: an API client keeps what it prepared, nobody else can compute the row's key.
        RequestId id = link.NameRow(MessageType.ExtRa, messageId, RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));
        string digest = Convert.ToHexStringLower(SHA256.HashData(requests.SelectMany(MessageJson.WriteOne).ToArray()));
        return link.Seal(id, digest, requests);
    }

    /// <summary>Waits for the answer to a message sent before.</summary>
    public async Task<Outcome<ExtRaAnswer>> AwaitAsync(SentMessage sent, TimeSpan timeout, CancellationToken cancel)
    {
        MessageRow? row = await store.WaitForAnswerAsync(sent.Id.UniqueId, timeout, cancel);
        if (row is null)
        {
            return new Refusal(RefusalCode.NotFound, $"The message '{sent.Id.MessageId}' is gone.");
        }

        if (row.Status != MessageStatus.Processed)
        {
            return new ExtRaAnswer(sent, []);
        }

        if (row.MessageId != sent.Id.MessageId || row.Type != sent.Id.Type)
        {
            return new Refusal(RefusalCode.NotBound, $"The row '{sent.Id.UniqueId}' belongs to another message by now."); // FLAWS.md B1
        }

        return link.OpenAnswer(row, sent.Sealed).Succeeded(out MessageContent? content, out Refusal? refusal)
            ? new ExtRaAnswer(sent, [.. content.SubMessages.OfType<Response>()])
            : refusal;
    }
}

/// <summary>A message in the database: what is needed to fetch its answer.</summary>
/// <param name="Id">The row's names.</param>
/// <param name="Sealed">The message column as it was stored; the answer must name its digest.</param>
public sealed record SentMessage(RequestId Id, string Sealed);

/// <summary>What came back.</summary>
/// <param name="Message">The message this answers.</param>
/// <param name="Responses">One answer per request in their order; empty while the CA has not answered.</param>
public sealed record ExtRaAnswer(SentMessage Message, IReadOnlyList<Response> Responses)
{
    /// <summary>True when the CA has not answered yet.</summary>
    public bool IsPending => Responses.Count == 0;
}
