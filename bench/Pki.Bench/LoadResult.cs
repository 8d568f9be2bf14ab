namespace Pki.Bench;

/// <summary>What a load run saw.</summary>
/// <param name="Clients">Parallel clients.</param>
/// <param name="Succeeded">Enrolments that brought a certificate.</param>
/// <param name="Failed">All others.</param>
/// <param name="Elapsed">Wall time of the run.</param>
/// <param name="Latencies">Of each success, sorted.</param>
internal sealed record LoadResult(int Clients, int Succeeded, int Failed, TimeSpan Elapsed, IReadOnlyList<TimeSpan> Latencies)
{
    public double PerSecond => Succeeded / Elapsed.TotalSeconds;

    public double Percentile(double p) => Latencies.Count == 0 ? 0 : Latencies[(int)Math.Min(Latencies.Count - 1, p * Latencies.Count)].TotalMilliseconds;

    public override string ToString() =>
        FormattableString.Invariant($"{Clients,3} clients: {PerSecond,7:0.0}/s  p50 {Percentile(0.5),6:0.0} ms  p99 {Percentile(0.99),6:0.0} ms  {Failed} failed");
}
