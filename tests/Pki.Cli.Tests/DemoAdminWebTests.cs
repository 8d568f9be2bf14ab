using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestKit;

namespace Pki.Cli.Tests;

/// <summary>The two ways into the demo's admin web, as <c>demo.json</c> names them.</summary>
[TestClass]
[DoNotParallelize]
[NeedsTool("postgres")]
public sealed partial class DemoAdminWebTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task The_link_signs_in_once_and_the_keystore_always()
    {
        using var scratch = new Scratch();
        using Process demo = Process.Start(new ProcessStartInfo("dotnet", [Programs.Pki, "demo", "--dir", scratch.Path, "--port-base", "0"]) { RedirectStandardOutput = true })!;
        try
        {
            await ReadyAsync(demo);
            JsonNode report = JsonNode.Parse(File.ReadAllText(scratch.File("demo.json")))!;
            var link = new Uri((string)report["adminLink"]!);
            using HttpClient person = Client(scratch, null);
            Assert.AreEqual(HttpStatusCode.Redirect, await RedeemAsync(person, link));
            Assert.AreEqual(HttpStatusCode.OK, (await person.GetAsync(new Uri(link, "/"), Cancel)).StatusCode);
            using HttpClient other = Client(scratch, null);
            Assert.AreEqual(HttpStatusCode.Forbidden, await RedeemAsync(other, link));

            using X509Certificate2 admin = X509CertificateLoader.LoadPkcs12FromFile((string)report["adminKeyStore"]!, File.ReadLines((string)report["adminKeyStorePassword"]!).First());
            using HttpClient administrator = Client(scratch, admin);
            string overview = await administrator.GetStringAsync(new Uri((string)report["adminUrl"]!), Cancel);
            StringAssert.Contains(overview, "CN=admin,O=Demo");
            StringAssert.Contains(overview, "RAMessage1DS");
        }
        finally
        {
            demo.Kill();
            await demo.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<HttpStatusCode> RedeemAsync(HttpClient client, Uri link)
    {
        string form = await client.GetStringAsync(link, Cancel);
        string token = Token().Match(form).Groups["token"].Value;
        using var fields = new FormUrlEncodedContent([new("csrf", token), new("token", link.Query.Split('=')[1])]);
        using HttpResponseMessage answer = await client.PostAsync(new Uri(link, "/demo-link"), fields, Cancel);
        return answer.StatusCode;
    }

    /// <summary>Trusts the demo's own CA and nothing else: the server's certificate must be right.</summary>
    private static HttpClient Client(Scratch scratch, X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(scratch.File("certs/ManagementCA.pem"));
        handler.SslOptions.CertificateChainPolicy = policy;
        if (certificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler);
    }

    private async Task ReadyAsync(Process demo)
    {
        while (await demo.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            if (line == "READY")
            {
                return;
            }
        }

        Assert.Fail("The demo did not get ready.");
    }

    [GeneratedRegex("name=\"csrf\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Token();
}
