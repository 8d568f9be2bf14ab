using AdminWeb.Messages;
using AdminWeb.Showing;
using Ca.Core.Approvals;
using Ca.Core.Roles;
using Ca.Core.Runs;
using Ca.Core.Viewing;

namespace AdminWeb.Pages;

/// <summary>The overview: what an administrator wants to know in the morning.</summary>
internal sealed class IndexModel(Mailboxes mailboxes, AuthoritySearch authorities, CertificateSearch certificates, ApprovalDesk approvals, WorkerRuns runs, TimeProvider clock) : AdminPage
{
    private const int Weeks = 12;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Silent = TimeSpan.FromMinutes(1);

    public IReadOnlyList<MailboxState> Queues { get; private set; } = [];

    public IReadOnlyList<WorkerRun> Runs { get; private set; } = [];

    public IReadOnlyList<FoundAuthority> Authorities { get; private set; } = [];

    /// <summary>How many requests wait for people; null for who decides none.</summary>
    public int? Approvals { get; private set; }

    public BarChart? Expiring { get; private set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task OnGetAsync()
    {
        Runs = await runs.ListAsync(Actor, Cancel);
        Authorities = await authorities.ListAsync(Actor, Cancel);
        if (Actor.May(AccessResources.ViewMessages))
        {
            Queues = await mailboxes.StatesAsync(Cancel);
        }

        if (Actor.May(AccessResources.ApproveEndEntity))
        {
            Approvals = (await approvals.ListAsync(Actor, new() { Limit = 1 }, Cancel)).Total;
        }

        if (Actor.May(AccessResources.ViewCertificate))
        {
            IReadOnlyList<ExpiringCount> counts = await certificates.ExpiringAsync(Actor, Week, Weeks, Cancel);
            Expiring = new("Valid certificates that end in each of the next 12 weeks", [.. counts.Select(week => new Bar(Show.Day(week.From)[5..], week.Count))]);
        }
    }

    /// <summary>How a worker stands: it has said nothing for a while, it looks for no messages (of a cluster one may), or it is well.</summary>
    public (string Mood, string Word) MoodOf(WorkerRun run) =>
        Now - run.At > Silent ? ("bad", "silent") : run.LookedAt is { } looked && run.At - looked < Silent ? ("good", "looking") : ("quiet", "standing by");

    /// <summary>How a CRL stands: over time, close to it, or well.</summary>
    public string CrlMood(FoundAuthority ca) =>
        ca.Crl is not { } crl || crl.NextUpdate <= Now ? "bad" : crl.NextUpdate - Now < (crl.NextUpdate - crl.ThisUpdate) / 10 ? "warn" : "good";
}
