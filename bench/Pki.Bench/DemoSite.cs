using System.Diagnostics;
using System.Text.Json;

namespace Pki.Bench;

/// <summary>A running <c>pki demo</c>: the whole system on a private PostgreSQL with fsync on.</summary>
internal sealed class DemoSite : IAsyncDisposable
{
    private readonly Process? process;

    private DemoSite(Process? process, JsonDocument description)
    {
        this.process = process;
        Description = description.RootElement.Clone();
    }

    public JsonElement Description { get; }

    public Uri ScepUrl => new(Text("scepUrl"));

    public string Challenge => Text("scepChallenge");

    /// <summary>A value of its description.</summary>
    public string Text(string name) => Description.GetProperty(name).GetString()!;

    /// <summary>The process ids by role: postgresql, worker, scepRa, cmpProxy.</summary>
    public int Process(string role) => Description.GetProperty("processes").GetProperty(role).GetInt32();

    public static async Task<DemoSite> StartAsync(string pki, string folder, int port, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("dotnet", [pki, "demo", "--dir", folder, "--port-base", $"{port}"]) { RedirectStandardOutput = true };
        Process process = System.Diagnostics.Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (line == "READY")
            {
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new(process, JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "demo.json"), cancel)));
            }

            Console.WriteLine("  " + line);
        }

        throw new InvalidOperationException("The demo ended before it was ready.");
    }

    /// <summary>Somebody else's demo: it is left running.</summary>
    public static DemoSite Attach(string report) => new(process: null, JsonDocument.Parse(File.ReadAllText(report)));

    public async ValueTask DisposeAsync()
    {
        if (process is null)
        {
            return;
        }

        using (System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
