using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Asn1;

namespace Ca.Core.Cmp;

/// <summary>What a transaction goes by; each is lower-case hex of a SHA-256.</summary>
/// <param name="Id">Of alias, requester and transactionID: the transaction.</param>
/// <param name="Requester">Of what identifies the requester.</param>
/// <param name="Use">Of requester and transactionID: used up at every alias by one.</param>
public sealed record CmpTransactionNames(string Id, string Requester, string Use);

/// <summary>
/// The transactions on disk. Changes are staged, so that they land with the certificate and the answer or not at all; of
/// two messages that change one transaction at the same time one is told to look again (CMP-O-26).
/// </summary>
public sealed class CmpTransactions : IAsyncDisposable
{
    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly TimeProvider clock;
    private readonly SharedReads<string, CmpTransaction?> transactions;
    private readonly SharedReads<string, int> counts;
    private readonly SharedReads<CmpTransactionNames, bool> uses;

    /// <summary>Over the CA database.</summary>
    public CmpTransactions(IDbContextFactory<CaDbContext> databases, TimeProvider clock)
    {
        this.databases = databases;
        this.clock = clock;
        transactions = new(ReadAsync);
        counts = new(CountAsync);
        uses = new(AreUsedAsync);
    }

    /// <summary>What identifies a transaction: alias, requester and transactionID, in fields that cannot run into each other.</summary>
    public static CmpTransactionNames Identify(string alias, string requester, ReadOnlySpan<byte> transactionId)
    {
        using var digest = new CanonicalDigest();
        byte[] who = digest.Add(requester).Finish();
        return new(
            Convert.ToHexStringLower(digest.Add(alias).Add(who).Add(transactionId).Finish()),
            Convert.ToHexStringLower(who),
            Convert.ToHexStringLower(digest.Add(who).Add(transactionId).Finish()));
    }

    /// <summary>The transaction; null when there is none.</summary>
    public Task<CmpTransaction?> FindAsync(string id, CancellationToken cancel) => transactions.FindAsync(id, cancel);

    /// <summary>True where this requester has used this transactionID before, at whichever alias: what was sent to one must not count again at another.</summary>
    public Task<bool> IsUsedAsync(CmpTransactionNames names, CancellationToken cancel) => uses.FindAsync(names, cancel);

    /// <summary>
    /// True where a certificate waits for certConf of somebody who signed, and our nonce of its answer is this one. Only who
    /// has seen that answer knows the nonce, so nobody learns here what he did not know (CMP-O-22).
    /// </summary>
    public async Task<bool> AwaitsSignatureAsync(string alias, ReadOnlyMemory<byte> ownNonce, CancellationToken cancel)
    {
        byte[] nonce = ownNonce.ToArray();
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CmpTransaction>().AnyAsync(
            t => t.State == CmpTransactionState.Unconfirmed && t.ConfirmBy != null && t.Alias == alias && t.OwnNonce == nonce && t.Protection != Oids.PasswordBasedMac && t.Protection != Oids.Pbmac1, cancel);
    }

    /// <summary>Transactions that updated this certificate and ended well or are still open (CMP-O-6).</summary>
    public async Task<IReadOnlyList<CmpTransaction>> UpdatesOfAsync(int caId, string serial, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CmpTransaction>().AsNoTracking()
            .Where(t => t.CaId == caId && t.UpdatedSerial == serial && (t.State == CmpTransactionState.Unconfirmed || t.State == CmpTransactionState.Confirmed)).ToListAsync(cancel);
    }

    /// <summary>How many transactions of a requester wait, for certConf or for people (CMP-L-4).</summary>
    public Task<int> CountOpenAsync(string requester, CancellationToken cancel) => counts.FindAsync(requester, cancel);

    /// <summary>Those whose certConf has not come in time, at most a batch of them.</summary>
    public async Task<IReadOnlyList<CmpTransaction>> OverdueAsync(DateTimeOffset now, int limit, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CmpTransaction>().AsNoTracking()
            .Where(t => t.State == CmpTransactionState.Unconfirmed && t.ConfirmBy < now).OrderBy(t => t.ConfirmBy).Take(limit).ToListAsync(cancel);
    }

