using Ca.Cmp.Rules;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>error from a client: it gives the transaction up (RFC 9810 §5.3.21; CMP-E-5). What it was given is taken back.</summary>
internal sealed class ErrorBody(CmpTransactions transactions, Withdrawal withdrawal) : IBodyHandler
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.Error];

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        if (await transactions.FindAsync(exchange.TransactionKey, cancel) is not { State: CmpTransactionState.Unconfirmed } transaction)
        {
            return Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-E-5", "There is no such transaction."));
        }

        if (TransactionRules.CheckLater(exchange, transaction) is { } failure)
        {
            return Reply.Error(failure);
        }

        string caName = exchange.Configuration.FindCa(transaction.CaId)!.Name;
        await withdrawal.StageAsync(exchange.Work, transaction.After(exchange.Header.SenderNonce, exchange.Nonce), caName, cancel);
        return Reply.Confirmation() with { Serial = transaction.Serial };
    }
}
