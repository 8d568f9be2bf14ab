using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;

namespace ExtRa.Processing;

/// <summary>What a processor says: done, no, or not yet (ARCHITECTURE.md 6). Faults are exceptions.</summary>
public abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>Done; the effects are staged.</summary>
    /// <param name="Response">The answer to the requester.</param>
    public sealed record Done(Response Response) : Answer;

    /// <summary>Refused; nothing is staged.</summary>
    /// <param name="Refusal">Its code travels, its detail goes to log and audit.</param>
    public sealed record No(Refusal Refusal) : Answer;

    /// <summary>
    /// Cannot be decided now. The message waits; other messages proceed. Front ends that hold their client's call tell
    /// it at once when the wait is long, as it is when a person must decide.
    /// </summary>
    /// <param name="Wait">Earliest next look.</param>
    /// <param name="Reason">For the log.</param>
    public sealed record NotYet(TimeSpan Wait, string Reason) : Answer;
}
