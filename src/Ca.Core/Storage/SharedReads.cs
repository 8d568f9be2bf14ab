using Ca.Core.Ledger;

namespace Ca.Core.Storage;

/// <summary>
/// Lets look-ups that are made at the same time share one statement: what a message costs the database is mostly the
/// number of its round trips. A lone look-up is never delayed, and a look-up that the database refuses fails alone.
/// </summary>
/// <typeparam name="TKey">What is looked up.</typeparam>
/// <typeparam name="TValue">What is found.</typeparam>
internal sealed class SharedReads<TKey, TValue> : IAsyncDisposable
{
    private const int GroupLimit = 64;

    private readonly Func<IReadOnlyList<TKey>, Task<IReadOnlyList<TValue>>> read;
    private readonly GroupQueue<Waiting> queue;

    /// <param name="read">Looks all these up; its results are in their order.</param>
    public SharedReads(Func<IReadOnlyList<TKey>, Task<IReadOnlyList<TValue>>> read)
    {
        this.read = read;
        queue = new(GroupLimit, AnswerAsync);
    }

    /// <summary>Looks up one thing. What was committed before the call is seen.</summary>
    /// <param name="key">The thing.</param>
    /// <param name="cancel">Ends the wait.</param>
    public Task<TValue> FindAsync(TKey key, CancellationToken cancel)
    {
        var waiting = new Waiting(key, new(TaskCreationOptions.RunContinuationsAsynchronously));
        queue.Add(waiting);
        return waiting.Done.Task.WaitAsync(cancel);
    }

    public ValueTask DisposeAsync() => queue.DisposeAsync();

    private async Task AnswerAsync(IReadOnlyList<Waiting> group)
    {
        if (await TryAsync(group) is not { } failure)
        {
            return;
        }

        foreach (Waiting waiting in group)
        {
            if ((group.Count == 1 ? failure : await TryAsync([waiting])) is { } own)
            {
                waiting.Done.TrySetException(own);
            }
        }
    }

    private async Task<Exception?> TryAsync(IReadOnlyList<Waiting> group)
    {
        try
        {
            IReadOnlyList<TValue> values = await read([.. group.Select(w => w.Key)]);
            for (int i = 0; i < group.Count; i++)
            {
                group[i].Done.TrySetResult(values[i]);
            }

            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private sealed record Waiting(TKey Key, TaskCompletionSource<TValue> Done);
}
