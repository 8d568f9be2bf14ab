using Ca.Core.Roles;
using Ca.Core.Ledger;
using ExtRa.Messages.Store;

namespace ExtRa.Processing;

/// <summary>Who asks, and where the effects of the request go.</summary>
/// <param name="Actor">The verified sender with its rights.</param>
/// <param name="Work">Collects effects and audit entries; the worker commits them.</param>
/// <param name="Key">Identity of this very request: message, digest, position. Plans and inbox are kept under it.</param>
/// <param name="MessageId">What the protocol calls the transaction; for the audit log.</param>
/// <param name="Type">The front end's kind.</param>
public sealed record ProcessingContext(Actor Actor, CaWork Work, InboxKey Key, string MessageId, MessageType Type)
{
    /// <summary>When the front end made the message, by its own signed word; null where it said nothing.</summary>
    public DateTimeOffset? Sent { get; init; }

    /// <summary>
    /// A legacy worker had taken the request and was stopped before it answered: it may have issued already, and what it
    /// issued is the answer.
    /// </summary>
    public bool IsTakenOver { get; init; }
}
