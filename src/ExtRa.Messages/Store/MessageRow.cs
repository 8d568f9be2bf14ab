namespace ExtRa.Messages.Store;

/// <summary>The life of a message row. The numbers are those of legacy programs.</summary>
public enum MessageStatus
{
    /// <summary>Stored by a front end, or given back by a worker.</summary>
    Waiting = 1,

    /// <summary>Claimed by a worker.</summary>
    InProcess = 2,

    /// <summary>Answered: the message column holds the answer.</summary>
    Processed = 3,
}

/// <summary>Which kind of front end a message came through. The first two numbers are those of legacy programs.</summary>
public enum MessageType
{
    /// <summary>A program that uses the External RA API.</summary>
    ExtRa = 1,

    /// <summary>A SCEP RA.</summary>
    Scep = 2,

    /// <summary>A CMP proxy.</summary>
    Cmp = 3,
}

/// <summary>A row of the table <c>message</c> (ARCHITECTURE.md 3). Times are milliseconds since 1970 UTC by the database's clock.</summary>
/// <param name="UniqueId">The key.</param>
/// <param name="MessageId">What the protocol calls the transaction.</param>
/// <param name="Type">The kind of front end.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreateTime">When it was stored.</param>
/// <param name="ModifyTime">When it last changed hands.</param>
/// <param name="Message">The sealed request, or the sealed answer once processed; null where a list leaves it out.</param>
/// <param name="RequestDigest">SHA-256 of the request's meaning; null in legacy rows.</param>
/// <param name="Attempts">Claims so far.</param>
/// <param name="NotBefore">Set while a waiting message is set aside until a later time.</param>
/// <param name="LeaseOwner">The worker that has it.</param>
/// <param name="LeaseUntil">When the worker's lease ends.</param>
public sealed record MessageRow(
    string UniqueId,
    string MessageId,
    MessageType Type,
    MessageStatus Status,
    long CreateTime,
    long ModifyTime,
    string? Message,
    string? RequestDigest,
    int Attempts,
    long? NotBefore,
    string? LeaseOwner,
    long? LeaseUntil)
{
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>
    /// Taken by a worker that knows no leases. Once the legacy worker is stopped nobody will answer it:
    /// <see cref="IMessageStore.TakeOverAsync"/>.
    /// </summary>
    public bool IsLeftByLegacyWorker => this is { Status: MessageStatus.InProcess, LeaseOwner: null, LeaseUntil: null };

    /// <summary>The time that a column means. Legacy programs write what they like: what no calendar has becomes its nearest end.</summary>
    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, Latest));

    /// <summary>As the other; null for NULL.</summary>
    public static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } value ? Time(value) : null;

    /// <summary>
    /// Octets of a text that is longer than any message (<see cref="MessageLimits.MessageLength"/>) and was not read:
    /// <see cref="Message"/> is null then. Null for all others.
    /// </summary>
    public long? Oversize { get; init; }
}
