using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using TestKit;

namespace Interop.Tests;

/// <summary>The people at the demo's CA: one at the command line, one in a browser.</summary>
internal static class Administrators
{
    private const string Ca = "ScepCA";

    /// <summary>So many people must agree to an enrolment until the result is disposed.</summary>
    public static async Task<IAsyncDisposable> MustAgreeAsync(int number, CancellationToken cancel)
    {
        await PkiAsync(cancel, "ca", "set-approvals", Ca, "--add-edit", Text(number));
        return new Again();
    }

    /// <summary>The requests for this user, the newest last.</summary>
    public static async Task<IReadOnlyList<JsonElement>> RequestsAsync(string user, CancellationToken cancel) =>
        [.. JsonDocument.Parse((await PkiAsync(cancel, "approval", "list", "--status", "all", "--user", user, "--json")).Out).RootElement
            .EnumerateArray().OrderBy(request => request.GetProperty("id").GetInt64())];

    /// <summary>Decides at the command line, as the account of this machine.</summary>
    public static Task<ToolResult> DecideAsync(string verb, long id, CancellationToken cancel) => PkiAsync(cancel, "approval", verb, Text(id), "--yes");

    /// <summary>Approves in Chromium, with the administrator's certificate.</summary>
    public static async Task<string> ApproveInBrowserAsync(long id)
    {
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"], Timeout = (float)Eventually.Patience.TotalMilliseconds });
        string origin = new Uri(Demo.Setting("adminUrl")).GetLeftPart(UriPartial.Authority);
        IBrowserContext context = await browser.NewContextAsync(new()
        {
            BaseURL = origin,
            IgnoreHTTPSErrors = true, // the demo's CA is its own
            JavaScriptEnabled = false,
            ClientCertificates = [new() { Origin = origin, PfxPath = Demo.Setting("adminKeyStore"), Passphrase = File.ReadLines(Demo.Setting("adminKeyStorePassword")).First() }],
        });
        context.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync($"/approvals/{id}");
        await page.GetByLabel("Comment").FillAsync("read back on the phone");
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        return await page.GetByRole(AriaRole.Status).InnerTextAsync();
    }

    /// <summary>Makes a request, and the message that waits for it, older than they are: time itself cannot be moved in the demo.</summary>
    public static async Task AgeAsync(JsonElement request, TimeSpan by, CancellationToken cancel)
    {
        JsonNode configuration = JsonNode.Parse(await File.ReadAllTextAsync(Demo.Setting("caConfig"), cancel))!;
        string minutes = Text((int)by.TotalMinutes);
        await TestDatabases.RunPostgreSqlAsync(
            (string)configuration["Ca"]!["ConnectionString"]!,
            $"update approval set requested_at = requested_at - interval '{minutes} min', expire_at = expire_at - interval '{minutes} min', decided_at = decided_at - interval '{minutes} min' where id = {Text(request.GetProperty("id").GetInt64())}",
            cancel);
        string messages = (string)configuration["DataSources"]!["RAMessage1DS"]!["ConnectionString"]!;
        string row = $"uniqueid = '{request.GetProperty("uniqueId").GetString()}'";
        await Eventually.BecomesTrueAsync(
            async token => (await TestDatabases.RunPostgreSqlAsync(messages, $"select count(*) from message where {row} and (status = 3 or status = 1 and notbefore is not null)", token)).Trim() == "1",
            Eventually.Patience, cancel, "the message is set aside or answered"); // after its approval was asked for or decided
        await TestDatabases.RunPostgreSqlAsync(
            messages,
            $"update message set modifytime = modifytime - {minutes} * 60000::bigint, notbefore = notbefore - {minutes} * 60000::bigint where {row}",
            cancel);
    }

    private static async Task<ToolResult> PkiAsync(CancellationToken cancel, params string[] command)
    {
        using var pki = new Tool(Built.DotNet);
        return (await pki.RunAsync([Built.Program("Pki.Cli", "pki"), "--config", Demo.Setting("caConfig"), .. command], cancel)).EndedWith(0);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Again : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await PkiAsync(CancellationToken.None, "ca", "set-approvals", Ca, "--add-edit", "0");
    }
}
