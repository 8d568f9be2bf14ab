using System.Diagnostics;
using System.Globalization;
using CaServiceWorker;

namespace CrashingWorker;

/// <summary>Kills its own process at a milestone.</summary>
internal sealed class KillAtMilestone(Milestone? at, int oneIn, int seed) : IMilestones
{
    private readonly Lock gate = new();
    private readonly Random random = new(seed);

    public static KillAtMilestone FromEnvironment() => new(
        Enum.TryParse(Environment.GetEnvironmentVariable("CRASH_AT"), out Milestone at) ? at : null,
        Number("CRASH_ONE_IN", 1),
        Number("CRASH_SEED", Environment.ProcessId));

    public void Reached(Milestone milestone, string uniqueId)
    {
        if (at is { } only && milestone != only)
        {
            return;
        }

        lock (gate)
        {
            if (random.Next(oneIn) == 0)
            {
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite); // the signal is on its way; nothing more may happen
            }
        }
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
