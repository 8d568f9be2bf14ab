using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.X509;

namespace CaServiceWorker;

/// <summary>Seals the responses and writes them into the row, where the lease is still ours.</summary>
internal sealed partial class AnswerWriter(Worker worker, MessageSealer sealer, TimeProvider clock, ILogger<AnswerWriter> log)
{
    /// <returns>False when the row is no longer ours.</returns>
    public async Task<bool> WriteAsync(ClaimedMessage message, OpenedMessage? opened, IReadOnlyList<Response> responses, CancellationToken cancel)
    {
        var content = new MessageContent
        {
            Kind = MessageKind.Response,
            UniqueId = message.UniqueId,
            MessageId = message.MessageId,
            Type = message.Type,
            Created = clock.GetUtcNow(),
            InReplyTo = MessageIds.ColumnHash(message.Message),
            SubMessages = responses,
        };
        var answer = new MessageAnswer(message.UniqueId, worker.Owner, message.Epoch, RequestMessage: null, Seal(content, opened));
        return await worker.Store.AnswerAsync(answer, cancel);
    }

    /// <summary>
    /// An answer is at least as protected as its request (FLAWS.md D2). What must be encrypted and cannot be, for want
    /// of a receiver or because his key does not encrypt, becomes a failure without content (FLAWS.md D1, F7).
    /// </summary>
    private string Seal(MessageContent content, OpenedMessage? opened)
    {
        Protection wanted = opened is null ? worker.Required : worker.Required.AtLeast(opened.Protection);
        bool canSign = worker.KeyStore is not null;
        Certificate? recipient = opened?.Signer;
        if (wanted.Encrypted && (recipient is null || !recipient.CanReceive()))
        {
            if (content.SubMessages.Cast<Response>().Any(response => response.Success))
            {
                LogCannotProtect(Printable.Of(content.UniqueId));
            }

            content = content with { SubMessages = [.. content.SubMessages.Cast<Response>().Select(WithoutContent)] };
            wanted = wanted with { Encrypted = false };
        }

        return sealer.Seal(content, wanted with { Signed = wanted.Signed && canSign }, recipient);
    }

    private static Response WithoutContent(Response response) => response.Success
        ? ExtRAResponse.Failure(response.RequestId, Pki.Protocols.Trust.RefusalCode.WrongKeyUsage)
        : response;

    [LoggerMessage(3020, LogLevel.Error, "The answer to {UniqueId} must be encrypted, but the requester's certificate cannot receive; a failure was sent instead.")]
    private partial void LogCannotProtect(string uniqueId);
}
