using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Recovery;

/// <summary>
/// The key that a user in the status KEYRECOVERY may fetch. One per user: marking it takes the mark from the others. The
/// mark means nothing in any other status.
/// </summary>
internal static class KeyMarks
{
    /// <summary>Marks the key of the user's newest certificate. A user without kept keys does not get the status (FLAWS E6).</summary>
    public static async Task<Refusal?> StageNewestAsync(CaDbContext db, Actor actor, string username, int endEntityProfileId, CaWork work, CancellationToken cancel)
    {
        if (!actor.May(AccessResources.KeyRecovery, endEntityProfileId))
        {
            return new(RefusalCode.NotAuthorized, $"'{actor.Name}' may not recover keys under this end entity profile.");
        }

        EscrowedKeyRow? newest = await db.Set<EscrowedKeyRow>().AsNoTracking().Where(k => k.Username == username)
            .Join(db.Set<CertificateRow>(), k => new { k.CaId, k.Serial }, c => new { c.CaId, c.Serial }, (k, c) => new { Kept = k, c.NotBefore })
            .OrderByDescending(pair => pair.NotBefore).Select(pair => pair.Kept).FirstOrDefaultAsync(cancel);
        if (newest is null)
        {
            return new(RefusalCode.NotFound, $"No key is kept for user '{username}'.");
        }

        work.Stage((target, token) => target.Set<EscrowedKeyRow>().Where(k => k.Username == username)
            .ExecuteUpdateAsync(s => s.SetProperty(k => k.IsMarked, k => k.CaId == newest.CaId && k.Serial == newest.Serial), token));
        work.Audit(KeyEscrow.Entry(AuditEvents.KeyRecoveryMarked, actor, newest));
        return null;
    }

    public static void StageRemoval(CaWork work, string username) => work.Stage((target, token) =>
        target.Set<EscrowedKeyRow>().Where(k => k.Username == username).ExecuteUpdateAsync(s => s.SetProperty(k => k.IsMarked, false), token));
}