    /// <summary>True where the owner of this certificate has confirmed it.</summary>
    public async Task<bool> IsConfirmedAsync(int caId, string serial, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CmpTransaction>().AnyAsync(t => t.CaId == caId && t.Serial == serial && t.State == CmpTransactionState.Confirmed, cancel);
    }

    /// <summary>True where its owner still has time to confirm this certificate in another transaction: a repeat under a new transactionID got it too.</summary>
    public async Task<bool> IsAwaitedElsewhereAsync(CmpTransaction transaction, DateTimeOffset now, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CmpTransaction>().AnyAsync(
            t => t.CaId == transaction.CaId && t.Serial == transaction.Serial && t.Id != transaction.Id && t.State == CmpTransactionState.Unconfirmed && t.ConfirmBy >= now, cancel);
    }

    /// <summary>Stages a new one.</summary>
    public static void StageNew(CaWork work, CmpTransaction transaction) => work.Stage(db => db.Add(transaction with { }));

    /// <summary>Stages a change of one that was read.</summary>
    public static void StageChange(CaWork work, CmpTransaction transaction) => work.Stage(db => db.Update(transaction with { }));

    /// <summary>
    /// Forgets what began before these moments. That a certificate was updated is remembered as long as it is valid: until
    /// then its key could ask for another one (CMP-O-6).
    /// </summary>
    /// <param name="ended">For transactions that have ended.</param>
    /// <param name="waiting">For those that wait for people (CMP-O-62).</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>How many.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset ended, DateTimeOffset waiting, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        DateTimeOffset now = clock.GetUtcNow();
        return await db.Set<CmpTransaction>()
            .Where(t => (t.At < ended && (t.State == CmpTransactionState.Confirmed || t.State == CmpTransactionState.Closed)) || (t.At < waiting && t.State == CmpTransactionState.Waiting))
            .Where(t => t.State != CmpTransactionState.Confirmed || t.UpdatedSerial == null
                || !db.Set<CertificateRow>().Any(c => c.CaId == t.CaId && c.Serial == t.UpdatedSerial && c.ExpireAt > now))
            .ExecuteDeleteAsync(cancel);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await transactions.DisposeAsync();
        await counts.DisposeAsync();
        await uses.DisposeAsync();
    }

    private async Task<IReadOnlyList<CmpTransaction?>> ReadAsync(IReadOnlyList<string> ids)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync();
        Dictionary<string, CmpTransaction> found = await db.Set<CmpTransaction>().AsNoTracking().Where(t => ids.Contains(t.Id)).ToDictionaryAsync(t => t.Id, StringComparer.Ordinal);
        return [.. ids.Select(id => found.GetValueOrDefault(id))];
    }

    private async Task<IReadOnlyList<bool>> AreUsedAsync(IReadOnlyList<CmpTransactionNames> asked)
    {
        string[] ids = [.. asked.Select(names => names.Id)];
        string[] used = [.. asked.Select(names => names.Use)];
        await using CaDbContext db = await databases.CreateDbContextAsync();
        var found = await db.Set<CmpTransaction>().Where(t => ids.Contains(t.Id) || used.Contains(t.Use)).Select(t => new { t.Id, t.Use }).ToListAsync();
        return [.. asked.Select(names => found.Exists(t => t.Id == names.Id || t.Use == names.Use))];
    }

    private async Task<IReadOnlyList<int>> CountAsync(IReadOnlyList<string> requesters)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync();
        Dictionary<string, int> open = await db.Set<CmpTransaction>()
            .Where(t => requesters.Contains(t.Requester) && (t.State == CmpTransactionState.Unconfirmed || t.State == CmpTransactionState.Waiting))
            .GroupBy(t => t.Requester).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal);
        return [.. requesters.Select(requester => open.GetValueOrDefault(requester))];
    }
}
