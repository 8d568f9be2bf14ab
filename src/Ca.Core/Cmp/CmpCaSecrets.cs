using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Cmp;

/// <summary>A secret of a CA as it is listed: everything but itself.</summary>
/// <param name="CaName">The CA.</param>
/// <param name="Number">Which of several.</param>
/// <param name="At">When it was set.</param>
public sealed record CmpCaSecretView(string CaName, int Number, DateTimeOffset At);

/// <summary>
/// The CMP RA secrets of CAs: they count in RA mode where neither the sender nor the alias has one of its own (CMP-A-5).
/// Written and used, never shown.
/// </summary>
public sealed class CmpCaSecrets(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, CryptoTokens tokens, ICaLedger ledger, TimeProvider clock)
{
    // No alias has a name with a space, so nothing that was sealed for one opens here.
    private const string Place = "RA secret of a CA";

    private readonly SecretSealing sealing = new(tokens);

    /// <summary>Sets a secret.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="caName">For this CA.</param>
    /// <param name="secret">Text as typed, in UTF-8, or octets.</param>
    /// <param name="keepOthers">The earlier ones stay in force, for a while in which RAs are changed over.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<Outcome<CmpCaSecretView>> SetAsync(Actor actor, string caName, Secret secret, bool keepOthers, CancellationToken cancel)
    {
        if (CmpSecrets.ObjectionTo(secret) is { } weak)
        {
            return weak;
        }

        if ((await configuration.CurrentAsync(cancel)).FindCa(caName) is not { TokenId: not null } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CA '{caName}' with a key here.");
        }

        IReadOnlyList<CmpCaSecretRow> there = await RowsAsync(ca.Id, cancel);
        if (keepOthers && CmpSecrets.ObjectionToOneMore(there.Count) is { } full)
        {
            return full;
        }

        byte[] box = await sealing.SealAsync(secret, ca, Place, IdOf(ca.Id), cancel);
        var row = new CmpCaSecretRow { CaId = ca.Id, Number = there.Count == 0 ? 1 : there.Max(r => r.Number) + 1, Sealed = box, At = clock.GetUtcNow() };
        var work = new CaWork();
        work.Stage(db =>
        {
            db.Add(row);
            db.RemoveRange(keepOthers ? [] : there);
        });
        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, actor.Name) { Module = "CMP", CustomId = IdOf(ca.Id) }.With("secretOfCa", ca.Name).With("kept", keepOthers ? "yes" : "no"));
        await ledger.CommitAsync(work, cancel);
        return new CmpCaSecretView(ca.Name, row.Number, row.At);
    }

    /// <summary>Removes all secrets of a CA.</summary>
    /// <returns>What there was.</returns>
    public async Task<Outcome<IReadOnlyList<CmpCaSecretView>>> RemoveAsync(Actor actor, string caName, CancellationToken cancel)
    {
        if ((await configuration.CurrentAsync(cancel)).FindCa(caName) is not { } ca || await RowsAsync(ca.Id, cancel) is not { Count: > 0 } there)
        {
            return new Refusal(RefusalCode.NotFound, $"CA '{caName}' has no CMP secret.");
        }

        var work = new CaWork();
        work.Stage((db, token) => db.Set<CmpCaSecretRow>().Where(r => r.CaId == ca.Id).ExecuteDeleteAsync(token));
        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, actor.Name) { Module = "CMP", CustomId = IdOf(ca.Id) }.With("secretOfCa", ca.Name).With("removed", "yes"));
        await ledger.CommitAsync(work, cancel);
        return there.Select(r => new CmpCaSecretView(ca.Name, r.Number, r.At)).ToArray();
    }

    /// <summary>What secrets a CA has.</summary>
    public async Task<IReadOnlyList<CmpCaSecretView>> ListAsync(string caName, CancellationToken cancel) =>
        (await configuration.CurrentAsync(cancel)).FindCa(caName) is not { } ca ? [] : [.. (await RowsAsync(ca.Id, cancel)).Select(r => new CmpCaSecretView(ca.Name, r.Number, r.At))];

    /// <summary>The secrets of a CA.</summary>
    public async Task<CandidateSecrets> OpenAsync(CertificateAuthority ca, CancellationToken cancel) =>
        await CandidateSecrets.OpenAsync(await RowsAsync(ca.Id, cancel), areItsOwn: false, row => sealing.OpenAsync(row.Sealed, Place, IdOf(row.CaId), cancel));

    private async Task<IReadOnlyList<CmpCaSecretRow>> RowsAsync(int caId, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CmpCaSecretRow>().AsNoTracking().Where(r => r.CaId == caId).OrderByDescending(r => r.Number).ToListAsync(cancel);
    }

    private static string IdOf(int caId) => caId.ToString(CultureInfo.InvariantCulture);
}
