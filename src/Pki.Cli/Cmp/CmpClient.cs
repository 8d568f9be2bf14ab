using System.Net.Http.Headers;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Pki.Cli.Cmp;

/// <summary>A CMP client over HTTP (RFC 9811): what a device does, with every step to look at.</summary>
/// <param name="url">The alias.</param>
internal sealed class CmpClient(Uri url) : IDisposable
{
    private const string ContentType = "application/pkixcmp";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient http = new() { Timeout = Timeout };

    /// <summary>Sends a request for a certificate, and reads the answer.</summary>
    public async Task<Certificate> EnrolAsync(CmpClientTransaction transaction, PkiBody request, CancellationToken cancel) =>
        CmpClientTransaction.IssuedIn(await AskAsync(transaction, request, cancel)).OrFail("The CA refused; pki audit list and the proxy's log say why.");

    /// <summary>Confirms that the certificate has arrived (RFC 9810 §5.3.18).</summary>
    public async Task ConfirmAsync(CmpClientTransaction transaction, Certificate issued, CancellationToken cancel)
    {
        PkiBody confirmation = CmpClientTransaction.ConfirmationOf(issued).OrFail("The certificate cannot be confirmed.");
        if (await AskAsync(transaction, confirmation, cancel) is not PkiBody.Confirmation)
        {
            throw new CliException("The CA did not take note of the confirmation.", "pki audit list says why.");
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<PkiBody> AskAsync(CmpClientTransaction transaction, PkiBody body, CancellationToken cancel)
    {
        using var content = new ReadOnlyMemoryContent(transaction.Next(body).Encoded);
        content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        using HttpResponseMessage response = await http.PostAsync(url, content, cancel);
        return response.IsSuccessStatusCode
            ? transaction.Read(await response.Content.ReadAsByteArrayAsync(cancel)).OrFail("The answer is not one to this request.")
            : throw new CliException($"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.", "Its log says why.");
    }
}
