using System.ComponentModel.DataAnnotations;
using AdminWeb.Showing;
using Ca.Core.Audit;
using Ca.Core.Roles;
using Ca.Core.Viewing;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages.Audit;

/// <summary>Reads the audit log, and has it verified.</summary>
internal sealed class IndexModel(AuditSearch audit, ILogger<IndexModel> log) : AdminPage
{
    [BindProperty(SupportsGet = true), StringLength(100)]
    public string? Event { get; set; }

    [BindProperty(SupportsGet = true), StringLength(250)]
    public string? Who { get; set; }

    [BindProperty(SupportsGet = true), StringLength(250)]
    public string? About { get; set; }

    [BindProperty(SupportsGet = true)]
    public DateOnly? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public DateOnly? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Failures { get; set; }

    [BindProperty(SupportsGet = true, Name = Pager.Parameter), Range(1, Paging.LastNumber)]
    public int Number { get; set; } = 1;

    public Page<AuditView> Found { get; private set; } = new([], 1, HasMore: false);

    public IReadOnlyList<AuditVerification> Chains { get; private set; } = [];

    public bool MayVerify => Actor.May(AccessResources.VerifyAudit);

    /// <summary>What a record says beside its columns. A whole certificate is left out.</summary>
    public static string Details(AuditEntry entry) => string.Join(", ", entry.Details.Where(d => d.Key != "certificate").Select(d => $"{d.Key}={d.Value}"));

    public async Task<IActionResult> OnGetAsync()
    {
        var query = new AuditQuery
        {
            Event = Event?.Trim().ToUpperInvariant(),
            Actor = Who?.Trim(),
            About = About?.Trim(),
            From = Begin(From),
            Before = Begin(To?.AddDays(1)),
            FailuresOnly = Failures,
        };
        if (!(await audit.SearchAsync(Actor, query, new(Number), Cancel)).Succeeded(out Page<AuditView>? found, out Refusal? refusal))
        {
            return Refuse(refusal, "audit log");
        }

        Found = found;
        return Page();
    }

    /// <summary>
    /// The result is shown where it was asked for, without a redirect: it is no change, and nothing between may keep it.
    /// </summary>
    public async Task<IActionResult> OnPostVerifyAsync()
    {
        if (!(await audit.VerifyAsync(Actor, Cancel)).Succeeded(out AuditChains? chains, out Refusal? refusal))
        {
            return Refuse(refusal, "verification of the audit log");
        }

        Chains = chains.Chains;
        log.ActionDone(Actor.Name, "audit log verified");
        return await OnGetAsync();
    }

    private static DateTimeOffset? Begin(DateOnly? day) => day is { } value ? new DateTimeOffset(value, TimeOnly.MinValue, TimeSpan.Zero) : null;
}
