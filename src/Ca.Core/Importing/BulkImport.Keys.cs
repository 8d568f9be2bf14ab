using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Recovery;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.X509;

namespace Ca.Core.Importing;

/// <content>Private keys that another system kept, taken into escrow (CA_CORE §11).</content>
public sealed partial class BulkImport
{
    private readonly KeySealing sealing = new(tokens);

    /// <summary>Encrypts a kept key to the key-encryption key of its CA here, for its user.</summary>
    /// <exception cref="TokenOfflineException">The CA's token is not active, or it has none.</exception>
    public Task<byte[]> SealAsync(KeyPair key, CertificateAuthority ca, string username, CancellationToken cancel) => sealing.SealAsync(key, ca, username, cancel);

    /// <summary>Whose certificates and keys some serial numbers are, by CA and number.</summary>
    public async Task<IReadOnlyDictionary<(int CaId, string Serial), KeyOwner>> FindOwnersAsync(IReadOnlyCollection<string> serials, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        var found = await db.Set<CertificateRow>().Where(c => serials.Contains(c.Serial)).Select(c => new { c.CaId, c.Serial, c.Username, c.PublicKeyDigest }).ToListAsync(cancel);
        return found.ToDictionary(c => (c.CaId, c.Serial), c => new KeyOwner(c.Username, c.PublicKeyDigest));
    }

    /// <summary>Those of some users who have a marked key here.</summary>
    public async Task<IReadOnlyCollection<string>> FindMarkedAsync(IReadOnlyCollection<string> usernames, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<EscrowedKeyRow>().Where(k => k.IsMarked && usernames.Contains(k.Username)).Select(k => k.Username).Distinct().ToListAsync(cancel);
    }

    /// <summary>A key that is here already stays as it is. Of a user's keys one is marked: see <see cref="KeyMarks"/>.</summary>
    private async Task<int> SaveKeysAsync(CaDbContext db, IReadOnlyList<ImportedKey> keys, CancellationToken cancel)
    {
        if (keys.Count == 0)
        {
            return 0;
        }

        (string[] serials, string[] users) = ([.. keys.Select(k => k.Serial)], [.. keys.Select(k => k.Username)]);
        var stored = await db.Set<EscrowedKeyRow>().Where(k => serials.Contains(k.Serial)).Select(k => new { k.CaId, k.Serial }).ToListAsync(cancel);
        HashSet<(int, string)> known = [.. stored.Select(k => (k.CaId, k.Serial))];
        HashSet<string> marked = [.. await db.Set<EscrowedKeyRow>().Where(k => k.IsMarked && users.Contains(k.Username)).Select(k => k.Username).ToListAsync(cancel)];
        DateTimeOffset now = clock.GetUtcNow();
        EscrowedKeyRow[] rows =
        [
            .. keys.Where(k => known.Add((k.CaId, k.Serial))).Select(k => new EscrowedKeyRow
            {
                CaId = k.CaId,
                Serial = k.Serial,
                Username = k.Username,
                SealedKey = k.SealedKey,
                IsMarked = k.IsMarked && marked.Add(k.Username),
                At = now,
            }),
        ];
        db.AddRange(rows.AsEnumerable<object>());
        return rows.Length;
    }
}
