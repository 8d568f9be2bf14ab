using System.Diagnostics;
using System.Globalization;
using CaServiceWorker;

namespace CrashingWorker;

/// <summary>Kills its own process at a milestone.</summary>
internal sealed class KillAtMilestone(bool armed, Milestone? at, int after) : IMilestones
{
    private readonly Lock gate = new();
    private int passages;

    public static KillAtMilestone FromEnvironment()
    {
        string? at = Environment.GetEnvironmentVariable("CRASH_AT");
        return new(
            armed: at is not null,
            Enum.TryParse(at, out Milestone milestone) ? milestone : null,
            int.TryParse(Environment.GetEnvironmentVariable("CRASH_AFTER"), CultureInfo.InvariantCulture, out int after) ? after : 1);
    }

    public void Reached(Milestone milestone, string uniqueId)
    {
        if (!armed || (at is { } only && milestone != only))
        {
            return;
        }

        lock (gate)
        {
            if (++passages == after)
            {
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite); // the signal is on its way; nothing more may happen
            }
        }
    }
}
