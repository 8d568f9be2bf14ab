using System.Globalization;
using Ca.Core;
using Ca.Core.Approvals;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>
/// Begins transactions, and keeps those in mind that wait for people, or for so long that the client should not be held
/// any more: the answer is "waiting", and the message is kept with the transaction, so that neither a restart nor another
/// worker forgets it (RFC 9810 §5.3.22; CMP-O-60, M-9).
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
        catch (NotNowException later) when ((later is ApprovalPendingException || HasWaited(exchange, later)) && body.Waiting(exchange) is { } waiting)
        {
            DateTimeOffset now = clock.GetUtcNow();
            exchange.Stage(exchange.Begin(CmpTransactionState.Waiting, now) with
            {
                PathProfile = exchange.Call.Profile,
                AskedBackAt = now,
                Pending = exchange.Message.Encoded.ToArray(),
                ApprovalId = (later as ApprovalPendingException)?.Id,
                RequestId = waiting.RequestId.ToString(CultureInfo.InvariantCulture),
            });
            return new Reply(waiting.Body) { HasEffects = true };
        }
    }

    /// <summary>
    /// Nothing was staged and nothing decided. Before this time has gone the message is simply tried again; a CA that is
    /// off-line says so itself; and who shows a code must be there to show it.
    /// </summary>
    private bool HasWaited(Exchange exchange, NotNowException later) =>
        later is not OfflineException && exchange is { Resumed: null, Requester.Code: null, Call.Sent: { } sent } && exchange.Alias.AnswerWithin > TimeSpan.Zero
        && clock.GetUtcNow() - sent >= exchange.Alias.AnswerWithin;
}
