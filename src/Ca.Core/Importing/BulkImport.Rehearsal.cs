using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Recovery;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Importing;

/// <content>What taking over a batch would do. Reads only.</content>
public sealed partial class BulkImport
{
    /// <summary>
    /// What <see cref="CommitAsync"/> would answer now. It knows what is stored and not what an earlier batch of the same
    /// rehearsal would have stored.
    /// </summary>
    public async Task<BatchResult> RehearseAsync(ImportBatch batch, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        string[] serials = [.. batch.Certificates.Select(c => c.Certificate.Serial.ToString())];
        var rows = serials.Length == 0 ? [] : await db.Set<CertificateRow>().Where(c => serials.Contains(c.Serial)).Select(c => new { c.CaId, c.Serial, c.Fingerprint, c.Status }).ToListAsync(cancel);
        var here = rows.ToDictionary(c => (c.CaId, c.Serial), c => (c.Fingerprint, c.Status));
        (int added, int revoked, int kept, List<string> duplicates) = (0, 0, 0, []);
        foreach (ImportedCertificate certificate in batch.Certificates)
        {
            switch (here.TryGetValue((certificate.CaId, certificate.Certificate.Serial.ToString()), out (string Fingerprint, CertificateStatus Status) known))
            {
                case false:
                    added++;
                    break;
                case true when known.Fingerprint != certificate.Fingerprint:
                    duplicates.Add(certificate.Fingerprint);
                    break;
                default:
                    revoked += IsInForce(known.Status) && certificate.Status == CertificateStatus.Revoked ? 1 : 0;
                    kept += known.Status == CertificateStatus.Revoked && IsInForce(certificate.Status) ? 1 : 0;
                    break;
            }
        }

        return new(added, revoked, duplicates, kept, await CountNewUsersAsync(db, batch, cancel)) { NewKeys = await CountNewKeysAsync(db, batch, cancel) };
    }

    private static bool IsInForce(CertificateStatus status) => status is CertificateStatus.Inactive or CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration;

    private static async Task<int> CountNewUsersAsync(CaDbContext db, ImportBatch batch, CancellationToken cancel)
    {
        string[] names = [.. batch.EndEntities.Select(e => e.Username)];
        return names.Length == 0 ? 0 : names.Length - await db.Set<EndEntityRow>().CountAsync(e => names.Contains(e.Username), cancel);
    }

    private static async Task<int> CountNewKeysAsync(CaDbContext db, ImportBatch batch, CancellationToken cancel)
    {
        string[] serials = [.. batch.Keys.Select(k => k.Serial)];
        var stored = serials.Length == 0 ? [] : await db.Set<EscrowedKeyRow>().Where(k => serials.Contains(k.Serial)).Select(k => new { k.CaId, k.Serial }).ToListAsync(cancel);
        HashSet<(int, string)> known = [.. stored.Select(k => (k.CaId, k.Serial))];
        return batch.Keys.Count(k => known.Add((k.CaId, k.Serial)));
    }
}
