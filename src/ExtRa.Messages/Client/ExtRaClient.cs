using System.Security.Cryptography;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Client;

/// <summary>
/// The API for RA programs: send these requests, await the answer or a timeout (EXTERNAL_RA.md X-27). The messageId
/// is random unless given; sending again under the same messageId continues the transaction.
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
    public async Task<SentMessage> SubmitAsync(IReadOnlyList<Request> requests, CancellationToken cancel)
    {
        string messageId = RandomNumberGenerator.GetHexString(MessageIdBytes * 2, lowercase: true);
        // The binding is random too: an API client keeps what SubmitAsync returns, nobody else can compute the row's key.
        RequestId id = RequestId.For(MessageType.ExtRa, messageId, RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));
        string digest = Convert.ToHexStringLower(SHA256.HashData(requests.SelectMany(MessageJson.WriteOne).ToArray()));
        NewMessage message = link.Seal(id, digest, requests);
        await store.CreateAsync(message, cancel);
        return new(id, message.Message);
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
