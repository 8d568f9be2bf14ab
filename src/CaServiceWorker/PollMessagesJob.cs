using Quartz;

namespace CaServiceWorker;

/// <summary>
/// The schedule of a worker that runs on this node beside others (placement any or pinned): Quartz says when to look,
/// the doorbell may say so earlier.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class PollMessagesJob(WorkerSet workers) : IJob
{
    public const string WorkerKey = "worker";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await workers[context.MergedJobDataMap.GetString(WorkerKey)!].DrainGuardedAsync(cancellationToken);
}

/// <summary>
/// The shift of a worker that runs on one node at a time (placement single): the clustered store starts it on one node,
/// it serves until that node stops, and another node takes over when that one is gone.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class ServeMessagesJob(WorkerSet workers) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        RunningWorker worker = workers[context.MergedJobDataMap.GetString(PollMessagesJob.WorkerKey)!];
        await worker.ServeAsync(cancellationToken);
    }
}
