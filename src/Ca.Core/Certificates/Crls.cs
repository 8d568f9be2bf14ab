using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>A stored CRL as it is shown.</summary>
/// <param name="CaName">Its CA.</param>
/// <param name="Number">cRLNumber.</param>
/// <param name="ThisUpdate">When it was made.</param>
/// <param name="NextUpdate">When the next will be there.</param>
/// <param name="Encoded">DER.</param>
public sealed record CrlView(string CaName, long Number, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate, byte[] Encoded);

/// <summary>What a run of the CRL job did for one CA.</summary>
/// <param name="CaName">The CA.</param>
/// <param name="Crl">The new CRL; null when none was made.</param>
/// <param name="Problem">Why none was made although one is due; null when nothing is wrong.</param>
public sealed record CrlRun(string CaName, CrlView? Crl, string? Problem);

/// <summary>Makes, keeps and takes in CRLs (CA_CORE §10; full CRLs).</summary>
public sealed class Crls(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, CryptoTokens tokens, TimeProvider clock)
{
    private const int Attempts = 10;

    /// <summary>Makes a full CRL now.</summary>
    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<Outcome<CrlView>> CreateAsync(Actor actor, string caName, CancellationToken cancel)
    {
        if ((await configuration.CurrentAsync(cancel)).FindCa(caName) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CA '{caName}'.");
        }

        if (!actor.May(AccessResources.CreateCrl) || !actor.May(AccessResources.Ca(ca.Id)))
        {
            return new Refusal(RefusalCode.NotAuthorized, $"'{actor.Name}' may not make CRLs of CA '{caName}'.");
        }

        return ca.StatusAt(clock.GetUtcNow()) == AuthorityStatus.Active && ca is { TokenId: { } token, KeyAlias: { } alias }
            ? await MakeAsync(actor, ca, await tokens.KeyAsync(token, alias, cancel), cancel)
            : new Refusal(RefusalCode.PolicyViolation, $"CA '{caName}' makes no CRLs: its status is {ca.StatusAt(clock.GetUtcNow())}.");
    }

    /// <summary>Makes the CRLs that are due. One CA that fails does not stop the others.</summary>
    public async Task<IReadOnlyList<CrlRun>> CreateDueAsync(Actor actor, CancellationToken cancel)
    {
        var runs = new List<CrlRun>();
        foreach (CertificateAuthority ca in (await configuration.CurrentAsync(cancel)).Cas)
        {
            AuthorityStatus status = ca.StatusAt(clock.GetUtcNow());
            if (status == AuthorityStatus.Offline)
            {
                runs.Add(new(ca.Name, null, "the CA is off-line"));
            }
            else if (status == AuthorityStatus.Active && await IsDueAsync(ca, cancel))
            {
                runs.Add(await TryCreateAsync(actor, ca, cancel));
            }
        }

        return runs;
    }

    /// <summary>The newest CRL of a CA; null when there is none.</summary>
    public async Task<CrlView?> FindLatestAsync(string caName, CancellationToken cancel)
    {
        CertificateAuthority? ca = (await configuration.CurrentAsync(cancel)).FindCa(caName);
        return ca is null || await LatestAsync(ca.Id, cancel) is not { } row ? null : View(ca, row);
    }

    /// <summary>Takes in a CRL of an external CA, so that its revoked certificates are known here.</summary>
    public async Task<Outcome<CrlView>> ImportAsync(Actor actor, string caName, CertificateList crl, CancellationToken cancel)
    {
        if ((await configuration.CurrentAsync(cancel)).FindCa(caName) is not { Status: AuthorityStatus.External } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no external CA '{caName}'.");
        }

        if (!crl.Issuer.EncodedEquals(ca.Certificate.Subject) || !crl.IsSignedBy(ca.Certificate.PublicKey))
        {
            return new Refusal(RefusalCode.BadSignature, $"CA '{caName}' has not signed this CRL.");
        }

        if (crl.Number is not { } number || number > long.MaxValue || crl.BaseNumber is not null || crl.NextUpdate is not { } next)
        {
            return new Refusal(RefusalCode.Malformed, "Only full CRLs with a number and a next update can be imported.");
        }

        if (await LatestAsync(ca.Id, cancel) is { } last && last.Number >= number)
        {
            return new Refusal(RefusalCode.Conflict, $"CRL {last.Number} of CA '{caName}' is stored already, so {number} is not newer.");
        }

        CrlRow row = CrlRow.Of(ca, crl, (long)number, next);
        var work = new CaWork();
        work.Stage(db => db.Add(row));
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(Entry(AuditEvents.CrlStored, actor, row));
        await ledger.CommitAsync(work, cancel);
        return View(ca, row);
    }

    internal async Task<CrlRow?> LatestAsync(int caId, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CrlRow>().AsNoTracking().Where(c => c.CaId == caId).OrderByDescending(c => c.Number).FirstOrDefaultAsync(cancel);
    }

