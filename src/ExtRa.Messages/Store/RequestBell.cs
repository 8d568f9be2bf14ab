namespace ExtRa.Messages.Store;

/// <summary>The bell for new requests, within this process.</summary>
/// <param name="pace">How long a wait is at most.</param>
/// <param name="listen">Called at the first wait: whoever never waits needs no connection that listens.</param>
/// <param name="time">Measures the pauses.</param>
internal sealed class RequestBell(PollingPace pace, Action listen, TimeProvider time) : IDoorbell
{
    private readonly Lock gate = new();
    private TaskCompletionSource? waiting;
    private bool rung;

    /// <summary>Wakes all that wait; if nobody does, the next one to come.</summary>
    public void Ring()
    {
        lock (gate)
        {
            rung = waiting is null;
            waiting?.TrySetResult();
            waiting = null;
        }
    }

    /// <inheritdoc />
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancel)
    {
        listen();
        Task ring;
        lock (gate)
        {
            if (rung)
            {
                rung = false;
                return;
            }

            waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            ring = waiting.Task;
        }

        TimeSpan pause = pace.Current;
        try
        {
            await ring.WaitAsync(pause < atMost ? pause : atMost, time, cancel);
        }
        catch (TimeoutException)
        {
            pace.Slacken(); // nobody rang: worth a look all the same
        }
    }
}
