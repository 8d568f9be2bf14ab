using System.Diagnostics.Metrics;
using System.Globalization;
using CmpProxy.Limits;
using Pki.Hosting;

namespace CmpProxy.Observing;

/// <summary>What is counted. Tags come from closed lists, nothing a client sent.</summary>
internal sealed class CmpMetrics
{
    private const string None = "none";
    private readonly Counter<long> calls;
    private readonly Histogram<double> duration;

    public CmpMetrics(IMeterFactory meters, CallSlots slots)
    {
        Meter meter = meters.Create(Telemetry.MeterName);
        calls = meter.CreateCounter<long>("cmp.calls", "{call}", "CMP calls by body and outcome.");
        duration = meter.CreateHistogram<double>("cmp.call.duration", "s", "How long calls took, waiting for the CA included.");
        meter.CreateObservableUpDownCounter("cmp.calls.held", () => slots.InUse, "{call}", "Calls held or in work.");
    }

    /// <summary>Counts one message.</summary>
    public void Count(string body, string outcome, TimeSpan took)
    {
        var bodyTag = new KeyValuePair<string, object?>("body", body);
        var outcomeTag = new KeyValuePair<string, object?>("outcome", outcome);
        calls.Add(1, bodyTag, outcomeTag);
        duration.Record(took.TotalSeconds, bodyTag, outcomeTag);
    }

    /// <summary>Counts a call that was refused before a message was read.</summary>
    public void CountRefused(int status) => Count(status.ToString(CultureInfo.InvariantCulture));

    /// <summary>Counts a call whose client did not wait for the answer.</summary>
    public void CountGone() => Count("gone");

    /// <summary>Counts something of which nothing can be read.</summary>
    public void CountUnreadable() => Count("unreadable");

    private void Count(string outcome) =>
        calls.Add(1, new KeyValuePair<string, object?>("body", None), new KeyValuePair<string, object?>("outcome", outcome));
}
