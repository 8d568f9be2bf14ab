using System.Diagnostics.Metrics;
using ExtRa.Messages.Store;
using Pki.Hosting;

namespace CaServiceWorker;

/// <summary>What the worker counts. Tags come from closed lists, nothing a client sent.</summary>
internal sealed class WorkerMetrics : IDisposable
{
    private readonly Meter meter = new(Telemetry.MeterName);
    private readonly Counter<long> handled;
    private readonly Histogram<double> duration;

    public WorkerMetrics()
    {
        handled = meter.CreateCounter<long>("extra.messages.handled", "{message}", "Messages by outcome.");
        duration = meter.CreateHistogram<double>("extra.message.duration", "s", "From claim to answer.");
    }

    public void Handled(MessageType type, string outcome, TimeSpan took)
    {
        KeyValuePair<string, object?> kind = new("kind", type.ToString());
        KeyValuePair<string, object?> ended = new("outcome", outcome);
        handled.Add(1, kind, ended);
        duration.Record(took.TotalSeconds, kind, ended);
    }

    public void Dispose() => meter.Dispose();
}
