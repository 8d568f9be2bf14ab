using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Ledger;

/// <summary>Names one part of one request, whatever way it came (ARCHITECTURE §5).</summary>
/// <param name="UniqueId">Identity of the request.</param>
/// <param name="RequestHash">SHA-256 of the request as it was received.</param>
/// <param name="Index">Which part of it, from 0.</param>
public sealed record InboxKey(string UniqueId, byte[] RequestHash, int Index)
{
    /// <inheritdoc />
    public bool Equals(InboxKey? other) =>
        other is not null && Index == other.Index && UniqueId == other.UniqueId && RequestHash.AsSpan().SequenceEqual(other.RequestHash);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(UniqueId, Index, RequestHash.Length > 0 ? RequestHash[0] : 0);

    /// <inheritdoc />
    public override string ToString() => $"{UniqueId}#{Index}";
}

/// <summary>An answer remembered under its key.</summary>
/// <param name="Key">What was answered.</param>
/// <param name="Answer">The answer, opaque here.</param>
/// <param name="At">When.</param>
public sealed record InboxEntry(InboxKey Key, byte[] Answer, DateTimeOffset At);

/// <summary>Reads and clears the answers that the ledger remembers.</summary>
public sealed class Inbox : IAsyncDisposable
{
    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly SharedReads<IReadOnlyCollection<InboxKey>, IReadOnlyDictionary<InboxKey, InboxEntry>> reads;

    /// <summary>Over the CA database.</summary>
    public Inbox(IDbContextFactory<CaDbContext> databases)
    {
        this.databases = databases;
        reads = new(ReadAsync);
    }

    /// <summary>The answers there are for these keys; keys without an answer are absent.</summary>
    public Task<IReadOnlyDictionary<InboxKey, InboxEntry>> FindAsync(IReadOnlyCollection<InboxKey> keys, CancellationToken cancel) => reads.FindAsync(keys, cancel);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => reads.DisposeAsync();

    /// <summary>Forgets answers older than this moment. Requests that old are refused by then.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset olderThan, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<InboxRow>().Where(r => r.At < olderThan).ExecuteDeleteAsync(cancel);
    }

    private async Task<IReadOnlyList<IReadOnlyDictionary<InboxKey, InboxEntry>>> ReadAsync(IReadOnlyList<IReadOnlyCollection<InboxKey>> asked)
    {
        InboxKey[] wanted = [.. asked.SelectMany(keys => keys).Distinct()];
        (string[] ids, byte[][] hashes) = ([.. wanted.Select(key => key.UniqueId)], [.. wanted.Select(key => key.RequestHash)]);
        await using CaDbContext db = await databases.CreateDbContextAsync();
        // Both halves of the key: a request that polls for days has an answer for each poll under one identity.
        Dictionary<InboxKey, InboxEntry> entries = (await db.Set<InboxRow>().AsNoTracking().Where(r => ids.Contains(r.UniqueId) && hashes.Contains(r.RequestHash)).ToListAsync())
            .Select(r => new InboxEntry(new(r.UniqueId, r.RequestHash, r.Part), r.Answer, r.At)).ToDictionary(e => e.Key);
        return [.. asked.Select(keys => keys.Distinct().Where(entries.ContainsKey).ToDictionary(key => key, key => entries[key]))];
    }
}

internal sealed class InboxRow : IRow<InboxRow>
{
    public const string KeyConstraint = "pk_inbox";

    public required string UniqueId { get; set; }

    public required byte[] RequestHash { get; set; }

    public int Part { get; set; }

    public required byte[] Answer { get; set; }

    public DateTimeOffset At { get; set; }

    public static InboxRow For(InboxEntry entry) => new()
    {
        UniqueId = entry.Key.UniqueId,
        RequestHash = entry.Key.RequestHash,
        Part = entry.Key.Index,
        Answer = entry.Answer,
        At = entry.At,
    };

    public static void Map(EntityTypeBuilder<InboxRow> row)
    {
        row.ToTable("inbox");
        row.HasKey(r => new { r.UniqueId, r.RequestHash, r.Part });
        row.Property(r => r.UniqueId).HasMaxLength(250);
        row.HasIndex(r => r.At);
    }
}
