using AdminWeb.Messages;
using AdminWeb.Showing;
using Ca.Core.Approvals;
using Ca.Core.Roles;
using Ca.Core.Viewing;

namespace AdminWeb.Pages;

/// <summary>The overview: what an administrator wants to know in the morning.</summary>
internal sealed class IndexModel(Mailboxes mailboxes, AuthoritySearch authorities, CertificateSearch certificates, ApprovalDesk approvals, TimeProvider clock) : AdminPage
{
    private const int Weeks = 12;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public IReadOnlyList<MailboxState> Queues { get; private set; } = [];

    public IReadOnlyList<FoundAuthority> Authorities { get; private set; } = [];

    /// <summary>How many requests wait for people; null for who decides none.</summary>
    public int? Approvals { get; private set; }

    public BarChart? Expiring { get; private set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task OnGetAsync()
    {
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

    /// <summary>How a CRL stands: over time, close to it, or well.</summary>
    public string CrlMood(FoundAuthority ca) =>
        ca.Crl is not { } crl || crl.NextUpdate <= Now ? "bad" : crl.NextUpdate - Now < (crl.NextUpdate - crl.ThisUpdate) / 10 ? "warn" : "good";
}
