using System.Data.Common;

namespace ExtRa.Messages.Store.PostgreSql;

/// <summary>The table <c>message</c> in PostgreSQL: many rows go in as arrays, in one statement.</summary>
internal sealed class PostgreSqlMessageTable(PostgreSqlDatabase database, LegacyText written) : MessageTable(database)
{
    /// <summary>The channel on which create_messages.sql and wake_messages.sql ring.</summary>
    public const string RequestChannel = "extra_request";

    /// <summary>The channel on which answer_messages.sql and release_message.sql ring; the payload names messages.</summary>
    public const string AnswerChannel = "extra_answer";

    private readonly LargeObjects objects = new(database);

    public override async Task<(HashSet<string> Created, List<StoredIdentity> Stored)> CreateAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancel)
    {
        string[] keys = [.. messages.Select(message => message.UniqueId)];
        NewMessage[] inline = [.. messages.Where(message => !IsLarge(message.Message))];
        SqlValue[] rows =
        [
            new("uniqueids", inline.Select(message => message.UniqueId).ToArray()),
            new("messageids", inline.Select(message => message.MessageId).ToArray()),
            new("types", inline.Select(message => (int)message.Type).ToArray()),
            new("messages", inline.Select(message => message.Message).ToArray()),
            new("digests", inline.Select(message => message.RequestDigest).ToArray()),
        ];
        // One round trip and one commit; the second query sees what the first has stored, and what stood in its way.
        List<(string Key, StoredIdentity? Stored)> results = await database.QueryBatchAsync<(string, StoredIdentity?)>(
            [
                ("create_messages", rows, row => (row.GetString(0), null)),
                .. messages.Where(message => IsLarge(message.Message)).SelectMany(CreateLarge),
                ("find_identity", [new("uniqueids", keys)], row => (row.GetString(0), ReadIdentity(row))),
            ],
            cancel);
        return (
            results.Where(result => result.Stored is null).Select(result => result.Key).ToHashSet(StringComparer.Ordinal),
            [.. results.Select(result => result.Stored).OfType<StoredIdentity>()]);
    }

    public override async Task<List<ClaimedMessage>> ClaimAsync(ClaimOrder order, int newest, CancellationToken cancel)
    {
        List<ClaimedMessage> claimed = await database.QueryAsync(
            "claim_messages",
            ReadClaimed,
            cancel,
            new SqlValue("owner", order.Owner),
            new("lease", Milliseconds(order.Lease)),
            new("limit", order.Limit),
            new("newest", newest),
            new("types", order.Types.Select(type => (int)type).ToArray()),
            Longest,
            new("most", MessageLimits.ClaimLength));
        return claimed.Exists(message => LargeObjects.IsNumber(message.Message)) ? await ReadObjectsAsync(order.Owner, claimed, cancel) : claimed;
    }

    /// <summary>How large an object is is known once it was read: what would be too much goes back at once and is the next claim's.</summary>
    private async Task<List<ClaimedMessage>> ReadObjectsAsync(string owner, List<ClaimedMessage> claimed, CancellationToken cancel)
    {
        List<ClaimedMessage> read = [];
        long octets = 0;
        foreach (ClaimedMessage message in claimed)
        {
            bool isObject = LargeObjects.IsNumber(message.Message);
            if (isObject && read.Count > 0 && octets + MessageLimits.MessageLength > MessageLimits.ClaimLength)
            {
                await ReleaseAsync(message.UniqueId, owner, message.Epoch, TimeSpan.Zero, counted: false, cancel);
                continue;
            }

            read.Add(isObject ? message with { Message = await objects.ReadAsync(message.Message, cancel), Column = message.Message } : message);
            octets += read[^1].Message.Length;
        }

        return read;
    }

    public override async Task<MessageRow?> FindAsync(string uniqueId, CancellationToken cancel) =>
        await base.FindAsync(uniqueId, cancel) is { } row ? await ResolveAsync(row, cancel) : null;

    public override async Task<List<MessageRow>> FindDecidedAsync(IReadOnlyList<string> uniqueIds, CancellationToken cancel)
    {
        List<MessageRow> rows = await base.FindDecidedAsync(uniqueIds, cancel);
        for (int i = 0; i < rows.Count; i++)
        {
            rows[i] = await ResolveAsync(rows[i], cancel);
        }

        return rows;
    }

    public override async Task<int> AnswerAsync(IReadOnlyList<MessageAnswer> batch, CancellationToken cancel)
    {
        MessageAnswer[] answers = [.. batch.Where(answer => answer.RequestMessage is null)];
        SqlValue[] native =
        [
            new("uniqueids", answers.Select(answer => answer.UniqueId).ToArray()),
            new("owners", answers.Select(answer => answer.LeaseOwner).ToArray()),
            new("epochs", answers.Select(answer => answer.Epoch).ToArray()),
            new("requests", answers.Select(answer => answer.RequestMessage).ToArray()),
            new("answers", answers.Select(answer => answer.Message).ToArray()),
        ];
        List<int> stored = await database.QueryBatchAsync<int>(
            [
                .. answers.Length > 0 ? [("answer_messages", native, row => (int)row.GetInt64(0))] : Array.Empty<(string, SqlValue[], Func<DbDataReader, int>)>(),
                .. batch.Where(answer => answer.RequestMessage is not null).Select(AnswerLegacy),
            ],
            cancel);
        return stored.Sum();
    }

    /// <summary>An answer to what lies in a large object becomes one too: who keeps one form reads no other (WIRE.md 1.3).</summary>
    private (string, SqlValue[], Func<DbDataReader, int>) AnswerLegacy(MessageAnswer answer) => (
        "answer_legacy_message",
        [
            new("uniqueid", answer.UniqueId),
            new("owner", answer.LeaseOwner),
            new("epoch", answer.Epoch),
            new("request", answer.RequestMessage),
            new("answer", answer.Message),
            new("life", answer.NextLife),
            new("large", LargeObjects.IsNumber(answer.RequestMessage) || written == LegacyText.LargeObject),
            Longest,
        ],
        row => (int)row.GetInt64(0));

    private IEnumerable<(string, SqlValue[], Func<DbDataReader, (string, StoredIdentity?)>)> CreateLarge(NewMessage message) =>
    [
        ("lock_message", [new("uniqueid", message.UniqueId)], row => (row.GetString(0), null)),
        (
            "create_large_message",
            [
                new("uniqueid", message.UniqueId),
                new("messageid", message.MessageId),
                new("type", (int)message.Type),
                new("message", message.Message),
                new("digest", message.RequestDigest),
            ],
            row => (row.GetString(0), null)),
    ];

    // Native messages are base64 and stay where they are: only documents of legacy programs begin like this.
    private bool IsLarge(string message) => written == LegacyText.LargeObject && message[0] == '<';

    private async Task<MessageRow> ResolveAsync(MessageRow row, CancellationToken cancel) =>
        LargeObjects.IsNumber(row.Message) ? row with { Message = await objects.ReadAsync(row.Message!, cancel) } : row;
}
