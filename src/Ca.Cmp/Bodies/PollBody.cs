using System.Globalization;
using System.Numerics;
using Ca.Cmp.Rules;
using Ca.Core;
using Ca.Core.Approvals;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>
/// pollReq: what became of it? (RFC 9810 §5.3.22, RFC 9483 §4.4; CMP-O-61 to O-63.) Only whoever began the transaction
/// finds it. While people think the answer is pollRep; then the message that asked is decided as if it came now, with the
/// rights that its sender has now.
/// </summary>
internal sealed class PollBody(CmpTransactions transactions, ApprovalGate approvals, IReadOnlyList<RequestHandler> requests, TimeProvider clock) : IBodyHandler
{
    private readonly Dictionary<PkiBodyKind, RequestHandler> handlers =
        requests.SelectMany(handler => handler.Kinds.Select(kind => (kind, handler))).ToDictionary(pair => pair.kind, pair => pair.handler);

    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.PollRequest];

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        if (await transactions.FindAsync(exchange.TransactionKey, cancel) is not { State: CmpTransactionState.Waiting } transaction)
        {
            return Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-O-62", "Nothing is waited for in this transaction."));
        }

        IReadOnlyList<PollReq> asked = ((PkiBody.PollRequests)exchange.Message.Body).Requests;
        if ((TransactionRules.CheckLater(exchange, transaction) ?? CheckIds(asked, transaction)) is { } failure)
        {
            return Reply.Error(failure);
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (now - transaction.AskedBackAt < exchange.Alias.CheckAfter / 2)
        {
            CmpMetrics.CountEarlyPoll(exchange.Alias.Name); // answered all the same (CMP-O-62)
        }

        CmpTransaction polled = transaction.After(exchange.Header.SenderNonce, exchange.Nonce) with { AskedBackAt = now };
        if (transaction.ApprovalId is not { } approval)
        {
            return await DecideAsync(exchange, polled, asked[0].RequestId, cancel); // CMP-O-60: perhaps it can be done by now
        }

        return await approvals.StatusAsync(approval, cancel) switch
        {
            ApprovalStatus.Waiting => StillWaiting(exchange, polled, asked[0].RequestId),
            ApprovalStatus.Expired or null => await EndAsync(exchange, polled, NotInTime, cancel),
            ApprovalStatus.Rejected => await EndAsync(exchange, polled, SaidNo, cancel), // nobody is asked again, however late the client hears it
            ApprovalStatus.ExecutionFailed => await EndAsync(exchange, polled, Failed, cancel),
            _ => await DecideAsync(exchange, polled, asked[0].RequestId, cancel),
        };
    }

    private static CmpFailure? CheckIds(IReadOnlyList<PollReq> asked, CmpTransaction transaction) =>
        asked is [var only] && only.RequestId.ToString(CultureInfo.InvariantCulture) == transaction.RequestId
            ? null
            : new(PkiFailureInfo.BadCertId, "CMP-O-62", "certReqId is not that of the request that waits.");

    private static Reply StillWaiting(Exchange exchange, CmpTransaction polled, BigInteger requestId)
    {
        CmpTransactions.StageChange(exchange.Work, polled);
        return new Reply(new PkiBody.PollResponses([new(requestId, exchange.Alias.CheckAfter)])) { HasEffects = true };
    }

    private async Task<Reply> DecideAsync(Exchange exchange, CmpTransaction polled, BigInteger requestId, CancellationToken cancel)
    {
        try
        {
            return await exchange.Work.AttemptAsync(() => EndAsync(exchange, polled, ended: null, cancel));
        }
        catch (NotNowException later) when (later is not ApprovalPendingException)
        {
            // CMP-X-17. An error would end the transaction, and with it what people have agreed to.
            return StillWaiting(exchange, polled, requestId);
        }
    }

    /// <param name="exchange">The poll.</param>
    /// <param name="polled">The transaction.</param>
    /// <param name="ended">How it has ended; null: it is to be decided.</param>
    /// <param name="cancel">Cancels.</param>
    private async Task<Reply> EndAsync(Exchange exchange, CmpTransaction polled, CmpFailure? ended, CancellationToken cancel)
    {
        PkiMessage message = PkiMessage.Read(polled.Pending, CmpLimits.LargestMessageLength).OrThrow();
        Exchange resumed = exchange.ResumeWith(message, polled);
        RequestHandler handler = handlers[message.Body.Kind];
        Reply reply = ended is not null ? handler.Reject(resumed, ended) : await handler.DecideAsync(resumed, cancel);
        if (reply.Failure is not null)
        {
            resumed.Stage(resumed.Begin(CmpTransactionState.Closed, clock.GetUtcNow()));
            if (ended is null && polled.ApprovalId is { } approval)
            {
                approvals.Fail(exchange.Work, approval, $"{reply.Failure.Rule}: {reply.Failure.Text} {reply.Failure.Detail}"); // nothing will use it any more
            }
        }

        return reply with { HasEffects = true };
    }

    private static CmpFailure SaidNo { get; } = FailureMap.OfIssuance(new(Pki.Protocols.Trust.RefusalCode.Rejected, "People have rejected it."));

    private static CmpFailure Failed { get; } = new(PkiFailureInfo.NotAuthorized, "CMP-O-61", "It was agreed to and could not be done.");

    private static CmpFailure NotInTime { get; } = new(PkiFailureInfo.NotAuthorized, "CMP-O-61", "Nobody agreed in time.");
}
