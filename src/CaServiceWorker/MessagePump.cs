using System.Diagnostics;
using ExtRa.Messages.Store;

namespace CaServiceWorker;

/// <summary>
/// Takes waiting messages from one database and hands them to the <see cref="MessageHandler"/>, up to a limit at a
/// time. Any number of pumps, here and on other nodes, may work on one table: a claim is a lease.
/// </summary>
/// <remarks>
/// Woken by the Quartz schedule and by the doorbell. A wake that comes during a drain makes it look once more, so none
/// is lost and none is paid twice.
/// </remarks>
internal sealed partial class MessagePump(Worker worker, MessageHandler handler, WorkerTally tally, ILogger<MessagePump> log) : IAsyncDisposable
{
    // While a database is away every claim would cost a fault and a log record; one look in a while is enough.
    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim free = new(worker.Options.Parallel);
    private readonly InFlight inFlight = new();
    private int wakes;
    private long awaySince;

    /// <summary>Claims and starts messages until the queue is empty. Does not wait for those still being processed.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        if (Rests || Interlocked.Increment(ref wakes) > 1)
        {
            return;
        }

        int seen;
        do
        {
            seen = Volatile.Read(ref wakes);
            await ClaimUntilEmptyAsync(cancel);
        }
        while (Interlocked.CompareExchange(ref wakes, 0, seen) != seen);
    }

    private bool Rests => Volatile.Read(ref awaySince) is not 0 and long since && Stopwatch.GetElapsedTime(since) < AwayPause;

    /// <summary>Waits until nothing is being processed any more.</summary>
    public Task WhenIdleAsync() => inFlight.WhenEmptyAsync();

    /// <summary>Extends the leases of everything being processed.</summary>
    public async Task RenewLeasesAsync(CancellationToken cancel)
    {
        IReadOnlyList<string> ids = inFlight.Ids;
        if (ids.Count > 0)
        {
            await worker.Store.RenewAsync(worker.Owner, ids, worker.Options.ClaimLease, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await WhenIdleAsync();
        free.Dispose();
    }

    private async Task ClaimUntilEmptyAsync(CancellationToken cancel)
    {
        try
        {
            while (!Rests && await ClaimOnceAsync(cancel))
            {
                // There may be more.
            }
        }
        catch
        {
            Volatile.Write(ref wakes, 0);
            throw;
        }
    }

    /// <returns>True when as many came as there was room for.</returns>
    private async Task<bool> ClaimOnceAsync(CancellationToken cancel)
    {
        int room = await TakeRoomAsync(cancel);
        IReadOnlyList<ClaimedMessage> claimed = [];
        try
        {
            claimed = await worker.Store.ClaimAsync(
                new ClaimOrder(worker.Owner, worker.Options.ClaimLease, room, worker.Types), cancel);
        }
        finally
        {
            if (claimed.Count < room)
            {
                free.Release(room - claimed.Count);
            }
        }

        tally.Looked(claimed.Count);
        foreach (ClaimedMessage message in claimed)
        {
            inFlight.Add(message.UniqueId);
            _ = Task.Run(() => HandleAsync(message), CancellationToken.None);
        }

        return claimed.Count == room;
    }

    /// <summary>Waits for one free place, then takes all that are free, so that a claim is one statement for many.</summary>
    private async Task<int> TakeRoomAsync(CancellationToken cancel)
    {
        await free.WaitAsync(cancel);
        int room = 1;
        while (room < worker.Options.BatchSize && free.Wait(0, CancellationToken.None))
        {
            room++;
        }

        return room;
    }

    private async Task HandleAsync(ClaimedMessage message)
    {
        try
        {
            // No cancellation: what is being signed is finished and answered; the host waits for it.
            if (!await handler.HandleAsync(message, CancellationToken.None))
            {
                Volatile.Write(ref awaySince, Stopwatch.GetTimestamp());
            }
        }
        catch (Exception e)
        {
            // The lease brings the message back; nothing here may stop the others.
            LogLeft(message.LogId, e);
        }
        finally
        {
            inFlight.Remove(message.UniqueId);
            free.Release();
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "Message {UniqueId} was left to its lease.")]
    private partial void LogLeft(string uniqueId, Exception e);
}
