using Pki.Hosting;

namespace CmpProxy.Gate;

/// <summary>Reads the gates' files again from time to time, so that no request waits for a file.</summary>
internal sealed class TrustFileWatch(GateFiles gates, TimeProvider clock, ILogger<TrustFileWatch> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(gates.All.Select(files => WatchAsync(files, stoppingToken)));

    private async Task WatchAsync(TrustFiles files, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(files.Refresh, clock);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                files.Reload();
            }
            catch (KeyStoreException e)
            {
                log.TrustNotReloaded(e.Message);
            }
        }
    }
}

/// <summary>The files of all gates.</summary>
/// <param name="All">One for each alias that has them.</param>
internal sealed record GateFiles(IReadOnlyList<TrustFiles> All);
