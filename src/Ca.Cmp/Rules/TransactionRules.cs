using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Rules;

/// <summary>What must be right about a message given what was said before (CMP.md §4, H-9 to H-12).</summary>
internal sealed class TransactionRules(CmpTransactions transactions)
{
    /// <summary>A message that begins a transaction with effects; null when it may.</summary>
    public async Task<CmpFailure?> CheckFirstAsync(Exchange exchange, CancellationToken cancel)
    {
        if (HeaderRules.CheckFirst(exchange.Header, exchange.Alias) is { } failure)
        {
            return failure;
        }

        if (await transactions.IsUsedAsync(exchange.Names, cancel))
        {
            return new(PkiFailureInfo.TransactionIdInUse, "CMP-H-9", "The transactionID was used before.");
        }

        if (exchange.Requester.Own is { } own && exchange.Message.Body.Kind is not (PkiBodyKind.KeyUpdateRequest or PkiBodyKind.RevocationRequest)
            && (await transactions.UpdatesOfAsync(exchange.Ca.Id, own.Serial, cancel)).Any(t => t.State == CmpTransactionState.Confirmed))
        {
            return new(PkiFailureInfo.CertRevoked, "CMP-O-2", "The certificate of the signer was updated.");
        }

        return await transactions.CountOpenAsync(exchange.RequesterKey, cancel) >= exchange.Alias.MaxOpenTransactions
            ? new(PkiFailureInfo.SystemUnavail, "CMP-L-4", "Too many transactions wait for a confirmation.")
            : null;
    }

    /// <summary>A message that goes on with a transaction; null when it may.</summary>
    public static CmpFailure? CheckLater(Exchange exchange, CmpTransaction transaction)
    {
        PkiHeader header = exchange.Header;
        if (header.ProtectionAlgorithm!.Oid != transaction.Protection)
        {
            return new(PkiFailureInfo.BadMessageCheck, "CMP-S-7", "The kind of protection changed within the transaction.");
        }

        if (header.RecipientNonce is null && !exchange.Alias.LenientNonce)
        {
            return new(PkiFailureInfo.BadRecipientNonce, "CMP-H-12", "recipNonce is missing.");
        }

        if (header.RecipientNonce is { } shown && !shown.Span.SequenceEqual(transaction.OwnNonce))
        {
            return new(PkiFailureInfo.BadRecipientNonce, "CMP-H-12", "recipNonce is not the nonce of the last answer.");
        }

        return header.SenderNonce is { } nonce && transaction.HasSeen(nonce.Span)
            ? new(PkiFailureInfo.BadSenderNonce, "CMP-H-11", "senderNonce was used before in this transaction.")
            : null;
    }
}
