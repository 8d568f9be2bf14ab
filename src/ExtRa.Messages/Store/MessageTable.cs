using System.Data.Common;

namespace ExtRa.Messages.Store;

/// <summary>What tells whether a stored request is the same as a new one.</summary>
internal sealed record StoredIdentity(string UniqueId, string MessageId, MessageType Type, string? RequestDigest);

/// <summary>The table <c>message</c>: one method for each query file. Dialects differ where many rows go in at once.</summary>
internal abstract class MessageTable(SqlDatabase database)
{
    // A worker sets a message aside for less than this when it meets another request in its way, and for longer when a
    // person must decide: only then there is something to tell whoever waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What is longer is not read: nobody may fill our memory by writing a row.</summary>
    protected static SqlValue Longest => new("longest", MessageLimits.MessageLength);

    /// <summary>Stores new rows (distinct keys, sorted) and tells which were stored and what is there now under each key.</summary>
    public abstract Task<(HashSet<string> Created, List<StoredIdentity> Stored)> CreateAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancel);

    /// <summary>Takes up to <c>order.Limit</c> rows, of which <paramref name="newest"/> places go to the newest.</summary>
    public abstract Task<List<ClaimedMessage>> ClaimAsync(ClaimOrder order, int newest, CancellationToken cancel);

    /// <summary>Stores answers whose claim is still the newest.</summary>
    public abstract Task<int> AnswerAsync(IReadOnlyList<MessageAnswer> answers, CancellationToken cancel);

    public virtual async Task<MessageRow?> FindAsync(string uniqueId, CancellationToken cancel) =>
        (await database.QueryAsync("find_message", ReadRow, cancel, new SqlValue("uniqueid", uniqueId), Longest)).SingleOrDefault();

    public virtual Task<List<MessageRow>> FindDecidedAsync(IReadOnlyList<string> uniqueIds, CancellationToken cancel) =>
        database.QueryAsync("find_decided", ReadRow, cancel, new SqlValue("uniqueids", uniqueIds), new("patience", Milliseconds(Patience)), Longest);

    public Task<int> RenewAsync(string owner, IReadOnlyList<string> uniqueIds, TimeSpan lease, CancellationToken cancel) =>
        database.ExecuteAsync("renew_leases", cancel, new SqlValue("owner", owner), new("uniqueids", uniqueIds), new("lease", Milliseconds(lease)));

    public Task ReleaseAsync(string uniqueId, string owner, long epoch, TimeSpan delay, bool counted, CancellationToken cancel) =>
        database.ExecuteAsync(
            "release_message", cancel, new SqlValue("uniqueid", uniqueId), new("owner", owner), new("epoch", epoch), new("delay", Milliseconds(delay)), new("counted", counted ? 1 : 0));

    public Task WakeAsync(IReadOnlyList<string> uniqueIds, CancellationToken cancel) =>
        database.ExecuteAsync("wake_messages", cancel, new SqlValue("uniqueids", uniqueIds));

    public Task<int> TakeOverAsync(CancellationToken cancel) =>
        database.ExecuteAsync("take_over_messages", cancel, new SqlValue("mark", ClaimedMessage.TakenOver));

    public Task<int> RemoveAsync(string uniqueId, string messageId, CancellationToken cancel) =>
        database.ExecuteAsync("remove_message", cancel, new SqlValue("uniqueid", uniqueId), new("messageid", messageId));

    public Task<int> PurgeAsync(TimeSpan age, int limit, CancellationToken cancel) =>
        database.ExecuteAsync("purge_processed", cancel, new SqlValue("age", Milliseconds(age)), new("limit", limit));

    public Task<List<MessageRow>> ExpireAsync(TimeSpan age, int limit, CancellationToken cancel) =>
        database.QueryAsync("expire_unanswered", ReadRow, cancel, new SqlValue("age", Milliseconds(age)), new("limit", limit));

    public async Task<MessageStats> StatsAsync(CancellationToken cancel) =>
        (await database.QueryAsync("message_stats", ReadStats, cancel)).Single();

    public Task<List<MessageRow>> ListAsync(MessageFilter filter, CancellationToken cancel) =>
        database.QueryAsync(
            "list_messages",
            ReadRow,
            cancel,
            new SqlValue("status", (int?)filter.Status ?? 0),
            new("type", (int?)filter.Type ?? 0),
            new("messageid", filter.MessageId ?? ""),
            new("limit", filter.Limit));

    protected static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    protected static StoredIdentity ReadIdentity(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), (MessageType)row.GetInt32(2), Text(row, 3));

    protected static ClaimedMessage ReadClaimed(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), (MessageType)row.GetInt32(2), row.GetString(3), Text(row, 4), row.GetInt32(5), Time(row, 6), Epoch: row.GetInt32(5))
    {
        Oversize = Number(row, 7),
    };

    private static MessageRow ReadRow(DbDataReader row) => new(
        UniqueId: row.GetString(0),
        MessageId: row.GetString(1),
        Type: (MessageType)row.GetInt32(2),
        Status: (MessageStatus)row.GetInt32(3),
        CreateTime: Time(row, 4),
        ModifyTime: Time(row, 5),
        Message: Text(row, 6),
        RequestDigest: Text(row, 7),
        Attempts: row.GetInt32(8),
        NotBefore: TimeOrNull(row, 9),
        LeaseOwner: Text(row, 10),
        LeaseUntil: TimeOrNull(row, 11))
    {
        Oversize = Number(row, 12),
    };

    private static MessageStats ReadStats(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), Number(row, 4) is long age ? TimeSpan.FromMilliseconds(age) : null);

    // Whoever wrote the row chose it: it is brought into the range that dates have.
    private static long Time(DbDataReader row, int column) => MessageRow.Time(row.GetInt64(column)).ToUnixTimeMilliseconds();

    private static long? TimeOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : Time(row, column);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
