using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp;

/// <summary>
/// Takes back a certificate that its owner did not confirm (CMP-O-20, O-23, O-24), and closes its transaction. One that the
/// owner got and confirmed by another transaction, as a repeat under a new transactionID can, stays. An enrolment code that
/// was the key of the MAC, and so never on the wire, is given back: the device has nothing else to ask again with.
/// </summary>
internal sealed class Withdrawal(Revoker revoker, CmpTransactions transactions, EnrolmentCodes codes)
{
    private static readonly Actor Engine = Actor.Internal("CMP");

    public async Task StageAsync(CaWork work, CmpTransaction transaction, string caName, CancellationToken cancel)
    {
        if (!await transactions.IsConfirmedAsync(transaction.CaId, transaction.Serial!, cancel))
        {
            var order = new RevocationOrder { Actor = Engine, CaName = caName, Serial = transaction.Serial!, Reason = RevocationReason.CessationOfOperation, NeverAccepted = true };
            Outcome<Revocation> outcome = await revoker.RevokeAsync(order, work, cancel);
            if (outcome.Succeeded(out _, out Refusal? refusal))
            {
                await GiveCodeBackAsync(work, transaction, cancel);
            }
            else if (refusal.Code != RefusalCode.Conflict)
            {
                throw new InvalidOperationException(refusal.Detail); // Conflict: somebody has revoked it already
            }
        }

        CmpTransactions.StageChange(work, transaction with { State = CmpTransactionState.Closed });
    }

    private async Task GiveCodeBackAsync(CaWork work, CmpTransaction transaction, CancellationToken cancel)
    {
        if (transaction is { CodeOwner: { } owner, Code: { } code, Serial: { } serial })
        {
            await codes.GiveBackAsync(new(owner, code), transaction.CaId, serial, work, cancel);
        }
    }
}
