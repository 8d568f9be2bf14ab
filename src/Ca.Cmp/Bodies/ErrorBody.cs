using Ca.Cmp.Rules;
using Ca.Core.Approvals;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>
/// error from a client: it gives the transaction up (RFC 9810 §5.3.21; CMP-E-5). What it was given is taken back; what it
/// still waits for nobody has to agree to any more.
/// </summary>
internal sealed class ErrorBody(CmpTransactions transactions, ApprovalGate approvals, Withdrawal withdrawal) : IBodyHandler
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.Error];

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        if (await transactions.FindAsync(exchange.TransactionKey, cancel) is not { State: CmpTransactionState.Unconfirmed or CmpTransactionState.Waiting } transaction)
        {
            return Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-E-5", "There is no such transaction."));
        }

        if (TransactionRules.CheckLater(exchange, transaction) is { } failure)
        {
            return Reply.Error(failure);
        }

        CmpTransaction ended = transaction.After(exchange.Header.SenderNonce, exchange.Nonce);
        if (transaction.State == CmpTransactionState.Waiting)
        {
            CmpTransactions.StageChange(exchange.Work, ended.Over(CmpTransactionState.Closed));
            if (transaction.ApprovalId is { } approval)
            {
                approvals.Fail(exchange.Work, approval, "The client has given it up.");
            }
        }
        else
        {
            await withdrawal.StageAsync(exchange.Work, ended, exchange.Configuration.FindCa(transaction.CaId)!.Name, cancel);
        }

        return Reply.Confirmation() with { Serial = transaction.Serial };
    }
}
