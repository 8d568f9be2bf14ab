using System.Diagnostics.Metrics;
using Ca.Core.Notices;
using ExtRa.Messages.Store;
using Pki.Hosting;

namespace CaServiceWorker;

/// <summary>What the worker counts. Tags come from closed lists, nothing a client sent.</summary>
internal sealed class WorkerMetrics : IDisposable
{
    private readonly Meter meter = new(Telemetry.MeterName);
    private readonly Counter<long> handled;
    private readonly Histogram<double> duration;
    private readonly Counter<long> notices;

    public WorkerMetrics()
    {
        handled = meter.CreateCounter<long>("extra.messages.handled", "{message}", "Messages by outcome.");
        duration = meter.CreateHistogram<double>("extra.message.duration", "s", "From claim to answer.");
        notices = meter.CreateCounter<long>("ca.notices", "{notice}", "Attempts to tell somebody, by outcome.");
    }

    public void Handled(MessageType type, string outcome, TimeSpan took)
    {
        KeyValuePair<string, object?> kind = new("kind", type.ToString());
        KeyValuePair<string, object?> ended = new("outcome", outcome);
        handled.Add(1, kind, ended);
        duration.Record(took.TotalSeconds, kind, ended);
    }

    public void Noticed(NoticeKind about, string outcome) => notices.Add(1, new("kind", about.ToString()), new("outcome", outcome));

    public void Dispose() => meter.Dispose();
}
