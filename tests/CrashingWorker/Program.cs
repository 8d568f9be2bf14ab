using CaServiceWorker;
using CrashingWorker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// The worker as it is shipped, but it dies like a machine does (kill -9) when a message reaches a milestone.
// CRASH_AT: a milestone, or "any". CRASH_ONE_IN: dies at one of so many passages on average. CRASH_SEED: repeatable.
using IHost host = Composition.Build(args, services => services.AddSingleton<IMilestones>(KillAtMilestone.FromEnvironment()));
await host.RunAsync();
