using System.Diagnostics.Metrics;
using Pki.Hosting;

namespace ScepRaServer.Observing;

/// <summary>What is counted. Tags come from closed lists, nothing a client sent.</summary>
internal sealed class ScepMetrics
{
    private readonly Counter<long> calls;

    public ScepMetrics(IMeterFactory meters)
    {
        calls = meters.Create(Telemetry.MeterName).CreateCounter<long>("scep.calls", "{call}", "SCEP calls by operation and outcome.");
    }

    /// <summary>Counts one call.</summary>
    public void Count(string operation, string outcome) =>
        calls.Add(1, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("outcome", outcome));
}
