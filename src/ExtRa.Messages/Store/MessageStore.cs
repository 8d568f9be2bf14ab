namespace ExtRa.Messages.Store;

/// <summary>The mailbox, whatever the database: limits, shared commits, shared waits. The rest is SQL.</summary>
internal sealed class MessageStore : IMessageStore, IAsyncDisposable
{
    private const int NewestShare = 4; // one place in four goes to the newest messages (FLAWS F9)
    private const int Chunk = 500;
    private readonly MessageTable table;
    private readonly PollingPace workerPace;
    private readonly AnswerWaiters waiters;
    private readonly GroupCommit<NewMessage, CreateResult> creations;
    private readonly GroupCommit<MessageAnswer, bool> answers;
    private int claims;

    /// <summary>Takes the table and what wakes its users.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="waiters">Who waits for answers here.</param>
    /// <param name="workerPace">How often the workers of this process look for new requests.</param>
    /// <param name="largestBatch">The most requests that share one commit.</param>
    public MessageStore(MessageTable table, AnswerWaiters waiters, PollingPace workerPace, int largestBatch)
    {
        this.table = table;
        this.workerPace = workerPace;
        this.waiters = waiters;
        creations = new(largestBatch, CreateBatchAsync);
        answers = new(largestBatch, AnswerBatchAsync);
    }

    /// <inheritdoc />
    public Task<CreateResult> CreateAsync(NewMessage message, CancellationToken cancel)
    {
        MessageLimits.Check(message);
        return creations.CommitAsync(message, cancel);
    }

    /// <inheritdoc />
    public Task<MessageRow?> FindAsync(string uniqueId, CancellationToken cancel)
    {
        MessageLimits.CheckUniqueId(uniqueId);
        return table.FindAsync(uniqueId, cancel);
    }

    /// <inheritdoc />
    public async Task<MessageRow?> WaitForAnswerAsync(string uniqueId, TimeSpan timeout, CancellationToken cancel)
    {
        MessageLimits.CheckUniqueId(uniqueId);
        MessageRow? told = timeout > TimeSpan.Zero ? await waiters.WaitAsync(uniqueId, timeout, cancel) : null;
        return told ?? await table.FindAsync(uniqueId, cancel);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(ClaimOrder order, CancellationToken cancel)
    {
        if (order.Limit <= 0 || order.Owner.Length is 0 or > MessageLimits.UniqueIdLength)
        {
            throw new ArgumentException("A claim has a limit above zero and an owner's name of 1 to 250 characters.", nameof(order));
        }

        // Over four claims the share is exact, also where a claim has less than four places.
        int turn = (int)((uint)Interlocked.Increment(ref claims) % NewestShare);
        int newest = (order.Limit + turn) / NewestShare;
        List<ClaimedMessage> claimed = await table.ClaimAsync(order, newest, cancel);
        if (claimed.Count == 0 && newest == order.Limit)
        {
            claimed = await table.ClaimAsync(order, 0, cancel); // nothing new; perhaps something that came back
        }

        if (claimed.Count > 0)
        {
            workerPace.Quicken();
            StoreMetrics.Claimed.Add(claimed.Count);
        }

        return claimed;
    }

    /// <inheritdoc />
    public async Task<int> RenewAsync(string owner, IReadOnlyList<string> uniqueIds, TimeSpan lease, CancellationToken cancel) =>
        uniqueIds.Count == 0 ? 0 : await table.RenewAsync(owner, uniqueIds, lease, cancel);

    /// <inheritdoc />
    public Task<bool> AnswerAsync(MessageAnswer answer, CancellationToken cancel)
    {
        MessageLimits.CheckText(answer.Message);
        return answers.CommitAsync(answer, cancel);
    }

    /// <inheritdoc />
    public Task ReleaseAsync(string uniqueId, string owner, long epoch, TimeSpan notBefore, bool countsAsAttempt, CancellationToken cancel)
    {
        StoreMetrics.Released.Add(1);
        return table.ReleaseAsync(uniqueId, owner, epoch, notBefore, countsAsAttempt, cancel);
    }

    /// <inheritdoc />
    public async Task WakeAsync(IReadOnlyList<string> uniqueIds, CancellationToken cancel)
    {
        foreach (string[] chunk in uniqueIds.Chunk(Chunk))
        {
            await table.WakeAsync(chunk, cancel);
        }
    }

    /// <inheritdoc />
    public Task<int> TakeOverAsync(CancellationToken cancel) => table.TakeOverAsync(cancel);

    public Task RemoveAsync(string uniqueId, string messageId, CancellationToken cancel)
    {
        MessageLimits.CheckUniqueId(uniqueId);
        return table.RemoveAsync(uniqueId, messageId, cancel);
    }

    /// <inheritdoc />
    public async Task<long> PurgeAsync(TimeSpan processedOlderThan, int limit, CancellationToken cancel)
    {
        long removed = 0;
        int last = Chunk;
        while (last == Chunk && removed < limit)
        {
            last = await table.PurgeAsync(processedOlderThan, (int)Math.Min(Chunk, limit - removed), cancel);
            removed += last;
        }

        return removed;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<MessageRow>> ExpireAsync(TimeSpan olderThan, int limit, CancellationToken cancel) =>
        await table.ExpireAsync(olderThan, limit, cancel);

    /// <inheritdoc />
    public Task<MessageStats> StatsAsync(CancellationToken cancel) => table.StatsAsync(cancel);

    /// <inheritdoc />
    public async Task<IReadOnlyList<MessageRow>> ListAsync(MessageFilter filter, CancellationToken cancel) => await table.ListAsync(filter, cancel);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await creations.DisposeAsync();
        await answers.DisposeAsync();
        await waiters.DisposeAsync();
    }

    private async Task<IReadOnlyList<bool>> AnswerBatchAsync(IReadOnlyList<MessageAnswer> batch)
    {
        // Sorted, so that two batches never wait for each other in a circle.
        int stored = await table.AnswerAsync([.. batch.OrderBy(answer => answer.UniqueId, StringComparer.Ordinal)], CancellationToken.None);
        StoreMetrics.Answered.Add(stored, StoreMetrics.Outcome("stored"));
        StoreMetrics.Answered.Add(batch.Count - stored, StoreMetrics.Outcome("refused"));
        var results = new bool[batch.Count];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = stored == batch.Count || await IsStoredAsync(batch[i]);
        }

        return results;
    }

