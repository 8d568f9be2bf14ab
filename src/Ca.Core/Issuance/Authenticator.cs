using Ca.Core.Audit;
using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Issuance;

/// <summary>
/// Is this the end entity's secret? (CA_CORE §7.3.) Wrong ones count: see <see cref="LoginCounter"/>. A secret that everybody
/// knows is never anybody's, even if an imported hash says so (FLAWS D9, E2).
/// </summary>
internal sealed class Authenticator(IDbContextFactory<CaDbContext> databases, ICaLedger ledger, int iterations)
{
    public async Task<bool> VerifyAsync(EndEntityRow? user, string username, Secret secret, CancellationToken cancel)
    {
        bool possible = user is not null && Admissions.StatusAllowsEnrolment(user.Status) && await TakeLoginAsync(user, cancel);
        bool matches = SecretHash.Matches(secret, possible ? user!.Secret : null, iterations) && !WellKnownSecrets.Has(secret);
        if (user is null)
        {
            return false;
        }

        await NoteAsync(user, secret, possible, matches, cancel);
        return possible && matches;
    }

    private async Task<bool> TakeLoginAsync(EndEntityRow user, CancellationToken cancel)
    {
        if (user.MaxFailedLogins < 0)
        {
            return true;
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await LoginCounter.TakeAsync(db, user.Username, cancel);
    }

    private Task NoteAsync(EndEntityRow user, Secret secret, bool possible, bool matches, CancellationToken cancel)
    {
        var work = new CaWork();
        if (possible && matches && SecretHash.IsLegacy(user.Secret))
        {
            string strong = SecretHash.Create(secret, iterations);
            work.Stage((db, token) => db.Set<EndEntityRow>().Where(u => u.Username == user.Username && u.Secret == user.Secret)
                .ExecuteUpdateAsync(s => s.SetProperty(u => u.Secret, strong), token));
        }

        if (possible && user.MaxFailedLogins >= 0)
        {
            work.Stage((db, token) => matches ? LoginCounter.RestoreAsync(db, user.Username, token) : LoginCounter.LockOutAsync(db, user.Username, token));
        }

        work.Audit(new AuditEntry(AuditEvents.Authentication, possible && matches ? AuditStatus.Success : AuditStatus.Failure, user.Username)
        {
            Module = "RA",
            SearchDetail2 = user.Username,
        });
        return ledger.CommitAsync(work, cancel);
    }
}
