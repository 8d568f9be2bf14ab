using System.Globalization;
using System.Runtime.CompilerServices;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>Finds stored certificates and takes in those that were made elsewhere.</summary>
public sealed class CertificateStore : IAsyncDisposable
{
    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly CaConfiguration configuration;
    private readonly ICaLedger ledger;
    private readonly TimeProvider clock;
    private readonly SharedReads<(int CaId, string Serial), CertificateRow?> reads;

    /// <summary>Over the CA database.</summary>
    public CertificateStore(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, TimeProvider clock)
    {
        this.databases = databases;
        this.configuration = configuration;
        this.ledger = ledger;
        this.clock = clock;
        reads = new(ReadAsync);
    }

    /// <summary>The certificate of this CA and serial number (hex, however written); null when there is none.</summary>
    public async Task<CertificateView?> FindAsync(string caName, string serial, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        return snapshot.FindCa(caName) is { } ca && await reads.FindAsync((ca.Id, NormaliseSerial(serial)), cancel) is { } row ? View(row, snapshot) : null;
    }

    /// <summary>What is known of this very certificate, compared octet by octet; null when it is not stored.</summary>
    public async Task<CertificateView?> FindAsync(Certificate certificate, CancellationToken cancel)
    {
        string fingerprint = Convert.ToHexStringLower(certificate.Sha1Fingerprint());
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        CertificateRow? row = await db.Set<CertificateRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Fingerprint == fingerprint, cancel);
        return row is not null && row.Encoded.AsSpan().SequenceEqual(certificate.Encoded.Span) ? View(row, await configuration.CurrentAsync(db, cancel)) : null;
    }

    /// <summary>Certificates, newest first.</summary>
    public async Task<IReadOnlyList<CertificateView>> ListAsync(CertificateFilter filter, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        IQueryable<CertificateRow> query = db.Set<CertificateRow>().AsNoTracking();
        if (filter.CaName is { } name)
        {
            int? caId = snapshot.FindCa(name)?.Id;
            query = query.Where(r => r.CaId == caId);
        }

        if (filter.Serial is { } text)
        {
            string serial = NormaliseSerial(text);
            query = query.Where(r => r.Serial == serial);
        }

        query = filter.Username is null ? query : query.Where(r => r.Username == filter.Username);
        query = filter.Status is null ? query : query.Where(r => r.Status == filter.Status);
        query = filter.SubjectContains is null ? query : query.Where(r => r.SubjectDn.Contains(filter.SubjectContains));
        List<CertificateRow> rows = await query.OrderByDescending(r => r.IssuedAt).Take(filter.Limit).ToListAsync(cancel);
        return [.. rows.Select(r => View(r, snapshot))];
    }

    /// <summary>All certificates, or those of one CA, one after the other: for exports, however many there are.</summary>
    public async IAsyncEnumerable<CertificateView> StreamAsync(string? caName, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        db.Database.SetCommandTimeout(TimeSpan.FromHours(24));
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        IQueryable<CertificateRow> rows = db.Set<CertificateRow>().AsNoTracking();
        if (caName is not null)
        {
            int? caId = snapshot.FindCa(caName)?.Id;
            rows = rows.Where(r => r.CaId == caId);
        }

        await foreach (CertificateRow row in rows.OrderBy(r => r.CaId).ThenBy(r => r.Serial).AsAsyncEnumerable().WithCancellation(cancel))
        {
            yield return View(row, snapshot);
        }
    }

    /// <summary>
    /// Takes in a certificate of an external CA; one that is on the CRL that is here comes in as revoked. What a CA of this
    /// installation has issued elsewhere is nothing to take in one by one: its revocations, keys and names belong to it.
    /// </summary>
    public async Task<Outcome<CertificateView>> ImportAsync(Actor actor, string caName, Certificate certificate, string? username, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        if (snapshot.FindCa(caName) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CA '{caName}'.");
        }

        if (ca.Status != AuthorityStatus.External)
        {
            return new Refusal(RefusalCode.Conflict, $"CA '{caName}' issues here. What it issued elsewhere is taken over with its revocations, by pki import ejbca --from FOLDER.");
        }

        if (!certificate.Issuer.EncodedEquals(ca.Certificate.Subject) || !certificate.IsSignedBy(ca.Certificate.PublicKey))
        {
            return new Refusal(RefusalCode.BadSignature, $"CA '{caName}' has not issued this certificate.");
        }

        CertificateRow row = CertificateRows.Of(certificate, ca.Id, certificate.IsCa ? CertificateType.SubCa : CertificateType.EndEntity, clock.GetUtcNow());
        row.Username = username;
        row.SubjectAltName = certificate.SubjectAltName?.ToString();
        if (await ListedAsync(ca.Id, certificate.Serial, cancel) is { } revoked)
        {
            (row.Status, row.RevocationReason, row.RevokedAt) = (CertificateStatus.Revoked, (int)revoked.Reason, revoked.RevokedAt);
        }

        var work = new CaWork();
        work.Stage(db => db.Add(row));
        work.Audit(new AuditEntry(AuditEvents.CertStored, AuditStatus.Success, actor.Name)
        {
            CustomId = ca.Id.ToString(CultureInfo.InvariantCulture),
            SearchDetail1 = row.Serial,
            SearchDetail2 = username,
        }.With("fingerprint", row.Fingerprint));
        try
        {
            await ledger.CommitAsync(work, cancel);
        }
        catch (ConcurrentChangeException)
        {
            return new Refusal(RefusalCode.Conflict, $"Certificate {row.Serial} of CA '{caName}' is stored already.");
        }

        return View(row, snapshot);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => reads.DisposeAsync();

    private async Task<RevokedCertificate?> ListedAsync(int caId, SerialNumber serial, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return (await CrlRow.NewestAsync(db, caId, cancel))?.Find(serial) is { Reason: not RevocationReason.RemoveFromCrl } entry ? entry : null;
    }

    /// <summary>Hex as tools print it, as the table holds it: equal numbers become equal texts.</summary>
    internal static string NormaliseSerial(string text) =>
        SerialNumber.FromHex(text.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)).Succeeded(out SerialNumber? serial, out _)
            ? serial.ToString()
            : "?"; // matches nothing

    internal static CertificateView View(CertificateRow r, ConfigurationSnapshot snapshot) => new()
    {
        CaName = snapshot.FindCa(r.CaId)?.Name ?? "",
        Serial = r.Serial,
        Fingerprint = r.Fingerprint,
        SubjectDn = r.SubjectDn,
        Username = r.Username,
        EndEntityProfileId = r.EndEntityProfileId,
        Status = r.Status,
        Type = r.Type,
        Reason = r.RevocationReason < 0 ? null : (RevocationReason)r.RevocationReason,
        RevokedAt = r.RevokedAt,
        InvalidityDate = r.InvalidityDate,
        NotBefore = r.NotBefore,
        NotAfter = r.ExpireAt,
        Encoded = r.Encoded,
    };

    private async Task<IReadOnlyList<CertificateRow?>> ReadAsync(IReadOnlyList<(int CaId, string Serial)> keys)
    {
        int[] cas = [.. keys.Select(k => k.CaId).Distinct()];
        string[] serials = [.. keys.Select(k => k.Serial)];
        await using CaDbContext db = await databases.CreateDbContextAsync();
        List<CertificateRow> rows = await db.Set<CertificateRow>().AsNoTracking().Where(r => cas.Contains(r.CaId) && serials.Contains(r.Serial)).ToListAsync();
        return [.. keys.Select(k => rows.Find(r => r.CaId == k.CaId && r.Serial == k.Serial))];
    }
}
