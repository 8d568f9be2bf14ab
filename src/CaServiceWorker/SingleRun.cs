using Microsoft.Extensions.Options;

namespace CaServiceWorker;

/// <summary>Answers what waits now and ends: for checks, and for schedules of somebody else (<c>pki worker run-once</c>).</summary>
internal sealed partial class SingleRun(WorkerSet workers, DecidedApprovals decided, WorkerHostOptions options, IHostApplicationLifetime lifetime, ILogger<SingleRun> log)
{
    /// <returns>False when a database did not let it finish.</returns>
    /// <exception cref="OptionsValidationException">The configuration is wrong.</exception>
    public async Task<bool> RunAsync(IHost host)
    {
        RunningWorker[] chosen = [.. workers.Where(worker => options.OnlyWorker is null || worker.Worker.Name == options.OnlyWorker)];
        if (chosen.Length == 0)
        {
            string what = options.OnlyWorker is { } name ? $"There is no worker '{name}' on this node." : "No worker is configured for this node.";
            throw new OptionsValidationException("Workers", typeof(WorkerOptions), [what]);
        }

        await host.StartAsync();
        bool[] finished = await Task.WhenAll(chosen.Select(worker => FinishAsync(worker, lifetime.ApplicationStopping)));
        await host.StopAsync();
        return Array.TrueForAll(finished, did => did);
    }

    private async Task<bool> FinishAsync(RunningWorker worker, CancellationToken cancel)
    {
        try
        {
            await decided.WakeAsync(worker.Worker, cancel);
            await worker.Pump.DrainAsync(cancel);
            await worker.Pump.WhenIdleAsync();
            LogEmpty(worker.Worker.Name);
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception fault) when (Faults.IsTransient(fault) || fault is System.Data.Common.DbException)
        {
            LogAway(worker.Worker.Name, fault.Message);
            return false;
        }
        finally
        {
            await worker.Pump.WhenIdleAsync();
        }
    }

    [LoggerMessage(3063, LogLevel.Information, "Worker {Worker} has answered what waited.")]
    private partial void LogEmpty(string worker);

    [LoggerMessage(3064, LogLevel.Error, "Worker {Worker} could not finish: {Reason}")]
    private partial void LogAway(string worker, string reason);
}
