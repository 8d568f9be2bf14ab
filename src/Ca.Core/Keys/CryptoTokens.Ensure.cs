using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Keys;

/// <content>Keys that the core makes for itself when it first needs them.</content>
public sealed partial class CryptoTokens
{
    private static readonly Actor Core = Actor.Internal("CORE");

    private readonly SemaphoreSlim ensuring = new(1);

    /// <summary>The key of this alias; made if the token has none. Two processes that both make it agree on the one that was stored.</summary>
    /// <exception cref="TokenOfflineException">The token is not active.</exception>
    internal async Task<KeyPair> EnsureKeyAsync(int tokenId, string alias, string keySpec, CancellationToken cancel)
    {
        await ensuring.WaitAsync(cancel);
        try
        {
            CryptoTokenRow row = await FindAsync(r => r.Id == tokenId, cancel) ?? throw new TokenOfflineException($"#{tokenId}");
            if ((await active.HoldAsync(row, cancel)).Find(alias) is null)
            {
                await MakeAsync(row.Name, alias, keySpec, cancel);
            }

            return await active.KeyAsync(tokenId, alias, cancel);
        }
        finally
        {
            ensuring.Release();
        }
    }

    private async Task MakeAsync(string name, string alias, string keySpec, CancellationToken cancel)
    {
        try
        {
            Outcome<TokenKey> made = await GenerateKeyAsync(Core, name, alias, keySpec, cancel);
            if (!made.Succeeded(out _, out Refusal? refusal) && refusal.Code != RefusalCode.Conflict)
            {
                throw new InvalidOperationException(refusal.Detail);
            }
        }
        catch (ConcurrentChangeException)
        {
            // Another process changed the token, perhaps for this very key: the caller reads it again.
        }
    }
}
