using System.Security.Cryptography;
using System.Text;
using Ca.Core.Authorities;
using Ca.Core.Importing;
using Pki.Migration.Certificates;
using Pki.Migration.Recovery;
using Pki.Migration.Sources;
using Pki.Migration.Users;
using Pki.Protocols.Trust;

namespace Pki.Migration.Import;

/// <summary>
/// Takes over certificates, kept keys, end entities and CRL numbers from the database of an EJBCA. Memory stays flat however many
/// rows there are; a second run over the same rows changes nothing.
/// </summary>
public sealed partial class SiteImport(BulkImport bulk, CertificateAuthorities authorities, ILegacySource source, ImportOptions options, Stream setAside, Action<ImportProgress> progress) : IDisposable
{
    internal const string Texts = "Base64CertData", CertificatesTable = "CertificateData", KeysTable = "KeyRecoveryData", UsersTable = "UserData", CrlsTable = "CRLData", CasTable = "CAData", UnstoredTable = "NoConflictCertificateData";
    private const int FullyVerified = 100_000;
    private const int SampleEvery = 50;
    private const int MaxRunName = 100;

    private readonly Rehearsal rehearsal = new(bulk);
    private ImportState state = new();
    private string? storedState; // as the database has it

    /// <summary>The run's name: the same source has the same.</summary>
    public string Run { get; } = source.ContentDigest ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source.Description)))[..Math.Min(64, MaxRunName)];

    /// <summary>Runs to the end, or throws and leaves a checkpoint.</summary>
    /// <exception cref="LegacyFormatException">The source is not what it should be.</exception>
    /// <exception cref="Ca.Core.Ledger.ConcurrentChangeException">Another program imports the same source.</exception>
    public async Task<Outcome<ImportState>> RunAsync(CancellationToken cancel)
    {
        if (await BeginAsync(cancel) is { } refusal)
        {
            return refusal;
        }

        using var list = new SetAsideList(setAside);
        list.Write(state.ListLength, []);
        SiteNames names = await SiteNames.ReadAsync(bulk, authorities, source, options.Map, options.OlderCaCertificates, cancel);
        var certificates = new CertificateMapper(names, number => !options.SamplesSignatures || number <= FullyVerified || RandomNumberGenerator.GetInt32(SampleEvery) == 0, options.Clock.GetUtcNow());
        var keys = new KeptKeyMapper(names, options.KeyEncryptionKeys);
        var users = new UserMapper(names, options.WithClearPasswords ? bulk.Hash : null);

        await FindNamesakesAsync(names, cancel);
        await WantKeysAsync(cancel);
        await TableAsync(Texts, list, batch => ReadTexts(batch), cancel);
        await TableAsync(CertificatesTable, list, batch => ReadCertificatesAsync(batch, certificates, names, cancel), cancel);
        await TableAsync(UnstoredTable, list, ReadUnstored, cancel);
        await TableAsync(KeysTable, list, batch => ReadKeysAsync(batch, keys, cancel), cancel);
        await TableAsync(UsersTable, list, batch => ReadUsersAsync(batch, users, cancel), cancel);
        await CrlsAsync(list, names, cancel);
        TellMissingTables();
        if (!options.DryRun)
        {
            await bulk.DropTextsAsync(Run, cancel);
        }

        return state;
    }

    // Whoever left a table out of the export may not know it: nothing of it is missed by any check.
    private void TellMissingTables()
    {
        foreach (string table in Wholeness.Counted.Where(table => !source.Has(table)))
        {
            state.Notes[$"{table}: not in the source"] = 1;
        }
    }

    /// <inheritdoc />
    public void Dispose() => rehearsal.Dispose();

    // A live database is a new snapshot each time: its run always begins anew, and what is here already is passed over.
    private async Task<Refusal?> BeginAsync(CancellationToken cancel)
    {
        if (!source.Has(CertificatesTable) && !source.Has(UsersTable) && !source.Has(CrlsTable))
        {
            return new(RefusalCode.NotFound, $"There is no {CertificatesTable}, {UsersTable} or {CrlsTable} in {source.Description}.");
        }

        state.Choices = Choices();
        if (options.DryRun || await bulk.FindStateAsync(Run, cancel) is not { } stored)
        {
            return null;
        }

        if (source.ContentDigest is null || (!options.Resume && ImportState.FromJson(stored).Finished.Contains(CrlsTable)))
        {
            await bulk.ForgetAsync(Run, cancel);
            return null;
        }

        if (!options.Resume)
        {
            return new(RefusalCode.Conflict, "An import of this source was stopped before its end.");
        }

        (state, storedState) = (ImportState.FromJson(stored), stored);
        return state.Choices is { } chosen && chosen != Choices() ? new(RefusalCode.Conflict, "The import began with another map, other keys or other options: go on with the same.")
            : state.ListLength > setAside.Length ? new(RefusalCode.Conflict, "The list of rows set aside is not the one that the import began with: name that one (--set-aside).")
            : null;
    }

    /// <summary>What changes what a row becomes.</summary>
    private string Choices()
    {
        IEnumerable<string> parts =
        [
            options.Map.ToJson(), $"{options.WithClearPasswords}", .. options.KeyEncryptionKeys.Select(key => Convert.ToHexString(key.Public.Sha256())),
            .. options.OlderCaCertificates.Select(certificate => Convert.ToHexString(certificate.Sha1Fingerprint())),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    /// <summary>Reads a table in batches; the next one is read and checked while the database takes the last one in.</summary>
    private async Task TableAsync(string table, SetAsideList list, Func<List<LegacyRow>, ValueTask<PendingBatch>> read, CancellationToken cancel)
    {
        if (state.Finished.Contains(table))
        {
            return;
        }

        Task storing = Task.CompletedTask;
        var rows = new List<LegacyRow>();
        long size = 0;
        async Task HandOverAsync()
        {
            PendingBatch pending = await read(rows);
            long done = rows.Count == 0 ? 0 : rows[^1].Number;
            await storing;
            storing = Task.Run(() => StoreAsync(table, done, pending, list, cancel), cancel);
            rows.Clear();
            size = 0;
        }

        await foreach (LegacyRow row in source.ReadAsync(table, state.RowsRead.GetValueOrDefault(table), cancel))
        {
            long cost = CostOf(table, row);
            if (rows.Count == options.BatchSize || (rows.Count > 0 && size + cost > options.BatchCharacters))
            {
                await HandOverAsync();
            }

            rows.Add(row);
            size += cost;
        }

        await HandOverAsync();
        await storing;
        await FinishAsync(table, cancel);
    }

    /// <summary>Characters that a row brings into memory: its certificate, too, where that is in a table of its own.</summary>
    private long CostOf(string table, LegacyRow row) => row.Size + (table == CertificatesTable && row.Text("base64Cert") is null ? state.LongestText : 0);

    private async Task StoreAsync(string table, long done, PendingBatch pending, SetAsideList list, CancellationToken cancel)
    {
        ImportState Next(BatchResult result) => pending.After(state, table, done, result, list);
        var batch = new ImportBatch(Run, storedState, pending.Certificates, pending.Users, pending.Texts) { Keys = pending.Keys };
        ImportState? next = null;
        if (options.DryRun)
        {
            next = Next(await rehearsal.StoreAsync(batch, cancel));
        }
        else
        {
            await bulk.CommitAsync(options.Actor, batch, result => (next = Next(result)).ToJson(), cancel);
            storedState = next!.ToJson();
        }

        state = next!;
        progress(new(table, state.RowsRead.GetValueOrDefault(table), source.Share));
    }

    private async Task FinishAsync(string table, CancellationToken cancel)
    {
        ImportState next = ImportState.FromJson(state.ToJson());
        next.Finished.Add(table);
        if (!options.DryRun)
        {
            await bulk.CommitAsync(options.Actor, new(Run, storedState, [], [], []), _ => next.ToJson(), cancel);
            storedState = next.ToJson();
        }

        state = next;
    }

    /// <summary>A row that surprises us is set aside like any other that cannot be used; it does not stop the others.</summary>
    private static Mapped<T> Guarded<T>(Func<Mapped<T>> map)
        where T : class
    {
        try
        {
            return map();
        }
        catch (Exception surprise) when (surprise is not OperationCanceledException)
        {
            return Mapped<T>.SetAside($"it cannot be read: {surprise.GetType().Name}");
        }
    }
}
