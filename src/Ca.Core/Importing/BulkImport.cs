using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;

namespace Ca.Core.Importing;

/// <summary>
/// Takes over what another system has issued, in large batches. Each batch, its checkpoint and its audit record are one
/// transaction: an import that is killed anywhere goes on where the last batch ended.
/// </summary>
public sealed partial class BulkImport(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, CryptoTokens tokens, IOptions<CaOptions> options, TimeProvider clock)
{
    /// <summary>The certificate profiles and end entity profiles here, by name; the fixed ones too.</summary>
    public async Task<(IReadOnlyDictionary<string, int> Certificate, IReadOnlyDictionary<string, int> EndEntity)> ProfileIdsAsync(CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        return (
            snapshot.CertificateProfiles.ToDictionary(p => p.Key, p => p.Value.Id, StringComparer.Ordinal),
            snapshot.EndEntityProfiles.ToDictionary(p => p.Key, p => p.Value.Id, StringComparer.Ordinal));
    }

    /// <summary>Where a run stands; null when it has not begun.</summary>
    public async Task<string?> FindStateAsync(string run, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<ImportRunRow>().Where(r => r.Id == run).Select(r => r.State).SingleOrDefaultAsync(cancel);
    }

    /// <summary>Forgets a run and the texts it kept, so that it begins anew. What was taken over stays.</summary>
    public async Task ForgetAsync(string run, CancellationToken cancel)
    {
        var work = new CaWork();
        work.Stage((db, token) => db.Set<ImportRunRow>().Where(r => r.Id == run).ExecuteDeleteAsync(token));
        work.Stage((db, token) => db.Set<ImportTextRow>().Where(t => t.Fingerprint.StartsWith(run + "/")).ExecuteDeleteAsync(token));
        await ledger.CommitAsync(work, cancel);
    }

    /// <summary>Takes over a batch.</summary>
    /// <param name="actor">Who imports.</param>
    /// <param name="batch">What.</param>
    /// <param name="state">The run's state once this batch is taken over. May be asked twice; the last answer counts.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ConcurrentChangeException">Another program imports the same source.</exception>
    public async Task<BatchResult> CommitAsync(Actor actor, ImportBatch batch, Func<BatchResult, string> state, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        BatchResult? result = null;
        var work = new CaWork();
        work.Stage(async (db, token) =>
        {
            result = await BatchWriter.On(db).WriteAsync(batch, snapshot.FindCa, token);
            result = result with { NewKeys = await SaveKeysAsync(db, batch.Keys, token) };
            await SaveTextsAsync(db, batch, token);
            await SaveStateAsync(db, batch, state(result), token);
        });
        if (batch.Certificates.Count + batch.EndEntities.Count + batch.Keys.Count > 0)
        {
            work.Audit(Entry(actor, batch));
        }

        await ledger.CommitAsync(work, cancel);
        return result!;
    }

    /// <summary>The texts that a run kept of some fingerprints.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FindTextsAsync(string run, IReadOnlyCollection<string> fingerprints, CancellationToken cancel)
    {
        string[] keys = [.. fingerprints.Select(fingerprint => ImportTextRow.KeyOf(run, fingerprint))];
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<ImportTextRow>().Where(t => keys.Contains(t.Fingerprint)).ToDictionaryAsync(t => t.Fingerprint[(run.Length + 1)..], t => t.Content, StringComparer.Ordinal, cancel);
    }

    /// <summary>Removes the texts that a run kept.</summary>
    public async Task DropTextsAsync(string run, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        await db.Set<ImportTextRow>().Where(t => t.Fingerprint.StartsWith(run + "/")).ExecuteDeleteAsync(cancel);
    }

