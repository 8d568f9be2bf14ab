using Ca.Core.Cmp;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Recovery;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Asn1;
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

    /// <summary>Without this key, private keys in escrow or in plans, and shared secrets, could never be opened again. Asked when an operator removes a key, so rarely.</summary>
    private async Task<bool> OpensKeptKeysAsync(int tokenId, string alias, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        IQueryable<byte[]> kept = db.Set<EscrowedKeyRow>().Select(k => k.SealedKey)
            .Concat(db.Set<PlanRow>().Where(p => p.SealedKey != null).Select(p => p.SealedKey!))
            .Concat(db.Set<CmpSecretRow>().Select(s => s.Sealed));
        await foreach (byte[] sealedKey in kept.AsAsyncEnumerable().WithCancellation(cancel))
        {
            SealedBox box = Der.Decode<SealedBox>(sealedKey).OrThrow();
            if (box.TokenId == tokenId && box.Alias == alias)
            {
                return true;
            }
        }

        return false;
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