    /// <summary>Asked only where a claim of the batch was lost: then the row tells whose answer it holds.</summary>
    private async Task<bool> IsStoredAsync(MessageAnswer answer) =>
        await table.FindAsync(answer.UniqueId, CancellationToken.None) is { Status: MessageStatus.Processed } row && row.Message == answer.Message;

    private async Task<IReadOnlyList<CreateResult>> CreateBatchAsync(IReadOnlyList<NewMessage> batch)
    {
        // The first of several with the same key is the one that is stored; the others are judged against the row.
        List<NewMessage> distinct = [.. batch.DistinctBy(message => message.UniqueId, StringComparer.Ordinal).OrderBy(message => message.UniqueId, StringComparer.Ordinal)];
        (HashSet<string> created, List<StoredIdentity> stored) = await table.CreateAsync(distinct, CancellationToken.None);
        var rows = stored.ToDictionary(row => row.UniqueId, StringComparer.Ordinal);
        CreateResult[] results = [.. batch.Select(message => Judge(message, created, rows.GetValueOrDefault(message.UniqueId)))];
        StoreMetrics.Batches.Record(batch.Count);
        foreach (IGrouping<CreateResult, CreateResult> outcome in results.GroupBy(result => result))
        {
            StoreMetrics.Created.Add(outcome.Count(), StoreMetrics.Outcome(outcome.Key.ToString()));
        }

        return results;
    }

    // A key is 32 bits in legacy rows, so an equal key says nothing: messageid, type and digest must be equal (FLAWS B1, B2).
    private static CreateResult Judge(NewMessage message, HashSet<string> created, StoredIdentity? row)
    {
        if (created.Remove(message.UniqueId))
        {
            return CreateResult.Created;
        }

        bool same = row?.RequestDigest == message.RequestDigest && row.MessageId == message.MessageId && row.Type == message.Type;
        return same ? CreateResult.AlreadyThere : CreateResult.Conflict;
    }
}