    /// <summary>How many certificates are stored, by CA, status and reason.</summary>
    public async Task<IReadOnlyList<CertificateCount>> CountCertificatesAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CertificateRow>().GroupBy(r => new { r.CaId, r.Status, r.RevocationReason })
            .Select(g => new CertificateCount(g.Key.CaId, g.Key.Status, g.Key.RevocationReason, g.LongCount())).ToListAsync(cancel);
    }

    /// <summary>A password hash of the old system that can be verified here: SHA-1, or bcrypt of a cost that somebody can compute.</summary>
    public static bool CanVerify(string hash) => SecretHash.IsLegacy(hash) && (!Bcrypt.IsHash(hash) || Bcrypt.CanVerify(hash));

    /// <summary>
    /// A password hash of the old system whose password is none, or one that everybody knows (FLAWS D9, E2). bcrypt is tried
    /// only where the user waits to enrol, because that takes its time; anybody's such password is refused when it is used.
    /// </summary>
    public static bool IsWellKnown(string hash, EndEntityStatus status) =>
        WellKnownSecrets.HasSha1(hash) || (status is EndEntityStatus.New or EndEntityStatus.Failed or EndEntityStatus.KeyRecovery && WellKnownSecrets.HasBcrypt(hash));

    /// <summary>A clear password that is none, or that everybody knows.</summary>
    public static bool IsWellKnown(Secret password) => WellKnownSecrets.Has(password);

    /// <summary>A clear password of the old system as we keep secrets.</summary>
    public string Hash(Secret password) => SecretHash.Create(password, options.Value.SecretIterations);

    private static async Task SaveTextsAsync(CaDbContext db, ImportBatch batch, CancellationToken cancel)
    {
        if (batch.Texts.Count == 0)
        {
            return;
        }

        ImportTextRow[] rows = [.. batch.Texts.Select(t => new ImportTextRow { Fingerprint = ImportTextRow.KeyOf(batch.Run, t.Key), Content = t.Value })];
        string[] keys = [.. rows.Select(row => row.Fingerprint)];
        HashSet<string> known = [.. await db.Set<ImportTextRow>().Where(t => keys.Contains(t.Fingerprint)).Select(t => t.Fingerprint).ToListAsync(cancel)];
        db.AddRange(rows.Where(row => known.Add(row.Fingerprint)));
    }

    /// <summary>Of two programs that import the same source at once, the second to store anything finds another state and ends.</summary>
    private async Task SaveStateAsync(CaDbContext db, ImportBatch batch, string state, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (batch.StateBefore is not { } before)
        {
            db.Add(new ImportRunRow { Id = batch.Run, State = state, StartedAt = now, UpdatedAt = now });
        }
        else if (await db.Set<ImportRunRow>().Where(r => r.Id == batch.Run && r.State == before)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.State, state).SetProperty(r => r.UpdatedAt, now), cancel) == 0)
        {
            throw new DbUpdateConcurrencyException($"Import run {batch.Run} was changed by another program.");
        }
    }

    /// <summary>One record for a batch: the digest over its fingerprints and user names says which rows they were.</summary>
    private static AuditEntry Entry(Actor actor, ImportBatch batch)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string key in batch.Certificates.Select(c => c.Fingerprint).Concat(batch.EndEntities.Select(e => e.Username))
            .Concat(batch.Keys.Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.CaId}/{k.Serial}"))))
        {
            digest.AppendData(Encoding.UTF8.GetBytes(key + "\n"));
        }

        string auditEvent = batch.Certificates.Count > 0 ? AuditEvents.CertStored : batch.Keys.Count > 0 ? AuditEvents.KeyRecoveryAddData : AuditEvents.RaAddEndEntity;
        return new AuditEntry(auditEvent, AuditStatus.Success, actor.Name) { Module = "IMPORT" }
            .With("run", batch.Run)
            .With("certificates", batch.Certificates.Count.ToString(CultureInfo.InvariantCulture))
            .With("endEntities", batch.EndEntities.Count.ToString(CultureInfo.InvariantCulture))
            .With("keptKeys", batch.Keys.Count.ToString(CultureInfo.InvariantCulture))
            .With("keysSha256", Convert.ToHexStringLower(digest.GetHashAndReset()));
    }
}

/// <summary>A number of stored certificates.</summary>
/// <param name="CaId">Their CA.</param>
/// <param name="Status">Their status.</param>
/// <param name="Reason">Their revocation reason; −1: none.</param>
/// <param name="Count">How many.</param>
public sealed record CertificateCount(int CaId, CertificateStatus Status, int Reason, long Count);
