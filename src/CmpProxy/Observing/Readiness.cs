using CmpProxy.Configuration;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;

namespace CmpProxy.Observing;

/// <summary>Whether new requests can be taken right now: whether the message database answers, where one is used.</summary>
internal sealed class Readiness(IServiceProvider services, IOptions<CmpProxyOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks the database for a row that does not exist.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        if (options.Value.Aliases.Values.All(alias => alias.Upstream is not null))
        {
            return true;
        }

        using var timeout = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            await services.GetRequiredService<IMessageStore>().FindAsync("health", both.Token);
            return true;
        }
        catch (Exception e) when (e is MessageStoreUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }
}
