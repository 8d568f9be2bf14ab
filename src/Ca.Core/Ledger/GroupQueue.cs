using System.Threading.Channels;

namespace Ca.Core.Ledger;

/// <summary>
/// One loop that takes everything that waits, at most a group's worth, and handles it at once. Nobody is made to wait
/// for a group to fill: a lone item is handled immediately, and while it is, the next group gathers.
/// </summary>
internal sealed class GroupQueue<T> : IAsyncDisposable
{
    private readonly Channel<T> waiting = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Func<IReadOnlyList<T>, Task> handle;
    private readonly int limit;
    private readonly Task loop;

    /// <param name="limit">How many items a group has at most.</param>
    /// <param name="handle">Handles a group; completes each of its items and never throws.</param>
    public GroupQueue(int limit, Func<IReadOnlyList<T>, Task> handle)
    {
        this.limit = limit;
        this.handle = handle;
        loop = Task.Run(RunAsync);
    }

    public void Add(T item)
    {
        ObjectDisposedException.ThrowIf(!waiting.Writer.TryWrite(item), this);
    }

    /// <summary>Finishes what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
    }

    private async Task RunAsync()
    {
        var group = new List<T>(limit);
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (group.Count < limit && waiting.Reader.TryRead(out T? item))
            {
                group.Add(item);
            }

            await handle(group);
            group = new List<T>(limit);
        }
    }
}
