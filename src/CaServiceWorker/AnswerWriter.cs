using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.X509;

namespace CaServiceWorker;

/// <summary>Seals the responses and writes them into the row, where the lease is still ours.</summary>
internal sealed partial class AnswerWriter(Worker worker, MessageFormats formats, TimeProvider clock, ILogger<AnswerWriter> log)
{
    private const int LifeBytes = 24;
    private const string NoObject = "-0000000000";

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
            InReplyTo = message.Oversize is null ? MessageIds.ColumnHash(message.Message) : null, // who knows what was not read?
            SubMessages = responses,
        };
        IMessageFormat format = formats.Of(message.UniqueId, message.Message);
        string answer = Seal(format, content, opened);
        return await worker.Store.AnswerAsync(
            new MessageAnswer(message.UniqueId, worker.Owner, message.Epoch, format.IsBound ? null : message.Column ?? message.Message, answer)
            {
                NextLife = message.IsLegacyWritten && !format.IsBound ? NextLife(answer) : null,
            },
            cancel);
    }

    /// <summary>
    /// An answer is at least as protected as its request (FLAWS.md D2). What must be encrypted and cannot be, for want
    /// of a receiver or because his key does not encrypt, becomes a failure without content (FLAWS.md D1, F7).
    /// </summary>
    private string Seal(IMessageFormat format, MessageContent content, OpenedMessage? opened)
    {
        Protection required = worker.RequiredOf(format);
        Protection wanted = opened is null ? required : required.AtLeast(opened.Protection);
        bool canSign = worker.KeyStore is not null;
        Certificate? recipient = opened?.Signer;
        if (wanted.Encrypted && (recipient is null || !format.CanSealTo(recipient)))
        {
            if (content.SubMessages.Cast<Response>().Any(response => response.Success))
            {
                LogCannotProtect(Printable.Of(content.UniqueId));
            }

            content = content with { SubMessages = [.. content.SubMessages.Cast<Response>().Select(WithoutContent)] };
            wanted = wanted with { Encrypted = false };
        }

        return format.Seal(content, wanted with { Signed = wanted.Signed && canSign }, recipient, opened);
    }

    // No digest looks like this, and no two answers of a row give the same.
    private static string NextLife(string answer) =>
        ClaimedMessage.LifePrefix + Convert.ToHexStringLower(MessageIds.ColumnHash(answer).AsSpan(0, LifeBytes)) + NoObject;

    private static Response WithoutContent(Response response) => response.Success
        ? ExtRAResponse.Failure(response.RequestId, Pki.Protocols.Trust.RefusalCode.WrongKeyUsage)
        : response;

    [LoggerMessage(3020, LogLevel.Error, "The answer to {UniqueId} must be encrypted, but the requester's certificate cannot receive; a failure was sent instead.")]
    private partial void LogCannotProtect(string uniqueId);
}
