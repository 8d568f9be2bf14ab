namespace CaServiceWorker;

/// <summary>Extends the leases of messages that take long, so that nobody else takes them while we live.</summary>
internal sealed partial class LeaseKeeper(WorkerSet workers, TimeProvider clock, ILogger<LeaseKeeper> log) : BackgroundService
{
    // Three chances within a lease.
    private const int RenewalsPerLease = 3;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan shortest = workers.Select(worker => worker.Worker.Options.ClaimLease).DefaultIfEmpty(TimeSpan.FromMinutes(1)).Min();
        using var timer = new PeriodicTimer(shortest / RenewalsPerLease, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RenewAllAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task RenewAllAsync(CancellationToken cancel)
    {
        foreach (RunningWorker worker in workers)
        {
            try
            {
                await worker.Pump.RenewLeasesAsync(cancel);
            }
            catch (Exception fault) when (Faults.IsTransient(fault))
            {
                LogNotRenewed(worker.Worker.Name, fault.Message);
            }
        }
    }

    [LoggerMessage(3040, LogLevel.Warning, "Worker {Worker} could not renew its leases: {Reason}")]
    private partial void LogNotRenewed(string worker, string reason);
}

/// <summary>Lets the doorbells of the workers that this node always runs wake their pumps.</summary>
internal sealed class DoorbellListener(WorkerSet workers) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(workers
        .Where(worker => worker.Worker.Options.Placement != Placement.Single)
        .Select(worker => worker.AnswerBellAsync(stoppingToken)));

    /// <summary>Ends only when nothing is being processed any more: what is being signed is finished and answered.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(workers.Select(worker => worker.Pump.WhenIdleAsync())).WaitAsync(cancellationToken);
    }
}
