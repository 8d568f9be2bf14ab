using System.ComponentModel.DataAnnotations;
using AdminWeb.Showing;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Ca.Core.Viewing;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages.EndEntities;

/// <summary>Looks for end entities.</summary>
internal sealed class IndexModel(EndEntitySearch endEntities, ProfileStore profiles) : AdminPage
{
    [BindProperty(SupportsGet = true), StringLength(250)]
    public string? Names { get; set; }

    [BindProperty(SupportsGet = true)]
    public EndEntityStatus? Status { get; set; }

    [BindProperty(SupportsGet = true), StringLength(250)]
    public string? Profile { get; set; }

    [BindProperty(SupportsGet = true, Name = Pager.Parameter), Range(1, Paging.LastNumber)]
    public int Number { get; set; } = 1;

    public Page<EndEntityView> Found { get; private set; } = new([], 1, HasMore: false);

    public IReadOnlyList<string> ProfileNames { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        var query = new EndEntityQuery { Names = Names?.Trim(), Status = Status, Profile = Profile };
        if (!(await endEntities.SearchAsync(Actor, query, new(Number), Cancel)).Succeeded(out Page<EndEntityView>? found, out Refusal? refusal))
        {
            return Refuse(refusal, "end entities");
        }

        Found = found;
        ProfileNames = [.. (await profiles.ListEndEntityProfilesAsync(Cancel))
            .Where(profile => Actor.May(Ca.Core.Roles.AccessResources.ViewEndEntity, profile.Id)).Select(profile => profile.Name).Order(StringComparer.Ordinal)];
        return Page();
    }
}
