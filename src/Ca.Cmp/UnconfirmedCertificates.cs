using Ca.Core.Audit;
using Ca.Core.Cmp;
using Ca.Core.Ledger;
using Ca.Core.Storage;

namespace Ca.Cmp;

/// <summary>
/// Ends transactions whose certConf never came: the certificate is revoked, or kept where the alias says so (CMP-O-20).
/// Each in a work of its own: a certConf that comes at this very moment wins or loses as a whole.
/// </summary>
public sealed class UnconfirmedCertificates
{
    private const int Batch = 500;

    // Longer than any approval waits (CMP-O-62).
    private static readonly TimeSpan PollLifetime = TimeSpan.FromDays(30);

    // No alias may look back further.
    private static readonly TimeSpan LongestLockout = TimeSpan.FromDays(1);

    private readonly CmpTransactions transactions;
    private readonly CmpGuesses guesses;
    private readonly CaConfiguration configuration;
    private readonly Withdrawal withdrawal;
    private readonly ICaLedger ledger;
    private readonly TimeProvider clock;

    internal UnconfirmedCertificates(CmpTransactions transactions, CmpGuesses guesses, CaConfiguration configuration, Withdrawal withdrawal, ICaLedger ledger, TimeProvider clock)
    {
        this.transactions = transactions;
        this.guesses = guesses;
        this.configuration = configuration;
        this.withdrawal = withdrawal;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// <summary>Does what is due, and forgets transactions that began before a moment.</summary>
    /// <returns>How many certificates were revoked.</returns>
    public async Task<int> SweepAsync(DateTimeOffset forgetBefore, CancellationToken cancel)
    {
        int revoked = 0;
        foreach (CmpTransaction transaction in await transactions.OverdueAsync(clock.GetUtcNow(), Batch, cancel))
        {
            try
            {
                revoked += await EndAsync(transaction, cancel) ? 1 : 0;
            }
            catch (ConcurrentChangeException)
            {
                // confirmed at this very moment: all the better
            }
        }

        await transactions.PurgeAsync(forgetBefore, clock.GetUtcNow() - PollLifetime, cancel);
        await guesses.PurgeAsync(clock.GetUtcNow() - LongestLockout, cancel);
        return revoked;
    }

    private async Task<bool> EndAsync(CmpTransaction transaction, CancellationToken cancel)
    {
        var work = new CaWork();
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        bool revoke = snapshot.CmpAliases.GetValueOrDefault(transaction.Alias)?.OnConfirmTimeout != CmpUnconfirmed.Keep;
        if (revoke && snapshot.FindCa(transaction.CaId) is { } ca)
        {
            await withdrawal.StageAsync(work, transaction, ca.Name, cancel);
        }
        else
        {
            CmpTransactions.StageChange(work, transaction with { State = CmpTransactionState.Confirmed });
        }

        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Void, "CMP") { Module = "CMP", SearchDetail1 = transaction.Serial }
            .With("alias", transaction.Alias).With("unconfirmed", revoke ? "revoked" : "kept"));
        await ledger.CommitAsync(work, cancel);
        return revoke;
    }
}
