using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Pki.Hosting;

/// <summary>
/// A process that ends when it is told to. A scheduler whose database has gone waits for ever to write down that its jobs
/// are done; what is left undone comes back by its lease.
/// </summary>
public static class BoundedStop
{
    // A little more than the services have to stop in order (HostDefaults).
    private static readonly TimeSpan Limit = HostDefaults.ShutdownTimeout + TimeSpan.FromSeconds(5);

    extension(IHost host)
    {
        /// <summary>Runs the host until it is told to stop; ends the process when it cannot stop in time.</summary>
        public async Task RunUntilToldAsync()
        {
            TimeProvider clock = host.Services.GetRequiredService<TimeProvider>();
            CancellationToken stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            await using CancellationTokenRegistration told = stopping.Register(() => _ = EndAfterAsync(Limit, clock));
            await host.RunAsync();
        }
    }

    private static async Task EndAfterAsync(TimeSpan limit, TimeProvider clock)
    {
        await Task.Delay(limit, clock);
        await Console.Error.WriteLineAsync("The services did not stop in time; the process ends all the same. What was claimed comes back by its lease.");
        Environment.Exit(1);
    }
}
