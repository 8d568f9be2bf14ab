using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Roles;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Importing;

/// <summary>What the last full CRL of a CA with a key says, beside what is stored here.</summary>
/// <param name="CaName">The CA.</param>
/// <param name="IsNumberKnown">Somebody has said above which number its CRLs go on.</param>
/// <param name="Number">cRLNumber; null: there is no CRL of it here.</param>
/// <param name="Missing">Serial numbers on it that are no certificate here, lower-case hex.</param>
/// <param name="NotRevoked">Those on it whose certificate here has not expired and is not revoked, or only on hold.</param>
/// <param name="OnlyHere">How many certificates that had not expired then are revoked here and not on it.</param>
public sealed record CrlComparison(string CaName, bool IsNumberKnown, long? Number, IReadOnlyList<string> Missing, IReadOnlyList<string> NotRevoked, long OnlyHere);

/// <content>CRLs of the old system: their numbers go on, and the last one is the witness of what was revoked.</content>
public sealed partial class BulkImport
{
    private const int ComparedTogether = 5000;

    /// <summary>
    /// Keeps a local CA from using CRL numbers that the old system has used, and takes its last CRL over, so that there is
    /// one to publish until the first of our own.
    /// </summary>
    /// <param name="actor">Who imports.</param>
    /// <param name="caName">The CA.</param>
    /// <param name="floor">The next number is above this one.</param>
    /// <param name="last">The last full CRL; null: none.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<Outcome<CertificateAuthority>> ContinueCrlsAsync(Actor actor, string caName, long floor, CertificateList? last, CancellationToken cancel)
    {
        if ((await configuration.CurrentAsync(cancel)).FindCa(caName) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CA '{caName}'.");
        }

        if (last is not null && (!last.Issuer.EncodedEquals(ca.Certificate.Subject) || !last.IsSignedBy(ca.Certificate.PublicKey)))
        {
            return new Refusal(RefusalCode.BadSignature, $"CA '{caName}' has not signed the last CRL of the old system.");
        }

        CrlRow? row = last is { NextUpdate: { } next, BaseNumber: null, Number: { } number } && number <= long.MaxValue ? CrlRow.Of(ca, last, (long)number, next) : null;
        var work = new CaWork();
        work.Stage(async (db, token) =>
        {
            await db.Set<AuthorityRow>().Where(r => r.CaId == ca.Id && r.CrlNumberFloor < floor).ExecuteUpdateAsync(s => s.SetProperty(r => r.CrlNumberFloor, floor), token);
            if (row is not null && !await db.Set<CrlRow>().AnyAsync(c => c.CaId == ca.Id && c.Number >= row.Number, token))
            {
                db.Add(row);
            }
        });
        work.Audit(new AuditEntry(AuditEvents.CrlStored, AuditStatus.Success, actor.Name) { CustomId = ca.Id.ToString(CultureInfo.InvariantCulture) }
            .With("floor", floor.ToString(CultureInfo.InvariantCulture)).With("fingerprint", row?.Fingerprint));
        await ledger.CommitAsync(work, cancel);
        return ca;
    }

    /// <summary>
    /// Compares the newest full CRL of each CA with a key to the certificates here (MIGRATION §9 check 3): of all that an
    /// export says about revocations, only this has the old CA's signature.
    /// </summary>
    public async Task<IReadOnlyList<CrlComparison>> CompareCrlsAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        List<CrlComparison> compared = [];
        foreach (CertificateAuthority ca in (await configuration.CurrentAsync(db, cancel)).Cas.Where(ca => ca.TokenId is not null))
        {
            bool isKnown = await db.Set<AuthorityRow>().AnyAsync(r => r.CaId == ca.Id && r.CrlNumberFloor > AuthorityRow.UnknownFloor, cancel);
            CrlRow? last = await db.Set<CrlRow>().AsNoTracking().Where(c => c.CaId == ca.Id).OrderByDescending(c => c.Number).FirstOrDefaultAsync(cancel);
            compared.Add(last is null ? new(ca.Name, isKnown, null, [], [], 0) : await CompareAsync(db, ca, isKnown, last, cancel));
        }

        return compared;
    }

    private async Task<CrlComparison> CompareAsync(CaDbContext db, CertificateAuthority ca, bool isNumberKnown, CrlRow row, CancellationToken cancel)
    {
        CertificateList crl = Der.DecodeBer<CertificateList>(row.Encoded).OrThrow();
        DateTimeOffset now = clock.GetUtcNow();
        (List<string> missing, List<string> notRevoked, long both) = ([], [], 0);
        foreach (RevokedCertificate[] entries in crl.Revoked.Chunk(ComparedTogether))
        {
            string[] serials = [.. entries.Select(entry => entry.Serial.ToString())];
            var here = await db.Set<CertificateRow>().Where(c => c.CaId == ca.Id && serials.Contains(c.Serial))
                .Select(c => new { c.Serial, c.Status, c.RevocationReason, c.ExpireAt }).ToDictionaryAsync(c => c.Serial, StringComparer.Ordinal, cancel);
            foreach (RevokedCertificate entry in entries)
            {
                if (!here.TryGetValue(entry.Serial.ToString(), out var found))
                {
                    missing.Add(entry.Serial.ToString());
                    continue;
                }

                bool isRevoked = found.Status == CertificateStatus.Revoked
                    && (found.RevocationReason != (int)RevocationReason.CertificateHold || entry.Reason == RevocationReason.CertificateHold);
                both += isRevoked && found.ExpireAt > crl.ThisUpdate ? 1 : 0;
                if (!isRevoked && found.ExpireAt > now)
                {
                    notRevoked.Add(found.Serial);
                }
            }
        }

        long revoked = await db.Set<CertificateRow>().LongCountAsync(c => c.CaId == ca.Id && c.Status == CertificateStatus.Revoked && c.ExpireAt > crl.ThisUpdate, cancel);
        return new(ca.Name, isNumberKnown, row.Number, missing, notRevoked, revoked - both);
    }
}
