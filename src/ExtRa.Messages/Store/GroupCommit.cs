using System.Threading.Channels;

namespace ExtRa.Messages.Store;

/// <summary>
/// Lets calls that are made at the same time share one commit. One loop takes everything that is waiting, up to a
/// limit, and commits it; what comes meanwhile is the next batch. A lone item is never delayed.
/// </summary>
/// <param name="largest">The most items in a batch.</param>
/// <param name="commit">Commits a batch; its results are in the order of the items.</param>
internal sealed class GroupCommit<TItem, TResult>(int largest, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit) : IAsyncDisposable
{
    private readonly Channel<Entry> waiting = Channel.CreateUnbounded<Entry>(new() { SingleReader = true });
    private readonly Lock gate = new();
    private Task? loop;

    /// <summary>Commits an item together with what else is waiting.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancel">Ends the wait. An item whose batch has begun is committed all the same.</param>
    public async Task<TResult> CommitAsync(TItem item, CancellationToken cancel)
    {
        var entry = new Entry(item, new(TaskCreationOptions.RunContinuationsAsynchronously), cancel);
        lock (gate)
        {
            loop ??= Task.Run(RunAsync, CancellationToken.None);
        }

        ObjectDisposedException.ThrowIf(!waiting.Writer.TryWrite(entry), this);
        return await entry.Done.Task.WaitAsync(cancel);
    }

    /// <summary>Commits what is waiting, and takes nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await (loop ?? Task.CompletedTask);
    }

    private async Task RunAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            List<Entry> batch = [];
            while (batch.Count < largest && waiting.Reader.TryRead(out Entry? entry))
            {
                if (!entry.Cancel.IsCancellationRequested)
                {
                    batch.Add(entry);
                }
            }

            if (batch.Count > 0)
            {
                await CommitBatchAsync(batch);
            }
        }
    }

    private async Task CommitBatchAsync(List<Entry> batch)
    {
        try
        {
            IReadOnlyList<TResult> results = await commit([.. batch.Select(entry => entry.Item)]);
            for (int i = 0; i < batch.Count; i++)
            {
                batch[i].Done.TrySetResult(results[i]);
            }
        }
        catch (MessageStoreUnavailableException unavailable) when (!unavailable.IsTransient && batch.Count > 1)
        {
            // One of them may have spoilt it for all: each alone shows which.
            foreach (Entry entry in batch)
            {
                await CommitBatchAsync([entry]);
            }
        }
#pragma warning disable CA1031 // handed to whoever waits for it
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.ForEach(entry => entry.Done.TrySetException(exception));
        }
    }

    private sealed record Entry(TItem Item, TaskCompletionSource<TResult> Done, CancellationToken Cancel);
}
