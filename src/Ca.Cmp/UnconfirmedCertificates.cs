using Ca.Core.Audit;
using Ca.Core.Authorities;
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
    /// <exception cref="AggregateException">Some could not be ended; all others were.</exception>
    public async Task<int> SweepAsync(DateTimeOffset forgetBefore, CancellationToken cancel)
    {
        int revoked = 0;
        List<Exception> failures = [];
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
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                failures.Add(e); // one must not keep the others from their end
            }
        }

        await transactions.PurgeAsync(forgetBefore, clock.GetUtcNow() - PollLifetime, cancel);
        TimeSpan longestLockout = (await configuration.CurrentAsync(cancel)).CmpAliases.Values.Select(alias => alias.LockoutTime).DefaultIfEmpty().Max();
        await guesses.PurgeAsync(clock.GetUtcNow() - longestLockout, cancel); // senderKIDs are free to invent: nothing is kept longer than it counts
        return failures.Count == 0 ? revoked : throw new AggregateException(failures);
    }

    private async Task<bool> EndAsync(CmpTransaction transaction, CancellationToken cancel)
    {
        var work = new CaWork();
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        bool keep = snapshot.CmpAliases.GetValueOrDefault(transaction.Alias)?.OnConfirmTimeout == CmpUnconfirmed.Keep;
        bool awaited = !keep && await transactions.IsAwaitedElsewhereAsync(transaction, clock.GetUtcNow(), cancel);
        CertificateAuthority? revokedBy = keep || awaited ? null : snapshot.FindCa(transaction.CaId);
        if (revokedBy is not null)
        {
            await withdrawal.StageAsync(work, transaction, revokedBy.Name, cancel);
        }
        else
        {
            // Kept is not confirmed: the certificate that it was to replace may still be updated (CMP-O-6).
            CmpTransactions.StageChange(work, transaction with { State = CmpTransactionState.Closed });
        }

        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Void, "CMP") { Module = "CMP", SearchDetail1 = transaction.Serial }
            .With("alias", transaction.Alias).With("unconfirmed", revokedBy is not null ? "revoked" : keep ? "kept" : awaited ? "awaited in another transaction" : "of a CA that is gone"));
        await ledger.CommitAsync(work, cancel);
        return revokedBy is not null;
    }
}
