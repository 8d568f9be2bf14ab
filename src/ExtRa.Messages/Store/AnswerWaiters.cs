namespace ExtRa.Messages.Store;

/// <summary>
/// Everybody in this process who waits for an answer. One loop looks for all of them with one query: for those whose
/// bell rang and those who just came at once, and for all at the pace of polling.
/// </summary>
/// <param name="findDecided">Of these messages, the rows that have something to tell.</param>
/// <param name="pace">How often to look without a ring.</param>
/// <param name="listen">Called when somebody waits: whoever never waits needs no connection that listens.</param>
/// <param name="time">Measures the pauses.</param>
internal sealed class AnswerWaiters(
    Func<IReadOnlyList<string>, CancellationToken, Task<List<MessageRow>>> findDecided, PollingPace pace, Action listen, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<TaskCompletionSource<MessageRow>>> waiters = new(StringComparer.Ordinal);
    private readonly HashSet<string> due = new(StringComparer.Ordinal);
    private TaskCompletionSource somethingDue = NewSignal();
    private Task? loop;

    /// <summary>Waits until a message has something to tell.</summary>
    /// <returns>Its row, or null when the time is over.</returns>
    public async Task<MessageRow?> WaitAsync(string uniqueId, TimeSpan timeout, CancellationToken cancel)
    {
        var told = new TaskCompletionSource<MessageRow>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(uniqueId, told);
        listen();
        try
        {
            return await told.Task.WaitAsync(timeout, time, cancel);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            Remove(uniqueId, told);
        }
    }

    /// <summary>These messages may have something to tell. Names nobody waits for are ignored.</summary>
    public void Ring(IEnumerable<string> uniqueIds)
    {
        lock (gate)
        {
            due.UnionWith(uniqueIds.Where(waiters.ContainsKey));
            SignalIfDue();
        }
    }

    /// <summary>Any message may have something to tell.</summary>
    public void RingAll()
    {
        lock (gate)
        {
            due.UnionWith(waiters.Keys);
            SignalIfDue();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return; // a container ends what it handed out, and its owner ends it again
        }

        await stop.CancelAsync();
        await (loop ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Add(string uniqueId, TaskCompletionSource<MessageRow> told)
    {
        pace.Quicken();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stop.IsCancellationRequested, this);
            if (!waiters.TryGetValue(uniqueId, out List<TaskCompletionSource<MessageRow>>? all))
            {
                waiters.Add(uniqueId, all = []);
            }

            all.Add(told);
            due.Add(uniqueId); // the answer may have been there before
            SignalIfDue();
            loop ??= Task.Run(() => LookForEverAsync(stop.Token));
        }
    }

    private void Remove(string uniqueId, TaskCompletionSource<MessageRow> told)
    {
        lock (gate)
        {
            if (waiters.TryGetValue(uniqueId, out List<TaskCompletionSource<MessageRow>>? all) && all.Remove(told) && all.Count == 0)
            {
                waiters.Remove(uniqueId);
                due.Remove(uniqueId);
            }
        }
    }

    private void SignalIfDue()
    {
        if (due.Count > 0)
        {
            somethingDue.TrySetResult();
        }
    }

    private async Task LookForEverAsync(CancellationToken cancel)
    {
        long lookAtAll = time.GetTimestamp();
        while (true)
        {
            bool rung = await RungWithinAsync(pace.Current - time.GetElapsedTime(lookAtAll), cancel);
            if (!rung)
            {
                RingAll();
                lookAtAll = time.GetTimestamp();
                pace.Slacken();
            }

            await LookAsync(cancel);
        }
    }

    // The time until all are looked at runs on while bells ring: a lost ring must not stay lost under load.
    private async Task<bool> RungWithinAsync(TimeSpan rest, CancellationToken cancel)
    {
        Task signal;
        bool idle;
        lock (gate)
        {
            signal = somethingDue.Task;
            idle = waiters.Count == 0;
        }

        if (!idle && rest <= TimeSpan.Zero)
        {
            return false;
        }

        try
        {
            await signal.WaitAsync(idle ? Timeout.InfiniteTimeSpan : rest, time, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        string[] wanted;
        lock (gate)
        {
            wanted = [.. due];
            due.Clear();
            somethingDue = NewSignal();
        }

        try
        {
            foreach (MessageRow row in wanted.Length == 0 ? [] : await findDecided(wanted, cancel))
            {
                pace.Quicken();
                Tell(row);
            }
        }
        catch (MessageStoreUnavailableException)
        {
            // The next look finds what this one did not; whoever waits in vain asks once more himself and sees why.
        }
    }

    private void Tell(MessageRow row)
    {
        lock (gate)
        {
            foreach (TaskCompletionSource<MessageRow> told in waiters.GetValueOrDefault(row.UniqueId) ?? [])
            {
                told.TrySetResult(row);
            }
        }
    }
}
