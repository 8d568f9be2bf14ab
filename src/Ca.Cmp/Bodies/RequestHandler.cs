using System.Globalization;
using Ca.Core.Approvals;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>
/// Begins transactions, and keeps those in mind that wait for people: the answer is "waiting", and the message is kept
/// with the transaction, so that neither a restart nor another worker forgets it (RFC 9810 §5.3.22; CMP-O-60, M-9).
/// </summary>
internal sealed class RequestHandler(IRequestBody body, TimeProvider clock) : IBodyHandler
{
    public IReadOnlyList<PkiBodyKind> Kinds => body.Kinds;

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel) =>
        await body.CheckAsync(exchange, cancel) is { } failure ? Reply.Error(failure) : await DecideAsync(exchange, cancel);

    /// <summary>The final answer where nothing is to be decided any more.</summary>
    public Reply Reject(Exchange exchange, CmpFailure failure) => body.Reject(exchange, failure);

    /// <summary>Decides, or has the client wait.</summary>
    public async Task<Reply> DecideAsync(Exchange exchange, CancellationToken cancel)
    {
        try
        {
            return await body.DecideAsync(exchange, cancel);
        }
        catch (ApprovalPendingException pending) when (body.Waiting(exchange) is { } waiting)
        {
            exchange.Stage(exchange.Begin(CmpTransactionState.Waiting, clock.GetUtcNow()) with
            {
                Pending = exchange.Message.Encoded.ToArray(),
                ApprovalId = pending.Id,
                RequestId = waiting.RequestId.ToString(CultureInfo.InvariantCulture),
            });
            return new Reply(waiting.Body) { HasEffects = true };
        }
    }
}
