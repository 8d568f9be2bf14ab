using Ca.Core.Approvals;

namespace CaServiceWorker;

/// <summary>
/// Wakes the messages whose approval was decided. Who decides need not reach the message database: the decision leaves an
/// order in the CA database, and whichever worker host serves that message database carries it out.
/// </summary>
internal sealed class DecidedApprovals(ApprovalKeeper approvals)
{
    public async Task WakeAsync(Worker worker, CancellationToken cancel)
    {
        IReadOnlyList<string> decided = await approvals.ToWakeAsync(worker.Options.DataSource, cancel);
        if (decided.Count > 0)
        {
            await worker.Store.WakeAsync(decided, cancel);
            await approvals.WokenAsync(worker.Options.DataSource, decided, cancel);
        }
    }
}
