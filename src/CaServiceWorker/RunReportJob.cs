using Ca.Core;
using Ca.Core.Runs;
using Microsoft.Extensions.Options;
using Quartz;

namespace CaServiceWorker;

/// <summary>Tells the CA database how the workers of this node are doing, for the people who look after them.</summary>
[DisallowConcurrentExecution]
internal sealed partial class RunReportJob(WorkerSet workers, WorkerRuns runs, IOptions<CaOptions> ca, ILogger<RunReportJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            foreach (RunningWorker worker in workers)
            {
                await runs.RecordAsync(worker.Tally.Run(ca.Value.NodeId), cancellationToken);
            }
        }
        catch (Exception fault) when (Faults.IsTransient(fault))
        {
            LogAway(fault.Message);
        }
    }

    [LoggerMessage(3081, LogLevel.Warning, "How the workers are doing is told later: {Reason}")]
    private partial void LogAway(string reason);
}
