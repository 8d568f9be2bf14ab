using ExtRa.Messages.Store;

namespace CaServiceWorker;

/// <summary>A worker and its pump.</summary>
internal sealed partial class RunningWorker(Worker worker, MessagePump pump, WorkerTally tally, IDoorbell doorbell, ILogger<RunningWorker> log)
{
    public Worker Worker => worker;

    public MessagePump Pump => pump;

    /// <summary>What it has done so far.</summary>
    public WorkerTally Tally => tally;

    /// <summary>Drains the queue whenever the doorbell rings or the interval is over, until stopped; then finishes what it has begun.</summary>
    public async Task ServeAsync(CancellationToken cancel)
    {
        LogServes(worker.Name, worker.Owner);
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                await DrainGuardedAsync(cancel);
                await doorbell.WaitAsync(worker.Options.Interval, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The host stops.
        }

        await pump.WhenIdleAsync();
    }

    /// <summary>Drains at every ring of the doorbell; the schedule is somebody else's.</summary>
    public async Task AnswerBellAsync(CancellationToken cancel)
    {
        LogServes(worker.Name, worker.Owner);
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                await doorbell.WaitAsync(worker.Options.Interval, cancel);
                await DrainGuardedAsync(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Drains the queue; a fault is logged and costs one look.</summary>
    public async Task DrainGuardedAsync(CancellationToken cancel)
    {
        try
        {
            await pump.DrainAsync(cancel);
        }
        catch (Exception fault) when (Faults.IsTransient(fault))
        {
            LogAway(worker.Name, fault.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A worker that stopped looking would be worse than one that fails again.
            LogFailed(worker.Name, fault);
        }
    }

    [LoggerMessage(3031, LogLevel.Information, "Worker {Worker} serves as {Owner}.")]
    private partial void LogServes(string worker, string owner);

    [LoggerMessage(3033, LogLevel.Error, "Worker {Worker} failed to look for messages.")]
    private partial void LogFailed(string worker, Exception fault);

    [LoggerMessage(3032, LogLevel.Warning, "Worker {Worker} cannot reach its database and tries again: {Reason}")]
    private partial void LogAway(string worker, string reason);
}
