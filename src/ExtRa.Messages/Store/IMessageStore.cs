namespace ExtRa.Messages.Store;

/// <summary>
/// The mailbox between front ends and CA: rows of requests that become answers (ARCHITECTURE.md 3). All times are by
/// the database's clock, so the clocks of hosts never matter. It never opens what it stores.
/// </summary>
/// <remarks>
/// Every method throws <see cref="MessageStoreUnavailableException"/> when the database does not do its work, and
/// <see cref="InvalidMessageException"/>, before the database sees anything, for names and texts that no row may hold.
/// </remarks>
public interface IMessageStore
{
    /// <summary>Stores a request. What is there already is never changed. Calls made at the same time share one commit.</summary>
    Task<CreateResult> CreateAsync(NewMessage message, CancellationToken cancel);

    /// <summary>One row, or null if there is none.</summary>
    Task<MessageRow?> FindAsync(string uniqueId, CancellationToken cancel);

    /// <summary>
    /// Waits until a message is answered, or is set aside (waiting, with <see cref="MessageRow.NotBefore"/> in the
    /// future) because it takes longer.
    /// </summary>
    /// <returns>The row as it is then, or as it is when the time is over; null if there is none.</returns>
    Task<MessageRow?> WaitForAnswerAsync(string uniqueId, TimeSpan timeout, CancellationToken cancel);

    /// <summary>
    /// Takes waiting messages, oldest first with a share for the newest, and messages whose worker's lease ran out.
    /// Any number of workers may claim at the same time; each message goes to one.
    /// </summary>
    Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(ClaimOrder order, CancellationToken cancel);

    /// <summary>Lengthens leases, counted from now.</summary>
    /// <returns>How many were still this owner's.</returns>
    Task<int> RenewAsync(string owner, IReadOnlyList<string> uniqueIds, TimeSpan lease, CancellationToken cancel);

    /// <summary>Stores an answer where its claim is still the newest. Calls made at the same time share one commit.</summary>
    /// <returns>False when the row is no longer this claim's; nothing was changed.</returns>
    Task<bool> AnswerAsync(MessageAnswer answer, CancellationToken cancel);

    /// <summary>Gives a claimed message back; it is not claimed again for a while. Does nothing if the claim is not the newest.</summary>
    /// <param name="uniqueId">The message.</param>
    /// <param name="owner">Who claimed it.</param>
    /// <param name="epoch">The claim's fencing number.</param>
    /// <param name="notBefore">How long it is set aside.</param>
    /// <param name="countsAsAttempt">False where nothing failed, as when a person must decide first.</param>
    /// <param name="cancel">Cancels the call.</param>
    Task ReleaseAsync(string uniqueId, string owner, long epoch, TimeSpan notBefore, bool countsAsAttempt, CancellationToken cancel);

    /// <summary>Makes set-aside messages claimable at once, as when an approval was decided.</summary>
    Task WakeAsync(IReadOnlyList<string> uniqueIds, CancellationToken cancel);

    /// <summary>
    /// Makes waiting again what a legacy worker has taken and not answered, marked as <see cref="ClaimedMessage.TakenOver"/>.
    /// Only once that worker is stopped: it would answer too.
    /// </summary>
    /// <returns>How many there were.</returns>
    Task<int> TakeOverAsync(CancellationToken cancel);

    /// <summary>Removes a row of one's own that nobody will ask for again. Roles of front ends may lack the right (roles.sql).</summary>
    /// <param name="uniqueId">The message.</param>
    /// <param name="messageId">What it must be called: an equal key may be somebody else's.</param>
    /// <param name="cancel">Cancels the call.</param>
    Task RemoveAsync(string uniqueId, string messageId, CancellationToken cancel);

    /// <summary>Removes up to <paramref name="limit"/> answered messages whose answer is older than the given age.</summary>
    /// <returns>How many were removed.</returns>
    Task<long> PurgeAsync(TimeSpan processedOlderThan, int limit, CancellationToken cancel);

    /// <summary>Removes up to <paramref name="limit"/> requests that nobody answered within the given age.</summary>
    /// <returns>The removed rows, without their message, for the audit log.</returns>
    Task<IReadOnlyList<MessageRow>> ExpireAsync(TimeSpan olderThan, int limit, CancellationToken cancel);

    /// <summary>How full the mailbox is. Counts all rows: for people and slow clocks, not for each message.</summary>
    Task<MessageStats> StatsAsync(CancellationToken cancel);

    /// <summary>Rows without their message, newest first.</summary>
    Task<IReadOnlyList<MessageRow>> ListAsync(MessageFilter filter, CancellationToken cancel);
}

/// <summary>Tells a worker that it is worth claiming now. A hint only: a lost ring costs one poll interval.</summary>
public interface IDoorbell
{
    /// <summary>
    /// Waits until new requests may be there, at most the given time and at most a poll interval. A ring between two
    /// waits is remembered.
    /// </summary>
    Task WaitAsync(TimeSpan atMost, CancellationToken cancel);
}
