namespace Ca.Core.Ledger;

/// <summary>The request under this key was answered before; nothing of the work was done. Read the inbox.</summary>
public sealed class AlreadyAnsweredException(InboxKey key) : Exception($"Request '{key}' was answered before.")
{
    /// <summary>Where to look.</summary>
    public InboxKey Key { get; } = key;
}

/// <summary>Somebody else changed or created the same row first; nothing of the work was done.</summary>
public sealed class ConcurrentChangeException(string constraint, Exception inner)
    : Exception($"Changed by somebody else at the same time ({constraint}).", inner)
{
    /// <summary>Constraint or table where the two met.</summary>
    public string Constraint { get; } = constraint;
}

/// <summary>The certificate in whose name the work was to be done has ended or is revoked; nothing of the work was done.</summary>
public sealed class SignerNotInForceException(string fingerprint) : Exception($"The certificate {fingerprint}, in whose name this was asked, has ended or is revoked.");
