namespace ExtRa.Messages.Store;

/// <summary>
/// The message database did not do what was asked: it cannot be reached, is too slow, or refused. Whether the change
/// was made is then unknown; all operations may be repeated.
/// </summary>
public sealed class MessageStoreUnavailableException : Exception
{
    /// <summary>Names the failure by its code only: no values, no connection string.</summary>
    public MessageStoreUnavailableException(string code, bool isTransient, Exception inner)
        : base($"The message database {(isTransient ? "does not answer" : "refused a statement")} ({code}).", inner)
    {
        Code = code;
        IsTransient = isTransient;
    }

    /// <summary>SQLSTATE or error number of the database, or the kind of network failure.</summary>
    public string Code { get; }

    /// <summary>True where it may pass by itself: the connection, not the statement, is at fault.</summary>
    public bool IsTransient { get; }
}

/// <summary>A name or text that no message row may hold. The message says which rule it breaks and repeats no content.</summary>
public sealed class InvalidMessageException : ArgumentException
{
    /// <summary>Says which rule is broken.</summary>
    public InvalidMessageException(string message)
        : base(message)
    {
    }
}
