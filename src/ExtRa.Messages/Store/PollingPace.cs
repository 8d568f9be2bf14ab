namespace ExtRa.Messages.Store;

/// <summary>How long to wait before looking again: short while there is traffic, longer the longer there is none.</summary>
internal sealed class PollingPace(TimeSpan shortest, TimeSpan longest)
{
    private const double Growth = 1.5;
    private readonly Lock gate = new();
    private readonly TimeSpan shortest = shortest;
    private TimeSpan current = shortest;

    /// <summary>Fast while there is traffic, cheap when idle; for databases without notifications.</summary>
    public static PollingPace Adaptive() => new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(250));

    /// <summary>Always the same; a net under the doorbell.</summary>
    public static PollingPace Steady(TimeSpan interval) => new(interval, interval);

    /// <summary>The pause to make now.</summary>
    public TimeSpan Current
    {
        get
        {
            lock (gate)
            {
                return current;
            }
        }
    }

    /// <summary>There was nothing: the next pause is longer.</summary>
    public void Slacken()
    {
        lock (gate)
        {
            current = current * Growth < longest ? current * Growth : longest;
        }
    }

    /// <summary>There was traffic: the next pause is the shortest.</summary>
    public void Quicken()
    {
        lock (gate)
        {
            current = shortest;
        }
    }
}
