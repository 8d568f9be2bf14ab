namespace ExtRa.Messages.Store;

/// <summary>What a worker wants to take.</summary>
/// <param name="Owner">Who takes it: unique for each worker in each process, at most 250 characters.</param>
/// <param name="Lease">How long it stays the worker's without renewal.</param>
/// <param name="Limit">The most messages at a time; fewer where they are large (<see cref="MessageLimits.ClaimLength"/>).</param>
/// <param name="Types">The kinds this worker serves; others it never sees.</param>
public sealed record ClaimOrder(string Owner, TimeSpan Lease, int Limit, IReadOnlyList<MessageType> Types);

/// <summary>A message that a worker has taken.</summary>
/// <param name="UniqueId">The key.</param>
/// <param name="MessageId">What the protocol calls the transaction. From the database: not to be trusted.</param>
/// <param name="Type">The kind of front end.</param>
/// <param name="Message">The sealed request.</param>
/// <param name="RequestDigest">SHA-256 of the request's meaning, by the front end; null in legacy rows.</param>
/// <param name="Attempts">Claims so far, this one included.</param>
/// <param name="CreateTime">When it was stored, or in legacy rows written anew; milliseconds since 1970. From the database: not to be trusted.</param>
/// <param name="Epoch">The fencing number: only the answer that carries the newest one is stored.</param>
public sealed record ClaimedMessage(
    string UniqueId, string MessageId, MessageType Type, string Message, string? RequestDigest, int Attempts, long CreateTime, long Epoch)
{
    /// <summary>
    /// What a legacy row holds as its digest once it was answered by us. Its client may write the next request into it,
    /// and this tells that request from the one before.
    /// </summary>
    public const string LifePrefix = "life-";

    /// <summary>
    /// What a row holds as its digest that a legacy worker had taken and not answered when it was stopped: the request may
    /// have been executed.
    /// </summary>
    public const string TakenOver = "taken-over";

    /// <summary>The message column itself where it is only a reference to what <see cref="Message"/> holds; null otherwise.</summary>
    public string? Column { get; init; }

    /// <summary>
    /// Octets of a text that is longer than any message (<see cref="MessageLimits.MessageLength"/>) and was not read:
    /// <see cref="Message"/> is its beginning then. Null for all others.
    /// </summary>
    public long? Oversize { get; init; }

    /// <summary>True for a row that a legacy client has written: it may write it again, at any time.</summary>
    public bool IsLegacyWritten => RequestDigest is null || HasLivedBefore || IsTakenOver;

    /// <summary>True when a legacy worker had taken it: what it may have issued counts.</summary>
    public bool IsTakenOver => RequestDigest?.TrimEnd() == TakenOver;

    /// <summary>True for a row of a legacy client in which we have answered an earlier request.</summary>
    public bool HasLivedBefore => RequestDigest?.StartsWith(LifePrefix, StringComparison.Ordinal) ?? false;

    /// <summary>The key as it may be written into a log: whoever owns the database chose it.</summary>
    public string LogId => Printable.Of(UniqueId);
}

/// <summary>An answer to a claimed message.</summary>
/// <param name="UniqueId">The message.</param>
/// <param name="LeaseOwner">Who claimed it.</param>
/// <param name="Epoch">The claim's fencing number.</param>
/// <param name="RequestMessage">For rows shared with legacy programs: the request as it was claimed. If the row holds another one by now, the answer is not stored.</param>
/// <param name="Message">The sealed answer.</param>
public sealed record MessageAnswer(string UniqueId, string LeaseOwner, long Epoch, string? RequestMessage, string Message)
{
    /// <summary>
    /// For a row that its legacy client may write again: what the row then has as its digest. Attempts are counted anew
    /// from this answer on. Null for rows that live once.
    /// </summary>
    public string? NextLife { get; init; }
}
