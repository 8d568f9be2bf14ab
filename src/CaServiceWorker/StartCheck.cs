using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.Extensions.Options;

namespace CaServiceWorker;

/// <summary>
/// What only the CA database can tell about a configuration: that the RA issuers and roles it names exist. Found here,
/// before any message is taken, and not by refusing messages one by one (FLAWS.md F14).
/// </summary>
internal sealed partial class StartCheck(WorkerSet workers, CaConfiguration configuration, ILogger<StartCheck> log) : IHostedService
{
    // What nobody should be able to do who has proved nothing.
    private static readonly string[] Wide = [AccessResources.Root, AccessResources.AnyCa, AccessResources.KeyRecovery, AccessResources.VouchForKey, AccessResources.ReactivateEndEntity, AccessResources.ApproveEndEntity, AccessResources.ApproveCaAction];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            ConfigurationSnapshot installed = await configuration.CurrentAsync(cancellationToken);
            string[] failures = [.. workers.SelectMany(running => Check(running.Worker, installed))];
            if (failures.Length > 0)
            {
                throw new OptionsValidationException("Workers", typeof(WorkerOptions), failures);
            }

            WarnOfWideRoles(installed);
            foreach ((string alias, string why) in installed.UnreadableCmpAliases)
            {
                LogUnreadable(alias, why);
            }
        }
        catch (Exception fault) when (Faults.IsTransient(fault))
        {
            // After a power cut everything starts at once; the database may take longer.
            LogUnchecked(fault.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>FLAWS.md C1: whoever writes into the table has this role, so it should be able to do next to nothing.</summary>
    private void WarnOfWideRoles(ConfigurationSnapshot installed)
    {
        foreach (Worker worker in workers.Select(running => running.Worker).Where(worker => worker.AcceptsUnsigned))
        {
            Actor unsigned = Actor.With("unsigned", installed.Roles.First(role => role.Name == worker.Options.UnsignedActsAs).RuleList);
            string[] wide = [.. Wide.Where(resource => unsigned.May(resource))];
            if (wide.Length > 0)
            {
                LogWide(worker.Name, worker.Options.UnsignedActsAs!, string.Join(", ", wide));
            }
        }
    }

    private static IEnumerable<string> Check(Worker worker, ConfigurationSnapshot installed)
    {
        if ((worker.Required.Signed || worker.RequiredOfLegacy.Signed) && installed.FindCa(worker.Options.RaIssuer) is null)
        {
            yield return $"Workers:{worker.Name}:RaIssuer names '{worker.Options.RaIssuer}', which is no CA of this installation.";
        }

        if (worker.AcceptsUnsigned && !installed.Roles.Any(role => role.Name == worker.Options.UnsignedActsAs))
        {
            yield return $"Workers:{worker.Name}:UnsignedActsAs names '{worker.Options.UnsignedActsAs}', which is no role of this installation.";
        }
    }

    [LoggerMessage(3059, LogLevel.Warning, "Worker {Worker}: unsigned requests act with the role '{Role}', and that may do {Resources}. Give them a role with one CA, one profile and nothing else.")]
    private partial void LogWide(string worker, string role, string resources);

    [LoggerMessage(3065, LogLevel.Error, "CMP alias '{Alias}' is not served, its settings cannot be read: {Reason}")]
    private partial void LogUnreadable(string alias, string reason);

    [LoggerMessage(3058, LogLevel.Warning, "The CA database is away; RA issuers and roles of the configuration could not be checked: {Reason}")]
    private partial void LogUnchecked(string reason);
}
