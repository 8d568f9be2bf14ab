using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ca.Cmp.Tests;

/// <summary>What is counted of the alias while it lives, and from where it was made: other tests count at the same time.</summary>
internal sealed class Counted : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<KeyValuePair<string, object?>[]> seen = new();
    private readonly AsyncLocal<bool> here = new() { Value = true };

    public Counted(string instrument)
    {
        listener.InstrumentPublished = (published, l) =>
        {
            if (published.Name == instrument)
            {
                l.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (here.Value && tags.ToArray().Contains(new("alias", CmpCa.Alias)))
            {
                seen.Enqueue(tags.ToArray());
            }
        });
        listener.Start();
    }

    /// <summary>The values of a tag, in their order.</summary>
    public object?[] Of(string tag) => [.. seen.Select(tags => tags.Single(t => t.Key == tag).Value)];

    public void Dispose() => listener.Dispose();
}
