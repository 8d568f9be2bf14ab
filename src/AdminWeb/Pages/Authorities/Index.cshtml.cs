using System.Text;
using Ca.Core.Certificates;
using Ca.Core.Viewing;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace AdminWeb.Pages.Authorities;

/// <summary>The CAs, their chains and their CRLs, to look at and to download.</summary>
internal sealed class IndexModel(AuthoritySearch authorities, TimeProvider clock) : AdminPage
{
    public IReadOnlyList<FoundAuthority> Found { get; private set; } = [];

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public static CertificateList Parse(CrlView crl) => Der.DecodeBer<CertificateList>(crl.Encoded).OrThrow();

    public async Task OnGetAsync() => Found = await authorities.ListAsync(Actor, Cancel);

    public Task<IActionResult> OnGetPemAsync(string ca) =>
        DownloadAsync(ca, found => Pem(string.Concat(found.Authority.Chain.Select(c => c.ToPem())), $"{FileName(ca)}.pem"));

    public Task<IActionResult> OnGetDerAsync(string ca) =>
        DownloadAsync(ca, found => File(found.Authority.Certificate.Encoded.ToArray(), "application/pkix-cert", $"{FileName(ca)}.cer"));

    public Task<IActionResult> OnGetCrlAsync(string ca) =>
        DownloadAsync(ca, found => found.Crl is { } crl ? File(crl.Encoded, "application/pkix-crl", $"{FileName(ca)}.crl") : NotFound());

    public Task<IActionResult> OnGetCrlPemAsync(string ca) =>
        DownloadAsync(ca, found => found.Crl is { } crl ? Pem(Parse(crl).ToPem(), $"{FileName(ca)}.crl.pem") : NotFound());

    private async Task<IActionResult> DownloadAsync(string ca, Func<FoundAuthority, IActionResult> file) =>
        (await authorities.FindAsync(Actor, ca, Cancel)).Succeeded(out FoundAuthority? found, out Refusal? refusal) ? file(found) : Refuse(refusal, "CA");

    private FileContentResult Pem(string pem, string name) => File(Encoding.ASCII.GetBytes(pem), "application/x-pem-file", name);

    private static string FileName(string ca) => string.Concat(ca.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
}
