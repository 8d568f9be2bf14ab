using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>A person's browser as far as HTTP goes: a certificate or none, cookies, forms; redirects are looked at, not followed.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient client;
    private readonly X509Certificate2? certificate;

    public Browser(Uri url, KeyStore? keyStore)
    {
        certificate = keyStore is null ? null : X509CertificateLoader.LoadPkcs12(ToPkcs12(keyStore), "browser");
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, server, _, _) => server?.Issuer.Contains("CN=Server CA", StringComparison.Ordinal) == true;
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        client = new HttpClient(handler) { BaseAddress = url, Timeout = Eventually.Patience };
    }

    /// <summary>The PKCS#12 of a key store, with the password "browser".</summary>
    public static byte[] ToPkcs12(KeyStore keyStore)
    {
        using Secret password = Secret.FromText("browser");
        return Pkcs12.Save(keyStore, password, "browser");
    }

    public async Task<Answer> GetAsync(string path, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), cancel);
        return await Answer.ReadAsync(answer, cancel);
    }

    /// <summary>Sends a form as it is, without the hidden token.</summary>
    public async Task<Answer> PostBareAsync(string path, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancel)
    {
        using var content = new FormUrlEncodedContent(fields);
        using HttpResponseMessage answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, cancel);
        return await Answer.ReadAsync(answer, cancel);
    }

    /// <summary>Opens a page and sends its form, with the hidden token.</summary>
    public async Task<Answer> SubmitAsync(string page, string action, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancel)
    {
        Answer form = await GetAsync(page, cancel);
        Assert.AreEqual(HttpStatusCode.OK, form.Status, form.Text);
        Match token = Token().Match(form.Text);
        Assert.IsTrue(token.Success, "The form has no anti-forgery token.");
        return await PostBareAsync(action, fields.Append(new("csrf", WebUtility.HtmlDecode(token.Groups["token"].Value))), cancel);
    }

    public void Dispose()
    {
        client.Dispose();
        certificate?.Dispose();
    }

    [GeneratedRegex("name=\"csrf\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Token();
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, byte[] Content, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Where a redirect leads.</summary>
    public string Location => Headers.GetValueOrDefault("Location", "");

    public static async Task<Answer> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        byte[] content = await answer.Content.ReadAsByteArrayAsync(cancel);
        Dictionary<string, string> headers = answer.Headers.Concat(answer.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new(answer.StatusCode, System.Text.Encoding.UTF8.GetString(content), content, headers);
    }
}
