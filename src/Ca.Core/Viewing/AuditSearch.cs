using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Viewing;

/// <summary>Which audit records are looked for; all conditions hold together.</summary>
public sealed record AuditQuery
{
    /// <summary>Event name.</summary>
    public string? Event { get; init; }

    /// <summary>Part of the actor's name; case does not matter.</summary>
    public string? Actor { get; init; }

    /// <summary>Username, certificate serial number or transaction id, exactly.</summary>
    public string? About { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Only failures.</summary>
    public bool FailuresOnly { get; init; }
}

/// <summary>What verifying found, one for each node's chain.</summary>
public sealed record AuditChains(IReadOnlyList<AuditVerification> Chains);

/// <summary>The audit log for people to read: all of it, for who may read it. That it was verified is itself audited.</summary>
public sealed class AuditSearch(IDbContextFactory<CaDbContext> databases, AuditLog log, ICaLedger ledger)
{
    /// <summary>Records, newest first.</summary>
    public async Task<Outcome<Page<AuditView>>> SearchAsync(Actor actor, AuditQuery query, Paging paging, CancellationToken cancel)
    {
        if (!actor.May(AccessResources.ReadAudit))
        {
            return Sight.Denied(actor, "read the audit log");
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        List<AuditRecord> found = await Narrow(db.Set<AuditRecord>().AsNoTracking(), query)
            .OrderByDescending(r => r.At).ThenByDescending(r => r.Sequence).ReadAsync(paging, cancel);
        return paging.Of([.. found.Select(AuditLog.View)]);
    }

    /// <summary>Walks every chain.</summary>
    public async Task<Outcome<AuditChains>> VerifyAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.May(AccessResources.VerifyAudit))
        {
            return Sight.Denied(actor, "verify the audit log");
        }

        IReadOnlyList<AuditVerification> chains = await log.VerifyAsync(cancel);
        bool whole = chains.All(chain => chain.Problem is null);
        var work = new CaWork();
        work.Audit(new AuditEntry(AuditEvents.LogVerify, whole ? AuditStatus.Success : AuditStatus.Failure, actor.Name)
            .With("problem", chains.FirstOrDefault(chain => chain.Problem is not null) is { } broken ? $"{broken.NodeId}: {broken.Problem}" : null));
        await ledger.CommitAsync(work, cancel);
        return new AuditChains(chains);
    }

    private static IQueryable<AuditRecord> Narrow(IQueryable<AuditRecord> rows, AuditQuery query)
    {
        if (query.Actor is { } actor)
        {
            string pattern = Sight.Containing(actor);
            rows = rows.Where(r => EF.Functions.ILike(r.AuthToken, pattern, @"\"));
        }

        if (query.From is { } from)
        {
            long at = from.ToUnixTimeMilliseconds();
            rows = rows.Where(r => r.At >= at);
        }

        if (query.Before is { } before)
        {
            long at = before.ToUnixTimeMilliseconds();
            rows = rows.Where(r => r.At < at);
        }

        rows = query.Event is null ? rows : rows.Where(r => r.Event == query.Event);
        rows = query.About is null ? rows : rows.Where(r => r.SearchDetail1 == query.About || r.SearchDetail2 == query.About);
        return query.FailuresOnly ? rows.Where(r => r.Status == AuditStatus.Failure) : rows;
    }
}
