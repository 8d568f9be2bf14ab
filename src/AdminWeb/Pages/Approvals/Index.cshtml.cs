using System.ComponentModel.DataAnnotations;
using Ca.Core.Approvals;
using Microsoft.AspNetCore.Mvc;

namespace AdminWeb.Pages.Approvals;

/// <summary>What waits for a decision, and what was decided.</summary>
internal sealed class IndexModel(ApprovalDesk desk, TimeProvider clock) : AdminPage
{
    private const int PageSize = 50;
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(10);

    [BindProperty(SupportsGet = true)]
    public ApprovalSelection Show { get; set; }

    [BindProperty(SupportsGet = true), StringLength(250)]
    public string? Match { get; set; }

    [BindProperty(SupportsGet = true)]
    public ApprovalType? Type { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Mine { get; set; }

    [BindProperty(SupportsGet = true)]
    public long? After { get; set; }

    public ApprovalPage Found { get; private set; } = new([], 0, null);

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public bool EndsSoon(ApprovalView request) => request.Status == ApprovalStatus.Waiting && request.ExpireAt - Now < Soon;

    /// <summary>The desk shows those the actor may decide, and the actor's own; to who may nothing, none.</summary>
    public async Task OnGetAsync()
    {
        string? match = string.IsNullOrWhiteSpace(Match) ? null : Match.Trim();
        Found = await desk.ListAsync(Actor, new() { Selection = Show, Match = match, Type = Type, Mine = Mine, After = After, Limit = PageSize }, Cancel);
    }
}
