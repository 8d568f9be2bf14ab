using System.Collections.Concurrent;
using ExtRa.Messages.Store;

namespace ScepRaServer.Tests.World;

/// <summary>The three tables of the message database in memory, with the rules of the real ones.</summary>
internal sealed class MemoryStore(TimeProvider clock) : IMessageStore, IPublicationStore, IChallengeStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, MessageRow> rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TaskCompletionSource>> waiters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Publication> publications = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Alias, string Mac), Challenge> challenges = [];
    private long epoch;

    /// <summary>True: nothing works, as when the database is stopped.</summary>
    public bool IsDown { get; set; }

    public int Creations { get; private set; }

    public int Finds { get; private set; }

    /// <summary>How often somebody looked for a publication.</summary>
    public int NoticeLooks { get; private set; }

    public IReadOnlyList<MessageRow> Rows
    {
        get
        {
            lock (gate)
            {
                return [.. rows.Values];
            }
        }
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public Task<CreateResult> CreateAsync(NewMessage message, CancellationToken cancel) => Locked(() =>
    {
        MessageLimits.Check(message);
        Creations++;
        if (rows.TryGetValue(message.UniqueId, out MessageRow? there))
        {
            return there.RequestDigest == message.RequestDigest ? CreateResult.AlreadyThere : CreateResult.Conflict;
        }

        rows[message.UniqueId] = new(
            message.UniqueId, message.MessageId, message.Type, MessageStatus.Waiting, Now, Now, message.Message, message.RequestDigest, 0, null, null, null);
        return CreateResult.Created;
    });

    public Task<MessageRow?> FindAsync(string uniqueId, CancellationToken cancel) => Locked(() =>
    {
        Finds++;
        return rows.GetValueOrDefault(uniqueId);
    });

    public async Task<MessageRow?> WaitForAnswerAsync(string uniqueId, TimeSpan timeout, CancellationToken cancel)
    {
        var bell = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isDecided = await Locked(() =>
        {
            if (rows.TryGetValue(uniqueId, out MessageRow? row) && (row.Status == MessageStatus.Processed || row.NotBefore > Now))
            {
                return true;
            }

            waiters.TryAdd(uniqueId, []);
            waiters[uniqueId].Add(bell);
            return false;
        });
        if (!isDecided)
        {
            try
            {
                await bell.Task.WaitAsync(timeout, clock, cancel);
            }
            catch (TimeoutException)
            {
                // Then the row as it is.
            }
        }

        return await FindAsync(uniqueId, cancel);
    }

    public Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(ClaimOrder order, CancellationToken cancel) => Locked<IReadOnlyList<ClaimedMessage>>(() =>
    {
        List<ClaimedMessage> claimed = [];
        foreach (MessageRow row in rows.Values.Where(r => r.Status == MessageStatus.Waiting && !(r.NotBefore > Now) && order.Types.Contains(r.Type)).Take(order.Limit).ToList())
        {
            rows[row.UniqueId] = row with { Status = MessageStatus.InProcess, LeaseOwner = order.Owner, Attempts = row.Attempts + 1, ModifyTime = Now };
            claimed.Add(new(row.UniqueId, row.MessageId, row.Type, row.Message!, row.RequestDigest, row.Attempts + 1, row.CreateTime, ++epoch));
        }

        return claimed;
    });

    public Task<bool> AnswerAsync(MessageAnswer answer, CancellationToken cancel) => Locked(() =>
    {
        rows[answer.UniqueId] = rows[answer.UniqueId] with { Status = MessageStatus.Processed, Message = answer.Message, ModifyTime = Now };
        Ring(answer.UniqueId);
        return true;
    });

    public Task ReleaseAsync(string uniqueId, string owner, long epoch, TimeSpan notBefore, bool countsAsAttempt, CancellationToken cancel) => Locked(() =>
    {
        rows[uniqueId] = rows[uniqueId] with { Status = MessageStatus.Waiting, NotBefore = Now + (long)notBefore.TotalMilliseconds, ModifyTime = Now };
        Ring(uniqueId);
        return true;
    });

    public Task WakeAsync(IReadOnlyList<string> uniqueIds, CancellationToken cancel) => Locked(() =>
    {
        foreach (string id in uniqueIds)
        {
            rows[id] = rows[id] with { NotBefore = null };
        }

        return true;
    });

    public Task<int> TakeOverAsync(CancellationToken cancel) => throw new NotSupportedException("No legacy worker is here.");

    /// <summary>What somebody who owns the database can do.</summary>
    public void Tamper(string uniqueId, Func<MessageRow, MessageRow> change)
    {
        lock (gate)
        {
            rows[uniqueId] = change(rows[uniqueId]);
        }
    }

    public Task<int> RenewAsync(string owner, IReadOnlyList<string> uniqueIds, TimeSpan lease, CancellationToken cancel) => Task.FromResult(uniqueIds.Count);

    public Task<long> PurgeAsync(TimeSpan processedOlderThan, int limit, CancellationToken cancel) => Locked(() =>
    {
        List<string> old = [.. rows.Values.Where(r => r.Status == MessageStatus.Processed && r.ModifyTime <= Now - (long)processedOlderThan.TotalMilliseconds).Select(r => r.UniqueId)];
        old.ForEach(id => rows.Remove(id));
        return (long)old.Count;
    });

    public Task<IReadOnlyList<MessageRow>> ExpireAsync(TimeSpan olderThan, int limit, CancellationToken cancel) => throw new NotSupportedException();

    public Task RemoveAsync(string uniqueId, string messageId, CancellationToken cancel) => throw new NotSupportedException();

    public Task<MessageStats> StatsAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<MessageRow>> ListAsync(MessageFilter filter, CancellationToken cancel) => Task.FromResult(Rows);

    public Task<bool> PublishAsync(Publication publication, CancellationToken cancel) => Locked(() =>
    {
        publications[publication.Name] = publication;
        return true;
    });

    public Task<Publication?> FindNewestAsync(string name, CancellationToken cancel) => Locked(() =>
    {
        NoticeLooks++;
        return publications.GetValueOrDefault(name);
    });

    public Task<int> PruneAsync(string name, int keep, CancellationToken cancel) => Task.FromResult(0);

    public Task<bool> AddAsync(string alias, string mac, string? subject, TimeSpan validFor, CancellationToken cancel) => Locked(() =>
        challenges.TryAdd((alias, mac), new(alias, mac, subject, Now + (long)validFor.TotalMilliseconds, HasExpired: false, null, null)));

    Task<Challenge?> IChallengeStore.FindAsync(string alias, string mac, CancellationToken cancel) => Locked(() =>
        challenges.TryGetValue((alias, mac), out Challenge? found) ? found with { HasExpired = found.Expires <= Now } : null);

    public Task<bool> ConsumeAsync(string alias, string mac, string uniqueId, CancellationToken cancel) => Locked(() =>
    {
        if (!challenges.TryGetValue((alias, mac), out Challenge? found) || (found.ConsumedBy is { } user ? user != uniqueId : found.Expires <= Now))
        {
            return false;
        }

        challenges[(alias, mac)] = found with { ConsumedBy = uniqueId, ConsumedAt = Now };
        return true;
    });

    Task<int> IChallengeStore.PurgeAsync(TimeSpan expiredSince, int limit, CancellationToken cancel) => Task.FromResult(0);

    private void Ring(string uniqueId)
    {
        if (waiters.Remove(uniqueId, out List<TaskCompletionSource>? bells))
        {
            bells.ForEach(bell => bell.TrySetResult());
        }
    }

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (gate)
        {
            return IsDown
                ? Task.FromException<T>(new MessageStoreUnavailableException("test", isTransient: true, new IOException("stopped")))
                : Task.FromResult(work());
        }
    }
}
