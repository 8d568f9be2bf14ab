using Ca.Core.Runs;

namespace CaServiceWorker;

/// <summary>What one worker of this process has done so far.</summary>
internal sealed class WorkerTally(string worker, DateTimeOffset startedAt, TimeProvider clock)
{
    private long claimed;
    private long answered;
    private long failed;
    private long lookedAt; // UTC ticks; 0: never

    /// <summary>Its database answered, with so many messages.</summary>
    public void Looked(int messages)
    {
        Interlocked.Add(ref claimed, messages);
        Volatile.Write(ref lookedAt, clock.GetUtcNow().UtcTicks);
    }

    /// <summary>An answer or a refusal is out.</summary>
    public void Answered() => Interlocked.Increment(ref answered);

    /// <summary>A fault: the message comes again.</summary>
    public void Failed() => Interlocked.Increment(ref failed);

    /// <summary>As of now.</summary>
    public WorkerRun Run(string node) => new(
        node,
        worker,
        startedAt,
        Volatile.Read(ref lookedAt) is not 0 and long ticks ? new(ticks, TimeSpan.Zero) : null,
        Interlocked.Read(ref claimed),
        Interlocked.Read(ref answered),
        Interlocked.Read(ref failed),
        clock.GetUtcNow());
}
