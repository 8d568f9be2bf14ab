using System.Text;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Viewing;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace AdminWeb.Pages.Certificates;

/// <summary>One certificate: decoded, with its chain, to download and to revoke.</summary>
internal sealed class DetailModel(CertificateSearch certificates, AuthoritySearch authorities) : AdminPage
{
    public FoundCertificate Found { get; private set; } = null!;

    public CertificateAuthority? Issuer { get; private set; }

    public CertificateView View => Found.Certificate;

    public bool IsOnHold => View is { Status: CertificateStatus.Revoked, Reason: RevocationReason.CertificateHold };

    public bool MayRevoke => Found.MayRevoke && (IsOnHold || View.Status is CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration);

    public async Task<IActionResult> OnGetAsync(string ca, string serial) => await LoadAsync(ca, serial) ?? Page();

    public async Task<IActionResult> OnGetPemAsync(string ca, string serial) => await LoadAsync(ca, serial) ?? Pem(View.Certificate.ToPem(), "pem");

    public async Task<IActionResult> OnGetDerAsync(string ca, string serial) =>
        await LoadAsync(ca, serial) ?? File(View.Encoded, "application/pkix-cert", $"{View.Serial}.cer");

    public async Task<IActionResult> OnGetChainAsync(string ca, string serial) =>
        await LoadAsync(ca, serial) ?? Pem(string.Concat((Issuer?.Chain ?? []).Prepend(View.Certificate).Select(c => c.ToPem())), "chain.pem");

    private FileContentResult Pem(string pem, string ending) => File(Encoding.ASCII.GetBytes(pem), "application/x-pem-file", $"{View.Serial}.{ending}");

    private async Task<IActionResult?> LoadAsync(string ca, string serial)
    {
        if (!(await certificates.FindAsync(Actor, ca, serial, Cancel)).Succeeded(out FoundCertificate? found, out Refusal? refusal))
        {
            return Refuse(refusal, $"certificate {serial}");
        }

        Found = found;
        Issuer = (await authorities.FindAsync(Actor, ca, Cancel)).Succeeded(out FoundAuthority? issuer, out _) ? issuer.Authority : null;
        return null;
    }
}
