using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Roles;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Importing;

/// <content>CRLs of the old system: their numbers go on.</content>
public sealed partial class BulkImport
{
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

    /// <summary>Names of the CAs with a key here of which nobody has said which CRL numbers they have used: theirs would begin anew.</summary>
    public async Task<IReadOnlyList<string>> CasWithoutCrlNumbersAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<AuthorityRow>().Where(r => r.TokenId != null && r.CrlNumberFloor == AuthorityRow.UnknownFloor).Select(r => r.Name).ToListAsync(cancel);
    }
}
