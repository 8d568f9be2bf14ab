using Ca.Core.Storage;
using Pki.Cli.Configuration;

namespace Pki.Cli.Doctor;

/// <summary>What is examined, and with what.</summary>
/// <param name="Configuration">The CA side's configuration.</param>
/// <param name="Ca">The CA's services.</param>
/// <param name="Findings">Where findings go.</param>
/// <param name="Clock">Now.</param>
/// <param name="Cancel">Ends the examination.</param>
internal sealed record Patient(ConfigurationFile Configuration, CaSession Ca, Findings Findings, TimeProvider Clock, CancellationToken Cancel)
{
    /// <summary>CAs, profiles and roles; null as long as the CA database is not known to be usable.</summary>
    public ConfigurationSnapshot? Snapshot { get; set; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Runs one check whose faults are findings.</summary>
    public Task GuardAsync(string about, Func<Task> check) => Findings.GuardAsync(about, check, Cancel);
}
