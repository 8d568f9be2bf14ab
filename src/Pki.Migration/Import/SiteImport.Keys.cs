using Ca.Core.EndEntities;
using Ca.Core.Importing;
using Pki.Migration.Recovery;
using Pki.Migration.Sources;

namespace Pki.Migration.Import;

/// <content>Kept keys: after the certificates they belong to, before the users who may be waiting for them.</content>
public sealed partial class SiteImport
{
    // A dry run stores nothing that could be asked for later: it remembers the certificates that kept keys need.
    private readonly HashSet<string> wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<(int CaId, string Serial), KeyOwner> seen = [];
    private readonly HashSet<string> marked = new(StringComparer.Ordinal);

    private async Task WantKeysAsync(CancellationToken cancel)
    {
        if (!options.DryRun || options.KeyEncryptionKeys.Count == 0)
        {
            return;
        }

        await foreach (LegacyRow row in source.ReadAsync(KeysTable, 0, cancel))
        {
            if (KeptKeyMapper.SerialOf(row) is { } serial)
            {
                wanted.Add(serial);
            }
        }
    }

    private void RememberOwner(ImportedCertificate imported)
    {
        if (wanted.Count > 0 && imported.Certificate.Serial.ToString() is var serial && wanted.Contains(serial))
        {
            seen.TryAdd((imported.CaId, serial), new(imported.Username, imported.Certificate.PublicKey.Sha256()));
        }
    }

    private async ValueTask<PendingBatch> ReadKeysAsync(List<LegacyRow> rows, KeptKeyMapper mapper, CancellationToken cancel)
    {
        IReadOnlyDictionary<(int CaId, string Serial), KeyOwner> owners = await OwnersAsync(rows, cancel);
        var batch = new PendingBatch();
        foreach ((LegacyRow row, Mapped<KeptKey> mapped) in rows.AsParallel().AsOrdered().Select(row => (row, Guarded(() => mapper.Map(row, owners)))))
        {
            batch.Note(KeysTable, row.Number, row.Text("certSN"), mapped);
            if (mapped.Value is { } kept)
            {
                using (kept.Key)
                {
                    byte[] sealedKey = options.DryRun ? [] : await bulk.SealAsync(kept.Key, kept.Ca, kept.Username, cancel);
                    batch.Keys.Add(new(kept.Ca.Id, kept.Serial, kept.Username, kept.IsMarked, sealedKey));
                }

                if (kept.IsMarked && options.DryRun)
                {
                    marked.Add(kept.Username);
                }
            }
        }

        return batch;
    }

    private async Task<IReadOnlyDictionary<(int CaId, string Serial), KeyOwner>> OwnersAsync(List<LegacyRow> rows, CancellationToken cancel)
    {
        string[] serials = [.. rows.Select(KeptKeyMapper.SerialOf).OfType<string>()];
        if (serials.Length == 0 || options.KeyEncryptionKeys.Count == 0)
        {
            return seen;
        }

        IReadOnlyDictionary<(int CaId, string Serial), KeyOwner> here = await bulk.FindOwnersAsync(serials, cancel);
        return options.DryRun ? here.Concat(seen.Where(one => !here.ContainsKey(one.Key))).ToDictionary() : here;
    }

    /// <summary>Those of a batch's users who wait for a kept key that came along.</summary>
    private async Task<HashSet<string>> MarkedAsync(List<LegacyRow> rows, CancellationToken cancel)
    {
        string[] waiting = [.. rows.Where(row => row.Number32("status", -1) == (int)EndEntityStatus.KeyRecovery).Select(row => row.Text("username")).OfType<string>().Where(Storable.Is)];
        HashSet<string> found = waiting.Length == 0 ? new(StringComparer.Ordinal) : new(await bulk.FindMarkedAsync(waiting, cancel), StringComparer.Ordinal);
        found.UnionWith(waiting.Where(marked.Contains));
        return found;
    }
}
