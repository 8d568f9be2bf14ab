using System.Diagnostics.Metrics;
using Pki.Hosting;

namespace AdminWeb.SignIn;

/// <summary>
/// Says that sign-ins were refused: the first of each minute one by one, the others as a number, so that whoever knocks
/// without end neither fills the log nor stays unseen.
/// </summary>
internal sealed class FailedSignIns(TimeProvider clock, ILogger<FailedSignIns> log) : IDisposable
{
    private const int OneByOne = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Meter meter = new(Telemetry.MeterName);
    private Counter<long>? refused;
    private DateTimeOffset began;
    private int count;

    public void Add(string remote, string why)
    {
        (refused ??= meter.CreateCounter<long>("admin.signins.refused", "{call}")).Add(1);
        bool say;
        lock (gate)
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (now - began >= Window)
            {
                if (count > OneByOne)
                {
                    log.ManySignInsRefused(count, (int)Window.TotalSeconds, count - OneByOne);
                }

                (began, count) = (now, 0);
            }

            say = ++count <= OneByOne;
            if (count == OneByOne + 1)
            {
                log.ManySignInsRefused(count, (int)(now - began).TotalSeconds, 1);
            }
        }

        if (say)
        {
            log.SignInRefused(remote, why);
        }
    }

    public void Dispose() => meter.Dispose();
}
