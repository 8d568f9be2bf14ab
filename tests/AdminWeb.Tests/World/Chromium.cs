using System.Collections.Concurrent;
using Microsoft.Playwright;
using Pki.Protocols.X509;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>Debian's Chromium without a window, with an administrator's certificate, driven by Playwright.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string PictureFolder = "PKI_SCREENSHOTS";

    // As root there is no sandbox; the rest keeps it from talking to anybody but us.
    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly ConcurrentQueue<string> complaints = new();

    private Chromium(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (this.playwright, this.browser, Page) = (playwright, browser, page);
        page.Console += (_, message) => complaints.Enqueue(message.Text);
    }

    public IPage Page { get; }

    /// <summary>What it wrote to its console: things the content security policy forbade, answers that failed.</summary>
    public IReadOnlyCollection<string> Complaints => [.. complaints];

    public static async Task<Chromium> StartAsync(Uri url, KeyStore person, bool scripts = false, bool dark = false, int width = 1280)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = Flags, Timeout = (float)Eventually.Patience.TotalMilliseconds });
        string origin = url.GetLeftPart(UriPartial.Authority);
        IBrowserContext context = await browser.NewContextAsync(new()
        {
            BaseURL = origin,
            IgnoreHTTPSErrors = true, // the server's CA is made by the test
            JavaScriptEnabled = scripts,
            BypassCSP = scripts, // for the test's own checks
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = 800 },
            ClientCertificates = [new() { Origin = origin, Pfx = Browser.ToPkcs12(person), Passphrase = "browser" }],
        });
        context.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        return new(playwright, browser, await context.NewPageAsync());
    }

    /// <summary>Keeps a picture where the environment asks for it.</summary>
    public async Task PictureAsync(string name, bool whole = true)
    {
        if (Environment.GetEnvironmentVariable(PictureFolder) is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"admin-web-{name}.png"), FullPage = whole });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
