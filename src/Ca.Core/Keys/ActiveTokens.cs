using System.Collections.Concurrent;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Keys;

/// <summary>A token that was opened, and as which version of its row.</summary>
internal sealed record Held(ICryptoToken Token, uint Version, Secret Pin);

/// <summary>
/// The tokens that are active in this process. One that another process changed is read again with the PIN held; one
/// that is not active is opened with the PIN of its file, where there is one.
/// </summary>
internal sealed class ActiveTokens(IDbContextFactory<CaDbContext> databases, IOptions<CaOptions> options) : IDisposable
{
    private const uint NoVersion = 0; // of no row

    private readonly ConcurrentDictionary<int, Held> active = new();
    private readonly SemaphoreSlim gate = new(1);

    public bool Holds(int tokenId) => active.ContainsKey(tokenId);

    /// <summary>Forgets PIN and keys.</summary>
    public void Release(int tokenId)
    {
        if (active.TryRemove(tokenId, out Held? held))
        {
            held.Token.Dispose();
        }
    }

    /// <summary>
    /// The next use reads it from the disk, with the PIN that is held: losing a race must not take a token off-line. Its
    /// keys are not disposed: somebody may be signing.
    /// </summary>
    public void Forget(int tokenId)
    {
        if (active.TryGetValue(tokenId, out Held? held))
        {
#pragma warning disable CA2000 // it holds nothing
            active.TryUpdate(tokenId, new(new SoftToken([]), NoVersion, held.Pin), held);
#pragma warning restore CA2000
        }
    }

    /// <exception cref="TokenOfflineException">Its token is not active, or lacks the key.</exception>
    public async ValueTask<KeyPair> KeyAsync(int tokenId, string alias, CancellationToken cancel)
    {
        if (active.TryGetValue(tokenId, out Held? held) && held.Token.Find(alias) is { } known)
        {
            return known;
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        CryptoTokenRow row = await db.Set<CryptoTokenRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == tokenId, cancel) ?? throw new TokenOfflineException($"#{tokenId}");
        return (await HoldAsync(row, cancel)).Find(alias) ?? throw new TokenOfflineException(row.Name);
    }

    /// <summary>The token as it is on disk, opened with the PIN held or with that of its file.</summary>
    public async Task<ICryptoToken> HoldAsync(CryptoTokenRow row, CancellationToken cancel)
    {
        if (active.TryGetValue(row.Id, out Held? held))
        {
            if (held.Version == row.Version)
            {
                return held.Token;
            }

            return (await OpenAsync(row, held.Pin, cancel))?.Token ?? throw new TokenOfflineException(row.Name);
        }

        if (!options.Value.TokenPinFiles.TryGetValue(row.Name, out string? file))
        {
            throw new TokenOfflineException(row.Name);
        }

        using Secret pin = Secret.FromText((await File.ReadAllTextAsync(file, cancel)).TrimEnd('\r', '\n'));
        return (await OpenAsync(row, pin, cancel))?.Token ?? throw new TokenOfflineException(row.Name);
    }

    /// <summary>Null: wrong PIN.</summary>
    public async Task<Held?> OpenAsync(CryptoTokenRow row, Secret pin, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            if (active.TryGetValue(row.Id, out Held? there) && there.Version == row.Version && there.Pin.EqualsInConstantTime(pin))
            {
                return there;
            }

#pragma warning disable CA2000 // held until the token is deactivated or the process ends
            ICryptoToken? token = SoftToken.Unlock(row.Data, pin);
#pragma warning restore CA2000
            return token is null ? null : Hold(row, token, pin);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>An older one is not disposed: its keys may be signing right now, and they are the same keys.</summary>
    private Held Hold(CryptoTokenRow row, ICryptoToken token, Secret pin) => active[row.Id] = new(token, row.Version, pin.Lend(bytes => new Secret(bytes)));

    public void Dispose()
    {
        foreach (Held held in active.Values)
        {
            held.Token.Dispose();
        }

        gate.Dispose();
    }
}
