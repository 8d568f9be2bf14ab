using ExtRa.Messages.Store;

namespace ScepRaServer.Observing;

/// <summary>Whether new requests can be taken right now: whether the message database answers (SCEP.md H-21).</summary>
internal sealed class Readiness(IMessageStore store, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks the database for a row that does not exist.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            await store.FindAsync("health", both.Token);
            return true;
        }
        catch (Exception e) when (e is MessageStoreUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }
}
