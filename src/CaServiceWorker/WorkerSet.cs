using System.Collections;

namespace CaServiceWorker;

/// <summary>The workers of this process, by name.</summary>
internal sealed class WorkerSet(IEnumerable<RunningWorker> workers) : IReadOnlyCollection<RunningWorker>
{
    private readonly Dictionary<string, RunningWorker> byName = workers.ToDictionary(worker => worker.Worker.Name, StringComparer.Ordinal);

    public int Count => byName.Count;

    public RunningWorker this[string name] => byName[name];

    public IEnumerator<RunningWorker> GetEnumerator() => byName.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
