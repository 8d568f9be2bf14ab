using Pki.Protocols.X509;

namespace ScepRaServer.Aliases;

/// <summary>
/// Warns each day while an RA certificate is about to end, and after it did; the server goes on, since some clients
/// accept that (SCEP.md L-08).
/// </summary>
internal sealed class RaCertificateWatch(AliasBook aliases, TimeProvider clock, ILogger<RaCertificateWatch> log) : BackgroundService
{
    private const int FirstWarningDays = 30;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Looks once.</summary>
    public void Look()
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach (ScepAlias alias in aliases.All)
        {
            foreach (Certificate certificate in alias.RaKeys[0].Certificates)
            {
                int days = (int)Math.Floor((certificate.NotAfter - now).TotalDays);
                if (days < 0)
                {
                    log.RaCertificateEnded(alias.Name, certificate.Subject.ToString(), certificate.NotAfter);
                }
                else if (days <= FirstWarningDays)
                {
                    log.RaCertificateEnds(alias.Name, certificate.Subject.ToString(), days, certificate.NotAfter);
                }
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Day, clock);
        do
        {
            Look();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
