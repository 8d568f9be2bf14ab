namespace CaServiceWorker;

/// <summary>
/// The messages being processed right now. One may be here twice: when its lease ran out it was claimed again, and the
/// earlier attempt has not ended yet.
/// </summary>
internal sealed class InFlight
{
    private readonly Lock gate = new();
    private readonly List<string> ids = [];
    private TaskCompletionSource? empty;

    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (gate)
            {
                return [.. ids];
            }
        }
    }

    public void Add(string id)
    {
        lock (gate)
        {
            ids.Add(id);
        }
    }

    public void Remove(string id)
    {
        lock (gate)
        {
            ids.Remove(id);
            if (ids.Count == 0)
            {
                empty?.TrySetResult();
                empty = null;
            }
        }
    }

    public Task WhenEmptyAsync()
    {
        lock (gate)
        {
            if (ids.Count == 0)
            {
                return Task.CompletedTask;
            }

            empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return empty.Task;
        }
    }
}
