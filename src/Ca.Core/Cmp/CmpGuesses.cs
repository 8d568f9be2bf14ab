using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Cmp;

namespace Ca.Core.Cmp;

/// <summary>
/// Counts wrong secrets, so that nobody goes through all of them (CMP-M-8). The count is in the database: many workers
/// make no more guesses possible than one.
/// </summary>
public sealed class CmpGuesses : IAsyncDisposable
{
    private const int LookedAtForEach = 10; // aliases differ in time and number, and one query serves all

    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly TimeProvider clock;
    private readonly SharedReads<(string Alias, byte[] Sender), CmpGuessRow?> reads;

    /// <summary>Over the CA database.</summary>
    public CmpGuesses(IDbContextFactory<CaDbContext> databases, TimeProvider clock)
    {
        this.databases = databases;
        this.clock = clock;
        reads = new(ReadAsync);
    }

    /// <summary>How many wrong ones this sender has shown within the time that the alias looks back.</summary>
    /// <param name="alias">The alias.</param>
    /// <param name="sender">Whom the sender claims to be.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<int> CountAsync(CmpAlias alias, string sender, CancellationToken cancel)
    {
        if (alias.MaxWrongSecrets == 0)
        {
            return 0;
        }

        DateTimeOffset start = clock.GetUtcNow() - alias.LockoutTime;
        return await reads.FindAsync((alias.Name, MacSender.DigestOf(sender)), cancel) is { } guesses && guesses.Since > start ? guesses.Count : 0;
    }

    /// <summary>True for a count with which even the right secret is refused.</summary>
    public static bool IsLockedOut(CmpAlias alias, int count) => alias.MaxWrongSecrets > 0 && count >= alias.MaxWrongSecrets;

    /// <summary>Stages one more. The one that locks the sender out leaves an alarm in the audit log.</summary>
    /// <param name="work">Gets the change.</param>
    /// <param name="alias">The alias.</param>
    /// <param name="sender">Whom the sender claims to be; goes to the audit log.</param>
    /// <param name="before">What <see cref="CountAsync"/> said.</param>
    public void StageWrong(CaWork work, CmpAlias alias, string sender, int before)
    {
        if (alias.MaxWrongSecrets == 0 || IsLockedOut(alias, before))
        {
            return; // the time runs from the first guess, and strangers cannot prolong it
        }

        string name = alias.Name;
        byte[] digest = MacSender.DigestOf(sender);
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset start = now - alias.LockoutTime;
        work.Stage((db, cancel) => db.Database.ExecuteSqlAsync(
            $"""
            insert into cmp_guess (alias, sender, count, since) values ({name}, {digest}, 1, {now})
            on conflict (alias, sender) do update set
                count = case when cmp_guess.since > {start} then cmp_guess.count + 1 else 1 end,
                since = case when cmp_guess.since > {start} then cmp_guess.since else {now} end
            """,
            cancel));
        if (IsLockedOut(alias, before + 1))
        {
            work.Audit(new AuditEntry(AuditEvents.CustomLogError, AuditStatus.Failure, "unknown") { Module = "CMP" }
                .With("alias", name).With("rule", "CMP-M-8").With("lockedOut", sender.Length > 250 ? sender[..250] : sender));
        }
    }

    /// <summary>Who is locked out now, those for longest first.</summary>
    /// <param name="aliases">Of these aliases.</param>
    /// <param name="limit">Not more than this.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<IReadOnlyList<CmpLockout>> LockedOutAsync(IReadOnlyList<CmpAlias> aliases, int limit, CancellationToken cancel)
    {
        var guarded = aliases.Where(alias => alias.MaxWrongSecrets > 0).ToDictionary(alias => alias.Name, StringComparer.Ordinal);
        if (guarded.Count == 0)
        {
            return [];
        }

        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset start = now - guarded.Values.Max(alias => alias.LockoutTime);
        int least = guarded.Values.Min(alias => alias.MaxWrongSecrets);
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        List<CmpGuessRow> counted = await db.Set<CmpGuessRow>().AsNoTracking().Where(g => g.Since > start && g.Count >= least)
            .OrderByDescending(g => g.Since).Take(limit * LookedAtForEach).ToListAsync(cancel);
        return
        [
            .. counted.Where(g => guarded.TryGetValue(g.Alias, out CmpAlias? alias) && IsLockedOut(alias, g.Count))
                .Select(g => new CmpLockout(g.Alias, g.Sender, g.Since + guarded[g.Alias].LockoutTime)).Where(lockout => lockout.Until > now)
                .OrderByDescending(lockout => lockout.Until).ThenBy(lockout => Convert.ToHexString(lockout.Sender), StringComparer.Ordinal).Take(limit),
        ];
    }

    /// <summary>Forgets what was counted before this moment.</summary>
    /// <returns>How many senders.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CmpGuessRow>().Where(g => g.Since < before).ExecuteDeleteAsync(cancel);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => reads.DisposeAsync();

    private async Task<IReadOnlyList<CmpGuessRow?>> ReadAsync(IReadOnlyList<(string Alias, byte[] Sender)> keys)
    {
        string[] aliases = [.. keys.Select(k => k.Alias).Distinct(StringComparer.Ordinal)];
        byte[][] senders = [.. keys.Select(k => k.Sender)];
        await using CaDbContext db = await databases.CreateDbContextAsync();
        List<CmpGuessRow> rows = await db.Set<CmpGuessRow>().AsNoTracking().Where(g => aliases.Contains(g.Alias) && senders.Contains(g.Sender)).ToListAsync();
        return [.. keys.Select(k => rows.Find(r => r.Alias == k.Alias && r.Sender.AsSpan().SequenceEqual(k.Sender)))];
    }
}

/// <summary>Somebody who is not listened to.</summary>
/// <param name="Alias">Where.</param>
/// <param name="Sender">Who: <see cref="MacSender.DigestOf"/>.</param>
/// <param name="Until">Until when.</param>
public sealed record CmpLockout(string Alias, byte[] Sender, DateTimeOffset Until);
