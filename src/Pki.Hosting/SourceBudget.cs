using System.Collections.Concurrent;

namespace Pki.Hosting;

/// <summary>
/// Counts what each source uses up, be it calls or failures, and says when it is too much: a token bucket for each. Slows
/// down guessing of challenges, use of the server as a decryption oracle (SCEP.md E-08, P-08, L-11) and floods (CMP-P-7).
/// </summary>
/// <param name="burst">Allowed at once.</param>
/// <param name="perMinute">Allowed per minute in the long run.</param>
/// <param name="clock">Now.</param>
public sealed class SourceBudget(int burst, int perMinute, TimeProvider clock)
{
    // A source that was quiet lately has a full bucket, which is the same as none: forgetting it loses nothing.
    private const int MaxSources = 50_000;

    private readonly int burst = burst;
    private readonly int perMinute = perMinute;
    private readonly TimeProvider clock = clock;
    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    /// <summary>True while the source has something left.</summary>
    public bool HasRoom(string source) =>
        !buckets.TryGetValue(source, out Bucket? bucket) || bucket.Level() >= 1;

    /// <summary>Takes one away.</summary>
    public void Spend(string source) => BucketOf(source).Take();

    /// <summary>
    /// Takes what somebody asks for, if anything is left. The whole amount is taken, so that who asks for much at a time, more
    /// than a burst even, waits the longer for the next.
    /// </summary>
    /// <param name="source">Who asks.</param>
    /// <param name="amount">How much.</param>
    /// <returns>False: nothing is left, and nothing was taken.</returns>
    public bool TryTake(string source, long amount) => BucketOf(source).TryTake(amount);

    private Bucket BucketOf(string source)
    {
        if (buckets.Count >= MaxSources)
        {
            ForgetFullBuckets();
        }

        return buckets.GetOrAdd(source, _ => new Bucket(this));
    }

    private void ForgetFullBuckets()
    {
        foreach ((string source, Bucket bucket) in buckets)
        {
            if (bucket.Level() >= burst)
            {
                buckets.TryRemove(source, out _);
            }
        }

        if (buckets.Count >= MaxSources)
        {
            buckets.Clear(); // a flood of sources: better to forget than to grow without end
        }
    }

    private sealed class Bucket(SourceBudget budget)
    {
        private readonly Lock gate = new();
        private double level = budget.burst;
        private long at = budget.clock.GetTimestamp();

        public double Level()
        {
            lock (gate)
            {
                return Refill();
            }
        }

        public void Take()
        {
            lock (gate)
            {
                level = Math.Max(0, Refill() - 1);
            }
        }

        public bool TryTake(long amount)
        {
            lock (gate)
            {
                bool some = Refill() >= 1;
                level -= some ? amount : 0;
                return some;
            }
        }

        private double Refill()
        {
            long now = budget.clock.GetTimestamp();
            level = Math.Min(budget.burst, level + (budget.clock.GetElapsedTime(at, now).TotalMinutes * budget.perMinute));
            at = now;
            return level;
        }
    }
}
