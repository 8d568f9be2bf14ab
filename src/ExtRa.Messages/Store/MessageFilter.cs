namespace ExtRa.Messages.Store;

/// <summary>Which rows a person wants to see, newest first.</summary>
/// <param name="Status">Only these, or null for all.</param>
/// <param name="Type">Only these, or null for all.</param>
/// <param name="MessageId">Only this transaction, or null for all.</param>
/// <param name="Limit">The most rows.</param>
public sealed record MessageFilter(MessageStatus? Status = null, MessageType? Type = null, string? MessageId = null, int Limit = 100);

/// <summary>How full the mailbox is.</summary>
/// <param name="Waiting">Waiting messages, those set aside included.</param>
/// <param name="SetAside">Waiting messages that are not to be looked at yet: a person must decide, or a fault must pass.</param>
/// <param name="InProcess">Messages that workers have.</param>
/// <param name="Processed">Answered messages.</param>
/// <param name="OldestWaiting">The age of the oldest message that waits for a worker; null if none does.</param>
public sealed record MessageStats(long Waiting, long SetAside, long InProcess, long Processed, TimeSpan? OldestWaiting);
