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
        try
        {
            // A read of standard input cannot be cancelled; a host that stops for another reason lets go of it.
            while (await input.ReadAsync(ignored, CancellationToken.None).AsTask().WaitAsync(stoppingToken) > 0)
            {
                // Nothing is expected here; only the end matters.
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        lifetime.StopApplication();
    }
}
