using System.Text.Json.Serialization;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary>A message row as it is shown.</summary>
internal sealed record MessageView
{
    public static readonly IReadOnlyList<Column<MessageView>> Columns =
    [
        new("Code", m => m.Code) { Whole = true },
        new("Type", m => m.Type.ToString()),
        new("Status", m => m.Status.ToString()),
        new("Age", m => Texts.Span(m.Age)) { Number = true },
        new("Attempts", m => Texts.Number(m.Attempts)) { Number = true },
        new("Lease", m => m.Lease),
        new("Message id", m => Texts.Short(m.MessageId, 44)),
        new("Unique id", m => Texts.Short(m.UniqueId, 15)),
    ];

    public static readonly IReadOnlyList<Column<MessageView>> Fields =
    [
        new("Unique id", m => m.UniqueId),
        new("Message id", m => Texts.Short(m.MessageId, 255)),
        new("Request code", m => m.Code),
        new("Type", m => m.Type.ToString()),
        new("Status", m => m.Status.ToString()),
        new("Stored", m => Texts.Time(m.Created)),
        new("Changed", m => Texts.Time(m.Modified)),
        new("Age", m => Texts.Span(m.Age)),
        new("Attempts", m => Texts.Number(m.Attempts)),
        new("Lease", m => m.Lease),
        new("Not before", m => Texts.Time(m.NotBefore)),
        new("Request digest", m => m.RequestDigest),
        new("Content", m => m.Content),
    ];

    public required string UniqueId { get; init; }

    public required string MessageId { get; init; }

    public required string? Code { get; init; }

    public required MessageType Type { get; init; }

    public required MessageStatus Status { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Modified { get; init; }

    [JsonIgnore]
    public TimeSpan Age { get; init; }

    public long AgeSeconds => (long)Age.TotalSeconds;

    public required int Attempts { get; init; }

    public required string? LeaseOwner { get; init; }

    public required DateTimeOffset? LeaseUntil { get; init; }

    [JsonIgnore]
    public string? Lease { get; init; }

    public required DateTimeOffset? NotBefore { get; init; }

    public required string? RequestDigest { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    public static MessageView Of(MessageRow row, DateTimeOffset now) => new()
    {
        UniqueId = row.UniqueId,
        MessageId = row.MessageId,
        Code = CodeOf(row),
        Type = row.Type,
        Status = row.Status,
        Created = MessageRow.Time(row.CreateTime),
        Modified = MessageRow.Time(row.ModifyTime),
        Age = now - MessageRow.Time(row.CreateTime),
        Attempts = row.Attempts,
        LeaseOwner = row.LeaseOwner,
        LeaseUntil = MessageRow.Time(row.LeaseUntil),
        Lease = LeaseOf(row, now),
        NotBefore = MessageRow.Time(row.NotBefore),
        RequestDigest = row.RequestDigest,
    };

    /// <summary>The short code of a request; legacy rows have none.</summary>
    public static string? CodeOf(MessageRow row) => RequestCode.Find(row.RequestDigest);

    private static string? LeaseOf(MessageRow row, DateTimeOffset now)
    {
        if (row.Status == MessageStatus.InProcess)
        {
            TimeSpan? left = MessageRow.Time(row.LeaseUntil) - now;
            return left switch
            {
                null => row.IsLeftByLegacyWorker ? "left by a legacy worker" : row.LeaseOwner,
                { } rest when rest < TimeSpan.Zero => $"{row.LeaseOwner}, over since {Texts.Span(-rest)}",
                { } rest => $"{row.LeaseOwner}, {Texts.Span(rest)} left",
            };
        }

        return row.Status == MessageStatus.Waiting && MessageRow.Time(row.NotBefore) is { } until && until > now ? $"set aside for {Texts.Span(until - now)}" : null;
    }
}
