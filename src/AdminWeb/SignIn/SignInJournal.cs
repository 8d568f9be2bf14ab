using System.Collections.Concurrent;
using Ca.Core.Audit;
using Ca.Core.Ledger;

namespace AdminWeb.SignIn;

/// <summary>Audits that an administrator came: once for each working day and certificate, not with every request.</summary>
internal sealed class SignInJournal(ICaLedger ledger, TimeProvider clock, ILogger<SignInJournal> log)
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(8);
    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);

    public async Task NoteAsync(Administrator who, string remote, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (seen.TryGetValue(who.Id, out DateTimeOffset last) && now - last < Day)
        {
            return;
        }

        var work = new CaWork();
        work.Audit(new AuditEntry(AuditEvents.Authentication, AuditStatus.Success, who.Actor.Name) { Service = "ADMINWEB" }
            .With("by", who.How).With("from", remote));
        await ledger.CommitAsync(work, cancel);
        seen[who.Id] = now;
        log.SignedIn(who.Actor.Name, remote, who.How, string.Join(", ", who.Actor.Roles));
    }
}
