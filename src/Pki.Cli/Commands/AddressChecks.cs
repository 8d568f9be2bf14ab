using Ca.Core.Authorities;
using Pki.Migration.Import;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary>
/// Whether CRLs and CA certificates are where certificates say that they are (MIGRATION §9 check 10). Whoever answers need
/// not be trusted: what comes must be the CA's.
/// </summary>
internal sealed class AddressChecks(TimeProvider clock) : IDisposable
{
    private const int MaxLength = 64 * 1024 * 1024;

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20), MaxResponseContentBufferSize = MaxLength };

    public async Task<IReadOnlyList<ImportCheck>> RunAsync(CertificateAuthority ca, CancellationToken cancel)
    {
        List<ImportCheck> checks = [];
        foreach (string address in ca.Settings.CrlDistributionPoints)
        {
            checks.Add(await FetchAsync(ca, address, "CRL", octets => ObjectionToCrl(ca, octets), cancel));
        }

        foreach (string address in ca.Settings.CaIssuers)
        {
            checks.Add(await FetchAsync(ca, address, "certificate", octets => ObjectionToCertificate(ca, octets), cancel));
        }

        return checks;
    }

    public void Dispose() => http.Dispose();

    private async Task<ImportCheck> FetchAsync(CertificateAuthority ca, string address, string what, Func<byte[], string?> objection, CancellationToken cancel)
    {
        string text = $"CA '{ca.Name}': its {what} is at {address}";
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
        {
            return new(text, false, "only http and https can be looked at");
        }

        try
        {
            byte[] octets = await http.GetByteArrayAsync(uri, cancel);
            return new(text, objection(octets) is null, objection(octets) ?? $"{octets.Length} octets");
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return new(text, false, fault.Message);
        }
    }

    private string? ObjectionToCrl(CertificateAuthority ca, byte[] octets) =>
        !Der.Decode<CertificateList>(octets).Succeeded(out CertificateList? crl, out _) ? "what comes is no CRL in DER"
        : !crl.IsSignedBy(ca.Certificate.PublicKey) ? "the CA has not signed what comes"
        : crl.NextUpdate < clock.GetUtcNow() ? $"CRL {crl.Number} has run out"
        : null;

    private static string? ObjectionToCertificate(CertificateAuthority ca, byte[] octets) =>
        !Der.Decode<Certificate>(octets).Succeeded(out Certificate? found, out _) ? "what comes is no certificate in DER"
        : found.Encoded.Span.SequenceEqual(ca.Certificate.Encoded.Span) ? null : "it is another certificate";
}
