namespace Ca.Core.Approvals;

/// <summary>
/// What was asked for is fine, and people must agree first. The request is kept; the same request, made again after they
/// did, is executed.
/// </summary>
public sealed class ApprovalPendingException : NotNowException
{
    internal ApprovalPendingException(long id, string? askedBy, int missing, DateTimeOffset expireAt, TimeSpan retryAfter)
        : base($"Waits for approval {id}: {missing} more needed.", retryAfter)
    {
        Id = id;
        AskedBy = askedBy;
        Missing = missing;
        ExpireAt = expireAt;
    }

    /// <summary>What people quote.</summary>
    public long Id { get; }

    /// <summary>The message that asked first; null: no message did.</summary>
    public string? AskedBy { get; }

    /// <summary>Approvals still missing.</summary>
    public int Missing { get; }

    /// <summary>When the request ends undecided.</summary>
    public DateTimeOffset ExpireAt { get; }
}
