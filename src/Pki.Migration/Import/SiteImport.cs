using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ca.Core.Authorities;
using Ca.Core.Importing;
using Ca.Core.Roles;
using Pki.Migration.Certificates;
using Pki.Migration.Recovery;
using Pki.Migration.Sources;
using Pki.Migration.Users;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <summary>What the operator decides about an import.</summary>
public sealed record ImportOptions
{
    /// <summary>Who imports.</summary>
    public required Actor Actor { get; init; }

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>What old ids are called here.</summary>
    public ImportMap Map { get; init; } = new();

    /// <summary>Reads and checks everything and stores nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Goes on with a run of the same source that was stopped; without it such a run is refused.</summary>
    public bool Resume { get; init; }

    /// <summary>Takes over clear passwords of users that wait for a key store, as hashes.</summary>
    public bool WithClearPasswords { get; init; }

    /// <summary>
    /// Verifies the signatures of the first 100 000 certificates and then of one in fifty, which nobody can foretell, instead of
    /// all (MIGRATION §9 check 2). What was not verified is counted.
    /// </summary>
    public bool SamplesSignatures { get; init; }

    /// <summary>The keys that kept keys were encrypted to in the old system; without any, kept keys are left behind.</summary>
    public IReadOnlyList<KeyPair> KeyEncryptionKeys { get; init; } = [];

    /// <summary>Numbers left free between the old CRLs and ours.</summary>
    public int CrlNumberGap { get; init; } = 10;

    /// <summary>Rows taken over together.</summary>
    public int BatchSize { get; init; } = 5000;

    /// <summary>Characters that the rows taken over together have at most, unless it is one row.</summary>
    public int BatchCharacters { get; init; } = RowLimits.Batch;

    /// <summary>Certificates of older keys of the CAs here.</summary>
    public IReadOnlyList<Certificate> OlderCaCertificates { get; init; } = [];
}

/// <summary>How an import goes, told after each batch.</summary>
/// <param name="Table">The table being read.</param>
/// <param name="Rows">Rows of it that are done with.</param>
/// <param name="Share">How much of it has been read, 0 to 1; null: nobody knows.</param>
public sealed record ImportProgress(string Table, long Rows, double? Share);

/// <summary>
/// Takes over certificates, kept keys, end entities and CRL numbers from the database of an EJBCA. Memory stays flat however many
/// rows there are; a second run over the same rows changes nothing.
/// </summary>
public sealed partial class SiteImport(BulkImport bulk, CertificateAuthorities authorities, ILegacySource source, ImportOptions options, Stream setAside, Action<ImportProgress> progress) : IDisposable
{
    internal const string Texts = "Base64CertData", CertificatesTable = "CertificateData", KeysTable = "KeyRecoveryData", UsersTable = "UserData", CrlsTable = "CRLData", CasTable = "CAData", UnstoredTable = "NoConflictCertificateData";
    private const int FullyVerified = 100_000;
    private const int MaxFingerprint = 100; // 40 are meant; run and fingerprint are one key
    private const int SampleEvery = 50;
    private const int MaxRunName = 100;

    private static readonly Dictionary<string, string> NoTexts = new(StringComparer.Ordinal);

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

        await WantKeysAsync(cancel);
        await TableAsync(Texts, list, batch => ReadTexts(batch), cancel);
        await TableAsync(CertificatesTable, list, batch => ReadCertificatesAsync(batch, certificates, names, cancel), cancel);
        await TableAsync(UnstoredTable, list, ReadUnstored, cancel);
        await TableAsync(KeysTable, list, batch => ReadKeysAsync(batch, keys, cancel), cancel);
        await TableAsync(UsersTable, list, batch => ReadUsersAsync(batch, users, cancel), cancel);
        await CrlsAsync(list, names, cancel);
        if (!options.DryRun)
        {
            await bulk.DropTextsAsync(Run, cancel);
        }

        return state;
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

    private ValueTask<PendingBatch> ReadTexts(List<LegacyRow> rows)
    {
        var batch = new PendingBatch();
        foreach (LegacyRow row in rows)
        {
            if (row.Problem is null && row.Text("fingerprint") is { Length: <= MaxFingerprint } fingerprint && row.Text("base64Cert") is { } text && Storable.Is(fingerprint) && Storable.Is(text))
            {
                batch.LongestText = Math.Max(batch.LongestText, text.Length);
                if (options.DryRun)
                {
                    rehearsal.Keep(fingerprint, text);
                }
                else
                {
                    batch.Texts.Add(new(fingerprint, text));
                }
            }
        }

        return new(batch);
    }

    private async ValueTask<PendingBatch> ReadCertificatesAsync(List<LegacyRow> rows, CertificateMapper mapper, SiteNames names, CancellationToken cancel)
    {
        string[] missing = [.. rows.Where(row => row.Text("base64Cert") is null).Select(row => row.Text("fingerprint")).OfType<string>()];
        IReadOnlyDictionary<string, string> texts = missing.Length == 0 ? NoTexts : options.DryRun ? rehearsal.Find(missing) : await bulk.FindTextsAsync(Run, missing, cancel);
        Mapped<ImportedCertificate> Map(LegacyRow row) => Guarded(() => mapper.Map(row, row.Text("fingerprint") is { } fingerprint ? texts.GetValueOrDefault(fingerprint) : null));
        var batch = new PendingBatch();
        foreach ((LegacyRow row, Mapped<ImportedCertificate> mapped) in rows.AsParallel().AsOrdered().Select(row => (row, Map(row))))
        {
            batch.Note(CertificatesTable, row.Number, row.Text("fingerprint"), mapped);
            if (mapped.Value is { } certificate)
            {
                batch.Certificates.Add(certificate);
                batch.Rows[certificate.Fingerprint] = row.Number;
                RememberOwner(certificate);
                string ca = names.Cas.First(known => known.Id == certificate.CaId).Name;
                batch.CertificateCounts.Add((certificate.Fingerprint, string.Create(CultureInfo.InvariantCulture, $"{ca}|{(int)certificate.Status}|{certificate.RevocationReason}")));
            }
        }

        return batch;
    }

    private async ValueTask<PendingBatch> ReadUsersAsync(List<LegacyRow> rows, UserMapper mapper, CancellationToken cancel)
    {
        var batch = new PendingBatch();
        HashSet<string> waiting = await MarkedAsync(rows, cancel);
        foreach (LegacyRow row in rows)
        {
            Mapped<ImportedEndEntity> mapped = Guarded(() => mapper.Map(row, row.Text("username") is { } name && waiting.Contains(name)));
            batch.Note(UsersTable, row.Number, row.Text("username"), mapped);
            if (mapped.Value is { } user)
            {
                batch.Users.Add(user);
                batch.UserCounts.Add(user.Status.ToString());
            }
        }

        return batch;
    }
}
