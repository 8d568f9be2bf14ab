namespace ExtRa.Messages.Store.PostgreSql;

/// <summary>The table <c>message</c> in PostgreSQL: many rows go in as arrays, in one statement.</summary>
internal sealed class PostgreSqlMessageTable(PostgreSqlDatabase database) : MessageTable(database)
{
    /// <summary>The channel on which create_messages.sql and wake_messages.sql ring.</summary>
    public const string RequestChannel = "extra_request";

    /// <summary>The channel on which answer_messages.sql and release_message.sql ring; the payload names messages.</summary>
    public const string AnswerChannel = "extra_answer";

    public override async Task<(HashSet<string> Created, List<StoredIdentity> Stored)> CreateAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancel)
    {
        string[] keys = [.. messages.Select(message => message.UniqueId)];
        SqlValue[] rows =
        [
            new("uniqueids", keys),
            new("messageids", messages.Select(message => message.MessageId).ToArray()),
            new("types", messages.Select(message => (int)message.Type).ToArray()),
            new("messages", messages.Select(message => message.Message).ToArray()),
            new("digests", messages.Select(message => message.RequestDigest).ToArray()),
        ];
        // One round trip and one commit; the second query sees what the first has stored, and what stood in its way.
        List<(string Key, StoredIdentity? Stored)> results = await database.QueryBatchAsync<(string, StoredIdentity?)>(
            [
                ("create_messages", rows, row => (row.GetString(0), null)),
                ("find_identity", [new("uniqueids", keys)], row => (row.GetString(0), ReadIdentity(row))),
            ],
            cancel);
        return (
            results.Where(result => result.Stored is null).Select(result => result.Key).ToHashSet(StringComparer.Ordinal),
            [.. results.Select(result => result.Stored).OfType<StoredIdentity>()]);
    }

    public override Task<List<ClaimedMessage>> ClaimAsync(ClaimOrder order, int newest, CancellationToken cancel) =>
        database.QueryAsync(
            "claim_messages",
            ReadClaimed,
            cancel,
            new SqlValue("owner", order.Owner),
            new("lease", Milliseconds(order.Lease)),
            new("limit", order.Limit),
            new("newest", newest),
            new("types", order.Types.Select(type => (int)type).ToArray()));

    public override async Task<int> AnswerAsync(IReadOnlyList<MessageAnswer> answers, CancellationToken cancel)
    {
        List<int> stored = await database.QueryAsync(
            "answer_messages",
            row => (int)row.GetInt64(0),
            cancel,
            new SqlValue("uniqueids", answers.Select(answer => answer.UniqueId).ToArray()),
            new("owners", answers.Select(answer => answer.LeaseOwner).ToArray()),
            new("epochs", answers.Select(answer => answer.Epoch).ToArray()),
            new("requests", answers.Select(answer => answer.RequestMessage).ToArray()),
            new("answers", answers.Select(answer => answer.Message).ToArray()));
        return stored.Single();
    }
}
