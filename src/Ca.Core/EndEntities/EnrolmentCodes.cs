using System.Security.Cryptography;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <summary>An enrolment code that opens again, as the database keeps it.</summary>
/// <param name="Username">Whose it is.</param>
/// <param name="Sealed">Encrypted to a key of the CA's token, bound to the name: what was swapped in the database does not open.</param>
public sealed record SealedCode(string Username, byte[] Sealed)
{
    /// <summary>Wrong ones are counted.</summary>
    internal bool IsCounted { get; init; }
}

/// <summary>
/// Enrolment codes that open again. Who shows the code itself is compared with its hash; a MAC can only be verified with
/// the code (CMP-M-2). Kept so where the end entity profile says so (<see cref="PasswordRules.Reversible"/>), never shown.
/// </summary>
public sealed class EnrolmentCodes(IDbContextFactory<CaDbContext> databases, CryptoTokens tokens, ICaLedger ledger, TimeProvider clock)
{
    private static readonly byte[] Purpose = "external-ra enrolment code"u8.ToArray();

    private readonly TokenSealing sealing = new(tokens);

    /// <summary>The code of an end entity; null where none opens, or where it may not enrol now.</summary>
    public async Task<SealedCode?> FindAsync(string username, CancellationToken cancel)
    {
        if (Forbidden.IsUnusable(username))
        {
            return null;
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        EndEntityRow? row = await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == username, cancel);
        return row is { SealedSecret: { } box } && Issuance.Admissions.StatusAllowsEnrolment(row.Status) ? new(username, box) { IsCounted = row.MaxFailedLogins >= 0 } : null;
    }

    /// <summary>The code. The caller wipes it.</summary>
    /// <exception cref="TokenOfflineException">The token is not active, or lost its key.</exception>
    /// <exception cref="CryptographicException">It was changed, or belongs to another end entity.</exception>
    public async Task<Secret> OpenAsync(SealedCode code, CancellationToken cancel)
    {
        byte[] octets = await sealing.OpenAsync(code.Sealed, Purpose, _ => PlaceOf(code.Username), cancel);
        try
        {
            return new Secret(octets);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    /// <summary>
    /// Has the code compared, as one attempt to log in: the counter goes down before, and is restored when it was right.
    /// </summary>
    /// <param name="code">What <see cref="FindAsync"/> found.</param>
    /// <param name="compare">Null: it is not this one. A result may keep the secret, which is then its to wipe.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>What was made of it; null where it was wrong, or no attempt was left.</returns>
    /// <exception cref="TokenOfflineException">The token is not active; nothing was counted.</exception>
    public async Task<T?> TryAsync<T>(SealedCode code, Func<Secret, T?> compare, CancellationToken cancel)
        where T : class
    {
        Secret secret = await OpenAsync(code, cancel);
        bool possible = !code.IsCounted || await CountAsync(db => LoginCounter.TakeAsync(db, code.Username, cancel), cancel);
        T? match = compare(secret); // also where it cannot help any more: time tells nothing
        if (match is null || !possible)
        {
            (match as IDisposable)?.Dispose();
            secret.Dispose();
            await NoteWrongAsync(code, cancel);
            return null;
        }

        _ = code.IsCounted && await CountAsync(async db => await LoginCounter.RestoreAsync(db, code.Username, cancel) == 1, cancel);
        return match;
    }

    /// <summary>
    /// Stages that a code verifies MACs again, as the certificate it was spent on is taken back: its owner never had it.
    /// Only where nothing has happened to the end entity since, no new code and no other certificate.
    /// </summary>
    /// <param name="code">What was spent.</param>
    /// <param name="caId">CA of the certificate.</param>
    /// <param name="serial">Its serial number.</param>
    /// <param name="work">Gets the change, beside the revocation.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task GiveBackAsync(SealedCode code, int caId, string serial, CaWork work, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        DbSet<CertificateRow> certificates = db.Set<CertificateRow>();
        EndEntityRow? row = await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(
            u => u.Username == code.Username && u.Status == EndEntityStatus.Generated && u.Secret == null && u.SealedSecret == null
                && certificates.Any(c => c.CaId == caId && c.Serial == serial && c.Username == u.Username
                    && !certificates.Any(other => other.Username == u.Username && other.Fingerprint != c.Fingerprint && other.IssuedAt >= c.IssuedAt)),
            cancel);
        if (row is null)
        {
            return;
        }

        if (!work.Claim(row.Username))
        {
            throw new BusyException($"The same work already changes user '{row.Username}'.");
        }

        DateTimeOffset now = clock.GetUtcNow();
        work.Stage(async (target, token) =>
        {
            int changed = await target.Set<EndEntityRow>().Where(u => u.Username == row.Username && u.Version == row.Version).ExecuteUpdateAsync(
                s => s.SetProperty(u => u.Status, EndEntityStatus.New).SetProperty(u => u.RequestsLeft, 1)
                    .SetProperty(u => u.SealedSecret, code.Sealed).SetProperty(u => u.ModifiedAt, now),
                token);
            if (changed != 1)
            {
                throw new DbUpdateConcurrencyException($"End entity {row.Username} was changed meanwhile.");
            }
        });
        work.Audit(new AuditEntry(AuditEvents.RaEditEndEntity, AuditStatus.Success, "CMP") { Module = "RA", SearchDetail1 = serial, SearchDetail2 = row.Username }
            .With("status", nameof(EndEntityStatus.New)).With("code", "given back"));
    }

    /// <summary>What is kept of a new secret; null where the profile keeps a hash only.</summary>
    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    internal async Task<byte[]?> SealAsync(Secret secret, string username, CertificateAuthority ca, EndEntityProfile profile, CancellationToken cancel)
    {
        if (!profile.Password.Reversible)
        {
            return null;
        }

        SealingKey key = await sealing.KeyOfAsync(ca, cancel);
        byte[] place = PlaceOf(username);
        return secret.Lend(octets => key.Seal(Purpose, place, place, octets));
    }

    private async Task<bool> CountAsync(Func<CaDbContext, Task<bool>> change, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await change(db);
    }

    private Task NoteWrongAsync(SealedCode code, CancellationToken cancel)
    {
        var work = new CaWork();
        if (code.IsCounted)
        {
            work.Stage((db, token) => LoginCounter.LockOutAsync(db, code.Username, token));
        }

        work.Audit(new AuditEntry(AuditEvents.Authentication, AuditStatus.Failure, code.Username) { Module = "RA", SearchDetail2 = code.Username });
        return ledger.CommitAsync(work, cancel);
    }

    private static byte[] PlaceOf(string username)
    {
        using var digest = new CanonicalDigest();
        return digest.Add(username).Finish();
    }
}
