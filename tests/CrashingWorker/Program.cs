using System.Diagnostics;
using System.Globalization;
using CaServiceWorker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// The worker as it is shipped, but it dies like a machine does (kill -9) when a message reaches a milestone.
// CRASH_AT: a milestone, or "any". CRASH_ONE_IN: dies at one of so many passages on average. CRASH_SEED: repeatable.
using IHost host = Composition.Build(args, services => services.AddSingleton<IMilestones>(KillAtMilestone.FromEnvironment()));
await host.RunAsync();

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
