using Ca.Core.Ledger;

namespace Ca.Core.Approvals;

/// <summary>
/// Where work comes from: shown to those who approve it, and remembered so that the message which waits can be woken.
/// Nothing here decides who may have what, except <see cref="Approvals"/>.
/// </summary>
public sealed record WorkOrigin
{
    /// <summary>An administrator at a command line or web page. Approvals are asked for, and the request waits longer.</summary>
    public static WorkOrigin Interactive { get; } = new() { Source = "administrator" };

    /// <summary>Worker or program.</summary>
    public required string Source { get; init; }

    /// <summary>Whether approvals are asked for.</summary>
    public ApprovalMode Approvals { get; init; } = ApprovalMode.Required;

    /// <summary>The queued message that waits; null: nobody's.</summary>
    public WaitingMessage? Message { get; init; }
}

/// <summary>A message in a message database.</summary>
/// <param name="DataSource">Which database, by the worker's name for it.</param>
/// <param name="Key">Which part of which message.</param>
/// <param name="TransactionId">What the protocol calls the transaction.</param>
/// <param name="Protocol">The front end's kind.</param>
/// <param name="Code">Short code that the front end shows for it; null where it has none.</param>
public sealed record WaitingMessage(string DataSource, InboxKey Key, string TransactionId, string Protocol, string? Code);
