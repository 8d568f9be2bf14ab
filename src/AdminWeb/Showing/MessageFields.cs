using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;

namespace AdminWeb.Showing;

/// <summary>What a page shows of a message row. The sealed content is not among it and so can never get onto one.</summary>
internal sealed record MessageFields
{
    public required string UniqueId { get; init; }

    public required string MessageId { get; init; }

    /// <summary>The short code that both ends can read over the telephone; legacy rows have none.</summary>
    public string? Code { get; init; }

    public MessageType Type { get; init; }

    public MessageStatus Status { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Changed { get; init; }

    public TimeSpan Age { get; init; }

    public int Attempts { get; init; }

    public string? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public string? RequestDigest { get; init; }

    /// <summary>One word more than the status: set aside, or whose.</summary>
    public string State => this switch
    {
        { Status: MessageStatus.InProcess, LeaseOwner: { } owner } => $"In process at {owner}",
        { Status: MessageStatus.Waiting, NotBefore: { } until } => $"Set aside until {Show.Time(until)}",
        _ => Status.ToString(),
    };

    public static MessageFields Of(MessageRow row, DateTimeOffset now)
    {
        DateTimeOffset created = MessageRow.Time(row.CreateTime);
        return new()
        {
            UniqueId = row.UniqueId,
            MessageId = row.MessageId,
            Code = RequestCode.Find(row.RequestDigest),
            Type = row.Type,
            Status = row.Status,
            Created = created,
            Changed = MessageRow.Time(row.ModifyTime),
            Age = now - created,
            Attempts = row.Attempts,
            LeaseOwner = row.LeaseOwner,
            LeaseUntil = MessageRow.Time(row.LeaseUntil),
            NotBefore = MessageRow.Time(row.NotBefore) is { } until && until > now ? until : null,
            RequestDigest = row.RequestDigest,
        };
    }
}
