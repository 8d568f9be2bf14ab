using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Roles;
using Ca.Core.Storage;

namespace Ca.Core.Ledger;

/// <summary>
/// Changes that belong together: they reach the database all or none, with their audit records and the answers they
/// justify, in one transaction.
/// </summary>
/// <remarks>A staged change may run more than once, each time on a fresh context: it must not keep what it got.</remarks>
public sealed class CaWork(WorkOrigin origin)
{
    private readonly List<Func<CaDbContext, CancellationToken, Task>> changes = [];
    private readonly List<Func<CaDbContext, CancellationToken, ValueTask<AuditEntry>>> audit = [];
    private readonly List<InboxEntry> inbox = [];
    private readonly List<InboxKey> open = [];
    private readonly HashSet<Standing> standings = [];
    private readonly HashSet<string> ended = new(StringComparer.Ordinal);
    private readonly HashSet<string> users = new(StringComparer.Ordinal);

    /// <summary>Work of an administrator or of this program itself.</summary>
    public CaWork()
        : this(WorkOrigin.Interactive)
    {
    }

    /// <summary>Where it comes from.</summary>
    public WorkOrigin Origin { get; } = origin;

    /// <summary>Approvals that were demanded and, by configuration of the origin, not asked for.</summary>
    public int BypassedApprovals { get; internal set; }

    internal IReadOnlyList<Func<CaDbContext, CancellationToken, Task>> Changes => changes;

    internal IReadOnlyList<Func<CaDbContext, CancellationToken, ValueTask<AuditEntry>>> AuditEntries => audit;

    internal IReadOnlyList<InboxEntry> InboxEntries => inbox;

    internal IReadOnlyList<InboxKey> OpenKeys => open;

    /// <summary>Who must still be in force when this is committed. Whoever ends his own certificate by it need not.</summary>
    internal IReadOnlyCollection<Standing> Standings => [.. standings.Where(standing => !ended.Contains(standing.Fingerprint))];

    /// <summary>
    /// The answer is a no to somebody unknown: nothing was done that must not be done twice, so nothing needs to be remembered.
    /// Strangers are free to ask as often as they like, and each answer would be kept for weeks.
    /// </summary>
    public bool IsForgettable { get; set; }

    /// <summary>True when there is nothing to commit.</summary>
    public bool IsEmpty => changes.Count == 0 && audit.Count == 0 && inbox.Count == 0;

    /// <summary>Takes back what was committed on the way to this work, should it be refused because its signer is no longer in force.</summary>
    internal Func<Task>? TakeBack { get; set; }

    /// <summary>Takes a step. Where it ends in an exception, what it has added is dropped and the work is as it was before.</summary>
    /// <remarks>For those who go on with the work all the same, perhaps with words of regret.</remarks>
    public async Task<T> AttemptAsync<T>(Func<Task<T>> step)
    {
        (int changesBefore, int auditBefore, int inboxBefore, int openBefore, int bypassedBefore) = (changes.Count, audit.Count, inbox.Count, open.Count, BypassedApprovals);
        (string[] usersBefore, Standing[] standingsBefore, string[] endedBefore, Func<Task>? takeBackBefore) = ([.. users], [.. standings], [.. ended], TakeBack);
        try
        {
            return await step();
        }
        catch
        {
            changes.RemoveRange(changesBefore, changes.Count - changesBefore);
            audit.RemoveRange(auditBefore, audit.Count - auditBefore);
            inbox.RemoveRange(inboxBefore, inbox.Count - inboxBefore);
            open.RemoveRange(openBefore, open.Count - openBefore);
            users.IntersectWith(usersBefore);
            standings.IntersectWith(standingsBefore);
            ended.IntersectWith(endedBefore);
            TakeBack = takeBackBefore;
            BypassedApprovals = bypassedBefore;
            throw;
        }
    }

    /// <summary>Adds a change.</summary>
    public void Stage(Action<CaDbContext> change) => changes.Add((db, _) =>
    {
        change(db);
        return Task.CompletedTask;
    });

    /// <summary>Adds a change that reads or updates the database itself, in the transaction.</summary>
    public void Stage(Func<CaDbContext, CancellationToken, Task> change) => changes.Add(change);

    /// <summary>Adds an audit record.</summary>
    public void Audit(AuditEntry entry) => audit.Add((_, _) => new(entry));

    /// <summary>Adds an audit record of what only the transaction knows, made in it after the changes.</summary>
    internal void AuditLater(Func<CaDbContext, CancellationToken, ValueTask<AuditEntry>> entry) => audit.Add(entry);

    /// <summary>Adds an answer to be remembered.</summary>
    public void Record(InboxEntry entry) => inbox.Add(entry);

    /// <summary>
    /// The work is void once this request is answered: its commit then fails with <see cref="AlreadyAnsweredException"/>.
    /// For what only prepares an answer, so that a slow worker prepares nothing that nobody will finish.
    /// </summary>
    public void RequireUnanswered(InboxKey key) => open.Add(key);

    /// <summary>
    /// The work is done in the name of this actor: if his certificate has ended or is revoked when it is committed, the
    /// commit fails with <see cref="SignerNotInForceException"/> and nothing is done, whatever was believed before.
    /// </summary>
    public void ActFor(Actor actor)
    {
        if (actor.Standing is { } standing)
        {
            standings.Add(standing);
        }
    }

    /// <summary>This work takes the certificate out of use.</summary>
    internal void End(string fingerprint) => ended.Add(fingerprint);

    /// <summary>Marks an end entity as changed by this work; false when it already is.</summary>
    internal bool Claim(string username) => users.Add(username);

    /// <summary>True when this work already changes the end entity.</summary>
    internal bool Holds(string username) => users.Contains(username);
}
