using System.ComponentModel.DataAnnotations;
using AdminWeb.Showing;
using Ca.Core.EndEntities;
using Ca.Core.Viewing;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages.EndEntities;

/// <summary>One end entity and its certificates.</summary>
internal sealed class DetailModel(EndEntitySearch endEntities, CertificateSearch certificates) : AdminPage
{
    // In the query, not the path: a username may hold slashes.
    [BindProperty(SupportsGet = true, Name = "user"), Required, StringLength(250)]
    public string Username { get; set; } = "";

    [BindProperty(SupportsGet = true, Name = Pager.Parameter), Range(1, Paging.LastNumber)]
    public int Number { get; set; } = 1;

    public EndEntityView View { get; private set; } = null!;

    public Page<FoundCertificate> Certificates { get; private set; } = new([], 1, HasMore: false);

    public IEnumerable<Field> Fields =>
    [
        new("Subject", View.SubjectDn),
        new("Alternative names", View.SubjectAltName),
        new("E-mail", View.Email),
        new("CA", View.CaName),
        new("End entity profile", View.EndEntityProfile),
        new("Certificate profile", View.CertificateProfile),
        new("Can enrol with a secret", View.HasSecret ? "yes" : "no"),
        new("Requests left", Show.Number(View.RequestsLeft)),
        new("Created", Show.Time(View.CreatedAt)),
        new("Changed", Show.Time(View.ModifiedAt)),
    ];

    public async Task<IActionResult> OnGetAsync()
    {
        if (!(await endEntities.FindAsync(Actor, Username, Cancel)).Succeeded(out EndEntityView? view, out Refusal? refusal))
        {
            return Refuse(refusal, "end entity");
        }

        View = view;
        // Who may see the end entity but no certificates sees an empty list.
        if ((await certificates.SearchAsync(Actor, new() { Username = Username }, new(Number), Cancel)).Succeeded(out Page<FoundCertificate>? found, out _))
        {
            Certificates = found;
        }

        return Page();
    }
}
