using Npgsql;

namespace ExtRa.Messages.Store.PostgreSql;

/// <summary>
/// Listens on one notification channel, for ever: a broken connection is made again with growing pauses. After each
/// (re)connection everything may have happened, which is why <paramref name="connected"/> is called.
/// </summary>
internal sealed class PostgreSqlListener(string connectionString, string channel, Action<string> rang, Action connected, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private Task? loop;

    /// <summary>Begins to listen; later calls do nothing. Whoever never waits costs no connection.</summary>
    public void Start()
    {
        lock (gate)
        {
            loop ??= stop.IsCancellationRequested ? null : Task.Run(() => ListenForEverAsync(stop.Token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await (loop ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ListenForEverAsync(CancellationToken cancel)
    {
        TimeSpan pause = FirstPause;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                connection.Notification += (_, notification) => rang(notification.Payload);
                await connection.OpenAsync(cancel);
#pragma warning disable CA2100 // a channel name of our own; LISTEN takes no parameters
                await using (var listen = new NpgsqlCommand($"listen {channel}", connection))
#pragma warning restore CA2100
                {
                    await listen.ExecuteNonQueryAsync(cancel);
                }

                pause = FirstPause;
                connected();
                while (true)
                {
                    await connection.WaitAsync(cancel);
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException)
            {
                StoreMetrics.DoorbellLosses.Add(1);
                await Task.Delay(pause, time, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
