namespace CaServiceWorker;

/// <summary>
/// The named points in a message's life at which a crash must lose nothing (ARCHITECTURE.md 5). In order; the kill
/// tests stop the process at each.
/// </summary>
internal enum Milestone
{
    AfterClaim,
    AfterOpen,
    BeforeCommit,
    AfterCommit,
    BeforeAnswer,
    AfterAnswer,
}

/// <summary>Is told when a message passes a milestone. Production has none; the kill tests compose their own.</summary>
internal interface IMilestones
{
    void Reached(Milestone milestone, string uniqueId);
}

/// <summary>Nobody watches.</summary>
internal sealed class NoMilestones : IMilestones
{
    public void Reached(Milestone milestone, string uniqueId)
    {
        // Production: a message passes unobserved.
    }
}
