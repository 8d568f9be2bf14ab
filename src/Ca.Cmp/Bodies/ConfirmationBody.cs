using System.Globalization;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Cmp.Rules;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>
/// certConf: the client accepts or rejects its certificate (RFC 9810 §5.3.18; CMP-O-20 to O-26). It finds the transaction
/// only if its sender is the one who began it.
/// </summary>
internal sealed class ConfirmationBody(CmpTransactions transactions, CertificateStore certificates, Withdrawal withdrawal, TimeProvider clock) : IBodyHandler
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.CertificateConfirmation];

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        if (await transactions.FindAsync(exchange.TransactionKey, cancel) is not { } transaction)
        {
            return Reply.Error(exchange is { Requester.UsesMac: true, Header.RecipientNonce: { } nonce } && await transactions.AwaitsSignatureAsync(exchange.Alias.Name, nonce, cancel)
                ? new(PkiFailureInfo.WrongIntegrity, "CMP-O-22", "What began with a signature is confirmed with a signature.")
                : new(PkiFailureInfo.BadRequest, "CMP-O-25", "There is no such transaction."));
        }

        if ((TransactionRules.CheckLater(exchange, transaction) ?? CheckState(exchange, transaction)) is { } failure)
        {
            return Reply.Error(failure);
        }

        if (transaction.State == CmpTransactionState.Confirmed)
        {
            return Reply.Confirmation() with { HasEffects = false }; // CMP-O-21: needless, and no harm
        }

        var statuses = ((PkiBody.CertificateConfirmation)exchange.Message.Body).Statuses;
        return statuses switch
        {
            [] => await RejectedAsync(exchange, transaction, cancel),
            [var status] when CheckStatus(status, transaction) is { } wrong => Reply.Error(wrong),
            [var status] => await JudgeAsync(exchange, transaction, status, cancel),
            _ => Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-O-24", "There was one certificate to confirm.")),
        };
    }

    private CmpFailure? CheckState(Exchange exchange, CmpTransaction transaction) => transaction switch
    {
        { Serial: null } or { State: CmpTransactionState.Closed } => new(PkiFailureInfo.BadRequest, "CMP-O-25", "There is nothing to confirm."),
        { State: CmpTransactionState.Confirmed } when exchange.Alias.Demands(c => c.NoNeedlessConfirmation) || transaction.ConfirmBy is not null =>
            new(PkiFailureInfo.CertConfirmed, "CMP-O-25", "The certificate is confirmed already."),
        { State: CmpTransactionState.Unconfirmed, ConfirmBy: { } until } when until < clock.GetUtcNow() => new(PkiFailureInfo.BadRequest, "CMP-O-20", "The confirmation comes too late."),
        _ => null,
    };

    private static CmpFailure? CheckStatus(CertStatus status, CmpTransaction transaction) =>
        status.RequestId.ToString(CultureInfo.InvariantCulture) != transaction.RequestId ? new(PkiFailureInfo.BadRequest, "CMP-O-24", "certReqId is not that of the certificate.")
        : status.Status is { Status: PkiStatus.Accepted, Failure: not null } ? new(PkiFailureInfo.BadRequest, "CMP-O-24", "Accepted and failed exclude each other.")
        : null;

    private async Task<Reply> JudgeAsync(Exchange exchange, CmpTransaction transaction, CertStatus status, CancellationToken cancel)
    {
        if (status.Status is { Status: not (PkiStatus.Accepted or PkiStatus.GrantedWithMods) })
        {
            return await RejectedAsync(exchange, transaction, cancel);
        }

        CertificateView stored = await certificates.FindAsync(CaNameOf(exchange, transaction), transaction.Serial!, cancel)
            ?? throw new InvalidOperationException($"Certificate {transaction.Serial} of a transaction is gone.");
        if (CertHash.ObjectionTo(status, Der.DecodeBer<Certificate>(stored.Encoded).OrThrow(), exchange.Header.Version) is { } mismatch)
        {
            // CMP-O-23: whatever the client got, it is not what was issued.
            await WithdrawAsync(exchange, transaction, cancel);
            return Reply.Error(new(PkiFailureInfo.BadCertId, "CMP-O-23", "certHash is not that of the certificate.", mismatch.Detail)) with { HasEffects = true, Serial = transaction.Serial };
        }

        if (stored.Status is not (CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration))
        {
            return Reply.Error(new(PkiFailureInfo.CertRevoked, "CMP-O-25", "The certificate is no longer in force.")) with { Serial = transaction.Serial };
        }

        CmpTransactions.StageChange(exchange.Work, transaction.After(exchange.Header.SenderNonce, exchange.Nonce) with { State = CmpTransactionState.Confirmed });
        return Reply.Confirmation() with { Serial = transaction.Serial };
    }

    /// <summary>CMP-O-24: what the client does not want must not stay valid; the answer is pkiConf all the same.</summary>
    private async Task<Reply> RejectedAsync(Exchange exchange, CmpTransaction transaction, CancellationToken cancel)
    {
        await WithdrawAsync(exchange, transaction, cancel);
        return Reply.Confirmation() with { Serial = transaction.Serial };
    }

    private Task WithdrawAsync(Exchange exchange, CmpTransaction transaction, CancellationToken cancel) =>
        withdrawal.StageAsync(exchange.Work, transaction.After(exchange.Header.SenderNonce, exchange.Nonce), CaNameOf(exchange, transaction), cancel);

    /// <summary>Of the CA that issued; the alias may have another one by now.</summary>
    private static string CaNameOf(Exchange exchange, CmpTransaction transaction) => exchange.Configuration.FindCa(transaction.CaId)!.Name;
}
