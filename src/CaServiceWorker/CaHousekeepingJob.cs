using Ca.Core;
using Ca.Core.Approvals;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Runs;
using Microsoft.Extensions.Options;
using Quartz;

namespace CaServiceWorker;

/// <summary>
/// Lets the inbox forget what is too old to be asked again, and abandons plans whose requests never came back
/// (ARCHITECTURE.md 5).
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class CaHousekeepingJob(
    WorkerSet workers, Inbox inbox, Issuer issuer, ApprovalKeeper approvals, WorkerRuns runs, IOptions<CaOptions> ca, TimeProvider clock, ILogger<CaHousekeepingJob> log) : IJob
{
    private static readonly TimeSpan SilenceForgotten = TimeSpan.FromDays(7);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        DateTimeOffset now = clock.GetUtcNow();

        // Longer than any request may be old, or a captured one could be executed a second time.
        await inbox.PurgeAsync(now - Longest(ca.Value.InboxRetention, worker => worker.MaxRequestAge + worker.MaxClockSkew), cancellationToken);

        // Longer than any lease: until then the message may come back and finish its plan.
        int abandoned = await issuer.AbandonPlansAsync(now - Longest(ca.Value.PlanAbandonedAfter, worker => worker.ClaimLease * 2), cancellationToken);
        if (abandoned > 0)
        {
            LogAbandoned(abandoned);
        }

        await approvals.ExpireAsync(cancellationToken);
        await approvals.PurgeAsync(cancellationToken);
        await runs.ForgetAsync(now - SilenceForgotten, cancellationToken);
    }

    private TimeSpan Longest(TimeSpan atLeast, Func<WorkerOptions, TimeSpan> ofWorker) =>
        workers.Select(running => ofWorker(running.Worker.Options)).Append(atLeast).Max();

    [LoggerMessage(3072, LogLevel.Warning, "{Count} plans whose requests never came back were abandoned; the audit log has their serial numbers.")]
    private partial void LogAbandoned(int count);
}
