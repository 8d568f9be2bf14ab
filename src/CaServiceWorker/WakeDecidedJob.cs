using Quartz;

namespace CaServiceWorker;

/// <summary>Looks for decided approvals, once for each message database.</summary>
[DisallowConcurrentExecution]
internal sealed partial class WakeDecidedJob(WorkerSet workers, DecidedApprovals decided, ILogger<WakeDecidedJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        foreach (Worker worker in workers.Select(running => running.Worker).DistinctBy(worker => worker.Options.DataSource, StringComparer.Ordinal))
        {
            try
            {
                await decided.WakeAsync(worker, cancellationToken);
            }
            catch (Exception fault) when (Faults.IsTransient(fault))
            {
                LogAway(worker.Options.DataSource, fault.Message);
            }
        }
    }

    [LoggerMessage(3080, LogLevel.Warning, "Messages of {DataSource} whose approval was decided are woken later: {Reason}")]
    private partial void LogAway(string dataSource, string reason);
}
