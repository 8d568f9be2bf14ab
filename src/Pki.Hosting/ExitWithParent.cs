using Microsoft.Extensions.Hosting;

namespace Pki.Hosting;

/// <summary>
/// Stops the host when its standard input closes: a host started as a child (by <c>pki demo</c>, by a test) never
/// outlives its parent, not even one that was killed.
/// </summary>
internal sealed class ExitWithParent(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using Stream input = Console.OpenStandardInput();
        byte[] ignored = new byte[256];
        while (await input.ReadAsync(ignored, stoppingToken) > 0)
        {
            // Nothing is expected here; only the end matters.
        }

        lifetime.StopApplication();
    }
}