    /// <summary>
    /// CA_CORE §10: so near to the promised update that the next must be there, or past the interval, or none yet; and
    /// after a revocation, where the CA says so.
    /// </summary>
    private async Task<bool> IsDueAsync(CertificateAuthority ca, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        var last = await db.Set<CrlRow>().Where(c => c.CaId == ca.Id).OrderByDescending(c => c.Number)
            .Select(c => new { c.ThisUpdate, c.NextUpdate }).FirstOrDefaultAsync(cancel);
        DateTimeOffset now = clock.GetUtcNow();
        return last is null
            || now + ca.Settings.CrlOverlap >= last.NextUpdate
            || (ca.Settings.CrlIssueInterval > TimeSpan.Zero && last.ThisUpdate + ca.Settings.CrlIssueInterval <= now)
            || (ca.Settings.GenerateCrlUponRevocation && await ChangedSinceAsync(db, ca.Id, last.ThisUpdate, cancel));
    }

    /// <summary>Asked of the certificates and not remembered by whoever revoked: a crash after the revocation loses no CRL.</summary>
    private static Task<bool> ChangedSinceAsync(CaDbContext db, int caId, DateTimeOffset last, CancellationToken cancel) =>
        db.Set<CertificateRow>().AnyAsync(
            c => c.CaId == caId && c.RevocationReason >= 0 && c.Status != CertificateStatus.Archived && c.StatusChangedAt > last, cancel);

    private async Task<CrlRun> TryCreateAsync(Actor actor, CertificateAuthority ca, CancellationToken cancel)
    {
        try
        {
            return (await CreateAsync(actor, ca.Name, cancel)).Succeeded(out CrlView? crl, out Refusal? refusal)
                ? new(ca.Name, crl, null)
                : new(ca.Name, null, refusal.Detail);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new(ca.Name, null, e.Message);
        }
    }

    /// <summary>Numbers grow strictly: two jobs that drew the same one meet at the primary key, and the loser draws again.</summary>
    private async Task<Outcome<CrlView>> MakeAsync(Actor actor, CertificateAuthority ca, KeyPair key, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            (CrlRow row, string[] archived) = await BuildAsync(ca, key, cancel);
            var work = new CaWork();
            work.Stage(db => db.Add(row));
            if (archived.Length > 0)
            {
                DateTimeOffset now = clock.GetUtcNow();
                work.Stage((db, token) => db.Set<CertificateRow>().Where(c => c.CaId == ca.Id && archived.Contains(c.Serial))
                    .ExecuteUpdateAsync(s => s.SetProperty(c => c.Status, CertificateStatus.Archived).SetProperty(c => c.StatusChangedAt, now), token));
            }

            work.Audit(Entry(AuditEvents.CrlCreation, actor, row));
            try
            {
                await ledger.CommitAsync(work, cancel);
                return View(ca, row);
            }
            catch (ConcurrentChangeException e) when (e.Constraint == CrlRow.KeyConstraint && attempt < Attempts)
            {
                // somebody else made this number
            }
        }
    }

    /// <summary>
    /// The CRL and the serials that are on a list after their expiry with it: RFC 5280 §3.3 asks for one such list, so
    /// they are archived in the same transaction.
    /// </summary>
    private async Task<(CrlRow Row, string[] Archived)> BuildAsync(CertificateAuthority ca, KeyPair key, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        long stored = await db.Set<CrlRow>().Where(c => c.CaId == ca.Id).MaxAsync(c => (long?)c.Number, cancel) ?? 0;
        long last = Math.Max(stored, await db.Set<AuthorityRow>().Where(r => r.CaId == ca.Id).Select(r => r.CrlNumberFloor).SingleAsync(cancel));
        var revoked = await db.Set<CertificateRow>().Where(c => c.CaId == ca.Id && c.Status == CertificateStatus.Revoked)
            .Select(c => new { c.Serial, c.RevokedAt, c.RevocationReason, c.InvalidityDate, c.ExpireAt }).ToListAsync(cancel);
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset next = now + ca.Settings.CrlPeriod;
        CertificateList crl = CrlBuilder.Build(
            ca,
            key,
            last + 1,
            now,
            next < ca.Certificate.NotAfter ? next : ca.Certificate.NotAfter,
            [.. revoked.Select(r => new RevokedCertificate(SerialNumber.FromHex(r.Serial).OrThrow(), r.RevokedAt ?? now, (RevocationReason)Math.Max(0, r.RevocationReason), r.InvalidityDate))]);
        return (CrlRow.Of(ca, crl, last + 1, crl.NextUpdate ?? next), [.. revoked.Where(r => r.ExpireAt < crl.ThisUpdate).Select(r => r.Serial)]);
    }

    private static CrlView View(CertificateAuthority ca, CrlRow row) => new(ca.Name, row.Number, row.ThisUpdate, row.NextUpdate, row.Encoded);

    private static AuditEntry Entry(string auditEvent, Actor actor, CrlRow row) =>
        new AuditEntry(auditEvent, AuditStatus.Success, actor.Name) { CustomId = row.CaId.ToString(CultureInfo.InvariantCulture) }
            .With("number", row.Number.ToString(CultureInfo.InvariantCulture)).With("fingerprint", row.Fingerprint);
}
