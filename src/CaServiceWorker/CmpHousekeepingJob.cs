using Ca.Cmp;
using Ca.Core;
using Microsoft.Extensions.Options;
using Quartz;

namespace CaServiceWorker;

/// <summary>Ends CMP transactions that nobody confirms, and forgets old ones (CMP.md O-20, L-4).</summary>
[DisallowConcurrentExecution]
internal sealed partial class CmpHousekeepingJob(UnconfirmedCertificates unconfirmed, IOptions<CaOptions> ca, TimeProvider clock, ILogger<CmpHousekeepingJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        // As long as the inbox: until then a repeated message finds its answer, and its transactionID is known as used.
        int revoked = await unconfirmed.SweepAsync(clock.GetUtcNow() - ca.Value.InboxRetention, cancellationToken);
        if (revoked > 0)
        {
            LogRevoked(revoked);
        }
    }

    [LoggerMessage(3073, LogLevel.Warning, "{Count} certificates whose receipt was never confirmed were revoked.")]
    private partial void LogRevoked(int count);
}
