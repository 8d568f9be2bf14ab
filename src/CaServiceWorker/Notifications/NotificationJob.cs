using Quartz;

namespace CaServiceWorker.Notifications;

/// <summary>Tells people and programs of certificates that end soon and approvals that wait.</summary>
[DisallowConcurrentExecution]
internal sealed class NotificationJob(NoticeSender sender) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await sender.LookAsync(cancellationToken);
}
