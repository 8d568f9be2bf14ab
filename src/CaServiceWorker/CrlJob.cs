using Ca.Core.Certificates;
using Ca.Core.Roles;
using ExtRa.Messages.Store;
using Quartz;

namespace CaServiceWorker;

/// <summary>Makes the CRLs that are due and publishes the newest of each CA to the front ends (ARCHITECTURE.md 7).</summary>
[DisallowConcurrentExecution]
internal sealed partial class CrlJob(Crls crls, WorkerSet workers, ILogger<CrlJob> log) : IJob
{
    private const int KeptVersions = 2;

    private static readonly Actor Scheduler = Actor.Internal("scheduler");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        foreach (CrlRun run in await crls.CreateDueAsync(Scheduler, cancellationToken))
        {
            if (run.Problem is { } problem)
            {
                LogProblem(run.CaName, problem);
            }
            else if (run.Crl is { } made)
            {
                LogMade(made.CaName, made.Number, made.NextUpdate);
            }

            if ((run.Crl ?? await crls.FindLatestAsync(run.CaName, cancellationToken)) is { } crl)
            {
                await PublishAsync(crl, cancellationToken);
            }
        }
    }

    // The CRL is signed by its CA, and front ends verify that signature: it needs no other one.
    private async Task PublishAsync(CrlView crl, CancellationToken cancel)
    {
        string name = $"crl/{crl.CaName}";
        var publication = new Publication(name, crl.Number, crl.ThisUpdate, crl.NextUpdate, Convert.ToBase64String(crl.Encoded));
        foreach (IPublicationStore store in workers.Select(worker => worker.Worker.Database.Publications).Distinct())
        {
            try
            {
                if (await store.PublishAsync(publication, cancel))
                {
                    await store.PruneAsync(name, KeptVersions, cancel);
                }
            }
            catch (Exception fault) when (Faults.IsTransient(fault))
            {
                LogNotPublished(name, fault.Message);
            }
        }
    }

    [LoggerMessage(3060, LogLevel.Warning, "CRL of {Ca}: {Problem}")]
    private partial void LogProblem(string ca, string problem);

    [LoggerMessage(3061, LogLevel.Information, "CRL {Number} of {Ca} is made; the next is due by {NextUpdate}.")]
    private partial void LogMade(string ca, long number, DateTimeOffset nextUpdate);

    [LoggerMessage(3062, LogLevel.Warning, "{Name} could not be published: {Reason}")]
    private partial void LogNotPublished(string name, string reason);
}
