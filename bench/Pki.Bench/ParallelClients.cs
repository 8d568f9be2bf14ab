using System.Diagnostics;

namespace Pki.Bench;

/// <summary>N clients that do a number of things between them, each thing once and one at a time per client.</summary>
internal static class ParallelClients
{
    /// <summary>Does them all.</summary>
    /// <param name="count">How many there are to do.</param>
    /// <param name="clients">How many do them.</param>
    /// <param name="doOne">Does the one of this number; false: it failed.</param>
    public static async Task<LoadResult> RunAsync(int count, int clients, Func<int, Task<bool>> doOne)
    {
        int next = -1;
        int failed = 0;
        var latencies = new List<TimeSpan>[clients];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            latencies[client] = [];
            int mine;
            while ((mine = Interlocked.Increment(ref next)) < count)
            {
                long began = Stopwatch.GetTimestamp();
                if (await doOne(mine))
                {
                    latencies[client].Add(Stopwatch.GetElapsedTime(began));
                }
                else
                {
                    Interlocked.Increment(ref failed);
                }
            }
        }));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TimeSpan[] all = [.. latencies.SelectMany(list => list).Order()];
        return new(clients, all.Length, failed, elapsed, all);
    }
}
