using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Bench;

/// <summary>What the bench adds to the demo for CMP, as an administrator would: an alias for RAs, its secret, an RA that signs.</summary>
internal static class CmpSite
{
    public const string Alias = "bench";
    private const string Boundless = "1000000000";
    private const string Plenty = "1000000"; // the bench asks from one address with one senderKID

    /// <summary>Lets the demo's proxy take as much as the bench asks; before the demo is started.</summary>
    public static void Prepare(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "conf"));
        var limits = new JsonObject { ["CallBurst"] = Plenty, ["CallsPerMinute"] = Plenty, ["KeyIdBurst"] = Plenty, ["KeyIdCallsPerMinute"] = Plenty, ["MacIterationsPerMinute"] = Boundless, ["OctetsPerMinute"] = Boundless };
        var proxy = new JsonObject { ["Limits"] = limits };
        File.WriteAllText(Path.Combine(folder, "conf/cmp-proxy.json"), new JsonObject { ["CmpProxy"] = proxy }.ToJsonString());
    }

    /// <summary>Makes alias, secret and RA.</summary>
    /// <returns>The RA's key and certificate.</returns>
    public static async Task<KeyStore> CreateAsync(string pki, DemoSite site, string folder, string secret, CancellationToken cancel)
    {
        string alias = Path.Combine(folder, "bench.json");
        string secretFile = Path.Combine(folder, "bench.secret");
        string ra = Path.Combine(folder, "bench-ra.p12");
        await File.WriteAllTextAsync(alias, AliasFor(site).ToJsonString(), cancel);
        await File.WriteAllTextAsync(secretFile, secret, cancel);
        await RunAsync("cmp", "alias", "create", Alias, "--from", alias);
        await RunAsync("cmp", "secret", "set", Alias, "--secret-file", secretFile);
        await RunAsync("keystore", "issue", "bench-ra", "--ca", "ManagementCA", "--certificate-profile", "LINK", "--out", ra, "--certificate-out", ra + ".pem");
        await RunAsync("role", "add-member", "CMP RA", "--certificate", ra + ".pem");
        await UntilServedAsync(UrlIn(site), cancel);
        using Secret password = Secret.FromText((await File.ReadAllTextAsync(Path.ChangeExtension(ra, ".password"), cancel)).TrimEnd('\n'));
        return Pkcs12.Load(await File.ReadAllBytesAsync(ra, cancel), password).OrThrow() with { Chain = [] };

        async Task RunAsync(params string[] command)
        {
            using Process process = Process.Start(new ProcessStartInfo("dotnet", [pki, "--config", site.Text("caConfig"), .. command]) { RedirectStandardOutput = true })!;
            await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"pki {string.Join(' ', command)} ended with {process.ExitCode}.");
            }
        }
    }

    /// <summary>Where its clients post to.</summary>
    public static Uri UrlIn(DemoSite site) => new(new Uri(site.Text("cmpUrl")), $"/.well-known/cmp/p/{Alias}");

    // The proxy learns of a new alias from the CA within seconds; until then it is 404 there, whatever the method.
    private static async Task UntilServedAsync(Uri url, CancellationToken cancel)
    {
        using var http = new HttpClient();
        while (true)
        {
            using HttpResponseMessage answer = await http.GetAsync(url, cancel);
            if (answer.StatusCode == HttpStatusCode.MethodNotAllowed)
            {
                return;
            }

            await Task.Delay(100, cancel);
        }
    }

    private static JsonObject AliasFor(DemoSite site) => new()
    {
        ["mode"] = "ra",
        ["caName"] = site.Text("caName"),
        ["endEntityProfile"] = site.Text("endEntityProfile"),
        ["certificateProfile"] = site.Text("certificateProfile"),
        ["maxOpenTransactions"] = 10_000,
        ["authentication"] = new JsonArray(new JsonObject { ["module"] = "hmac" }, new JsonObject { ["module"] = "endEntityCertificate", ["parameter"] = "ManagementCA" }),
    };
}
