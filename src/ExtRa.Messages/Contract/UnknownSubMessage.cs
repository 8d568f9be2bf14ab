namespace ExtRa.Messages.Contract;

/// <summary>
/// A submessage of a class this program does not have. It is kept, so that the other parts of its message are not
/// lost and it gets an answer of its own.
/// </summary>
public sealed record UnknownSubMessage : SubMessage
{
    /// <summary>The class name as it came, at most 200 characters.</summary>
    public required string ClassName { get; init; }
}
