using Ca.Core.Audit;
using Ca.Core.EndEntities;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Cmp;

/// <summary>A secret as it is listed: everything but itself.</summary>
/// <param name="Alias">The alias.</param>
/// <param name="KeyId">senderKID; empty: that of the alias.</param>
/// <param name="Number">Which of several.</param>
/// <param name="At">When it was set.</param>
public sealed record CmpSecretView(string Alias, string KeyId, int Number, DateTimeOffset At);

/// <summary>Shared secrets of aliases and of single senders (CMP-A-5, A-42, A-43). Written and used, never shown.</summary>
public sealed class CmpSecrets : IAsyncDisposable
{
    private const int MinimumLength = 8;
    private const int MaxAtATime = 5;

    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly CaConfiguration configuration;
    private readonly ICaLedger ledger;
    private readonly TimeProvider clock;
    private readonly SecretSealing sealing;
    private readonly SharedReads<(string Alias, string KeyId), IReadOnlyList<CmpSecretRow>> reads;

    /// <summary>Over the CA database; sealed to the tokens of the CAs.</summary>
    public CmpSecrets(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, CryptoTokens tokens, ICaLedger ledger, TimeProvider clock)
    {
        this.databases = databases;
        this.configuration = configuration;
        this.ledger = ledger;
        this.clock = clock;
        sealing = new(tokens);
        reads = new(ReadAsync);
    }

    /// <summary>Sets a secret.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="alias">For this alias.</param>
    /// <param name="keyId">For this senderKID; empty: for every one that has none of its own.</param>
    /// <param name="secret">Text as typed, in UTF-8, or octets.</param>
    /// <param name="keepOthers">The earlier ones stay in force, for a while in which devices are changed over.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<Outcome<CmpSecretView>> SetAsync(Actor actor, string alias, string keyId, Secret secret, bool keepOthers, CancellationToken cancel)
    {
        if (ObjectionTo(secret) is { } weak)
        {
            return weak;
        }

        if (keyId.Length > 256 || Forbidden.IsUnusable(keyId))
        {
            return new Refusal(RefusalCode.PolicyViolation, "The senderKID is longer than 256 characters or no text.");
        }

        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        if (snapshot.CmpAliases.GetValueOrDefault(alias) is not { } found)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CMP alias '{alias}'.");
        }

        IReadOnlyList<CmpSecretRow> there = [.. (await reads.FindAsync((alias, keyId), cancel)).Where(r => r.KeyId == keyId)];
        if (keepOthers && ObjectionToOneMore(there.Count) is { } full)
        {
            return full;
        }

        byte[] box = await sealing.SealAsync(secret, snapshot.FindCa(found.OwnCaName)!, alias, keyId, cancel);
        var row = new CmpSecretRow { Alias = alias, KeyId = keyId, Number = there.Count == 0 ? 1 : there.Max(r => r.Number) + 1, Sealed = box, At = clock.GetUtcNow() };
        var work = new CaWork();
        work.Stage(db =>
        {
            db.Add(row);
            db.RemoveRange(keepOthers ? [] : there);
        });
        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, actor.Name) { Module = "CMP" }.With("alias", alias).With("secretOf", keyId).With("kept", keepOthers ? "yes" : "no"));
        await ledger.CommitAsync(work, cancel);
        return new CmpSecretView(alias, keyId, row.Number, row.At);
    }

    /// <summary>Removes all secrets of a senderKID, or with an empty one those of the alias.</summary>
    /// <returns>How many there were.</returns>
    public async Task<Outcome<IReadOnlyList<CmpSecretView>>> RemoveAsync(Actor actor, string alias, string keyId, CancellationToken cancel)
    {
        CmpSecretView[] there = [.. (await ListAsync(alias, cancel)).Where(s => s.KeyId == keyId)];
        if (there.Length == 0)
        {
            return new Refusal(RefusalCode.NotFound, $"CMP alias '{alias}' has no such secret.");
        }

        var work = new CaWork();
        work.Stage((db, token) => db.Set<CmpSecretRow>().Where(r => r.Alias == alias && r.KeyId == keyId).ExecuteDeleteAsync(token));
        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, actor.Name) { Module = "CMP" }.With("alias", alias).With("secretOf", keyId).With("removed", "yes"));
        await ledger.CommitAsync(work, cancel);
        return there;
    }

    /// <summary>What secrets there are.</summary>
    public async Task<IReadOnlyList<CmpSecretView>> ListAsync(string alias, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CmpSecretRow>().Where(r => r.Alias == alias).OrderBy(r => r.KeyId).ThenBy(r => r.Number)
            .Select(r => new CmpSecretView(r.Alias, r.KeyId, r.Number, r.At)).ToListAsync(cancel);
    }

    /// <summary>The secrets a sender may have used: its own where there are any, else those of the alias.</summary>
    public async Task<CandidateSecrets> OpenAsync(string alias, string keyId, bool ownOnly, CancellationToken cancel)
    {
        IReadOnlyList<CmpSecretRow> rows = await reads.FindAsync((alias, Forbidden.IsUnusable(keyId) ? "" : keyId), cancel);
        bool hasOwn = rows.Any(r => r.KeyId.Length > 0);
        return await CandidateSecrets.OpenAsync(
            rows.Where(r => r.KeyId.Length > 0 || (!hasOwn && !ownOnly)), hasOwn, row => sealing.OpenAsync(row.Sealed, row.Alias, row.KeyId, cancel));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => reads.DisposeAsync();

    /// <summary>Why this is no secret; null when it is one.</summary>
    internal static Refusal? ObjectionTo(Secret secret) => secret.Lend(octets => octets.Length) < MinimumLength || WellKnownSecrets.Has(secret)
        ? new(RefusalCode.PolicyViolation, $"A secret has at least {MinimumLength} octets and is not one that everybody knows.")
        : null;

    /// <summary>Why there cannot be another one beside those in force; null when there can.</summary>
    internal static Refusal? ObjectionToOneMore(int inForce) =>
        inForce < MaxAtATime ? null : new(RefusalCode.Conflict, $"There are {inForce} secrets in force already.");

    /// <summary>The secrets of senders and those of their aliases, the newest first.</summary>
    private async Task<IReadOnlyList<IReadOnlyList<CmpSecretRow>>> ReadAsync(IReadOnlyList<(string Alias, string KeyId)> senders)
    {
        string[] aliases = [.. senders.Select(s => s.Alias).Distinct(StringComparer.Ordinal)];
        string[] keyIds = [.. senders.Select(s => s.KeyId).Append("").Distinct(StringComparer.Ordinal)];
        await using CaDbContext db = await databases.CreateDbContextAsync();
        List<CmpSecretRow> rows = await db.Set<CmpSecretRow>().AsNoTracking()
            .Where(r => aliases.Contains(r.Alias) && keyIds.Contains(r.KeyId)).OrderByDescending(r => r.Number).ToListAsync();
        return [.. senders.Select(s => rows.FindAll(r => r.Alias == s.Alias && (r.KeyId == s.KeyId || r.KeyId.Length == 0)))];
    }
}
