using Ca.Core.Audit;
using Ca.Core.Ledger;
using ExtRa.Messages.Store;
using Quartz;

namespace CaServiceWorker;

/// <summary>
/// Removes answered messages after their time and gives up on requests nobody could answer, with an audit record each
/// (ARCHITECTURE.md 3).
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class MessageHousekeepingJob(WorkerSet workers, ICaLedger ledger, ILogger<MessageHousekeepingJob> log) : IJob
{
    private const int Portion = 10_000;

    // A worker refuses what is too old with an answer. Only what no worker has come to for a day longer goes without one.
    private static readonly TimeSpan TimeToRefuse = TimeSpan.FromDays(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        foreach (Worker[] sharing in workers.Select(running => running.Worker).GroupBy(worker => worker.Database).Select(group => group.ToArray()))
        {
            try
            {
                await CleanAsync(sharing, cancellationToken);
            }
            catch (Exception fault) when (Faults.IsTransient(fault))
            {
                LogAway(sharing[0].Name, fault.Message);
            }
        }
    }

    /// <summary>Of the workers that share a database the most patient one counts: what one of them would not wait for any more is another's.</summary>
    private async Task CleanAsync(Worker[] sharing, CancellationToken cancel)
    {
        Worker worker = sharing[0];
        long purged = await worker.Store.PurgeAsync(sharing.Max(one => one.Options.KeepAnswered), Portion, cancel);
        IReadOnlyList<MessageRow> expired = await worker.Store.ExpireAsync(sharing.Max(one => one.Options.MaxRequestAge) + TimeToRefuse, Portion, cancel);
        if (expired.Count > 0)
        {
            var work = new CaWork();
            foreach (MessageRow row in expired)
            {
                work.Audit(new AuditEntry(RequestAudit.Event, AuditStatus.Failure, worker.Name)
                {
                    Module = RequestAudit.Module,
                    SearchDetail1 = Printable.Of(row.MessageId),
                    Details = [new("message", Printable.Of(row.UniqueId)), new("outcome", "expired without an answer")],
                });
            }

            await ledger.CommitAsync(work, cancel);
        }

        if (purged + expired.Count > 0)
        {
            LogCleaned(worker.Options.DataSource, purged, expired.Count);
        }
    }

    [LoggerMessage(3070, LogLevel.Information, "{DataSource}: {Purged} answered messages removed, {Expired} never answered.")]
    private partial void LogCleaned(string dataSource, long purged, int expired);

    [LoggerMessage(3071, LogLevel.Warning, "Worker {Worker} cannot reach its database for housekeeping: {Reason}")]
    private partial void LogAway(string worker, string reason);
}
