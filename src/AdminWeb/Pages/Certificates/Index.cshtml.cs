using System.ComponentModel.DataAnnotations;
using AdminWeb.Showing;
using Ca.Core.Certificates;
using Ca.Core.Profiles;
using Ca.Core.Viewing;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages.Certificates;

/// <summary>Looks for certificates.</summary>
internal sealed class IndexModel(CertificateSearch certificates, AuthoritySearch authorities, ProfileStore profiles) : AdminPage
{
    [BindProperty(SupportsGet = true), StringLength(200)]
    public string? Names { get; set; }

    [BindProperty(SupportsGet = true), StringLength(100)]
    public string? Serial { get; set; }

    [BindProperty(SupportsGet = true, Name = "user"), StringLength(250)]
    public string? Username { get; set; }

    [BindProperty(SupportsGet = true), StringLength(250)]
    public string? Ca { get; set; }

    [BindProperty(SupportsGet = true), StringLength(250)]
    public string? Profile { get; set; }

    [BindProperty(SupportsGet = true)]
    public CertificateStatus? Status { get; set; }

    [BindProperty(SupportsGet = true), Range(1, 3650)]
    public int? Days { get; set; }

    [BindProperty(SupportsGet = true, Name = Pager.Parameter), Range(1, Paging.LastNumber)]
    public int Number { get; set; } = 1;

    public Page<FoundCertificate> Found { get; private set; } = new([], 1, HasMore: false);

    public IReadOnlyList<string> CaNames { get; private set; } = [];

    public IReadOnlyList<string> ProfileNames { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        var query = new CertificateQuery
        {
            Names = Names?.Trim(),
            Serial = Serial?.Trim(),
            Username = Username?.Trim(),
            CaName = Ca,
            Profile = Profile,
            Status = Status,
            ExpiresWithin = Days is { } days ? TimeSpan.FromDays(days) : null,
        };
        if (!(await certificates.SearchAsync(Actor, query, new(Number), Cancel)).Succeeded(out Page<FoundCertificate>? found, out Refusal? refusal))
        {
            return Refuse(refusal, "certificates");
        }

        Found = found;
        CaNames = [.. (await authorities.ListAsync(Actor, Cancel)).Select(ca => ca.Authority.Name)];
        ProfileNames = [.. (await profiles.ListCertificateProfilesAsync(Cancel)).Select(profile => profile.Name).Order(StringComparer.Ordinal)];
        return Page();
    }
}
