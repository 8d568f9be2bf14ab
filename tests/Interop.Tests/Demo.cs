using System.Diagnostics;
using System.Text;
using System.Text.Json;
using TestKit;

namespace Interop.Tests;

/// <summary>The whole system as a user runs it, one for all tests: <c>pki demo</c> in a folder of its own.</summary>
[TestClass]
public sealed class Demo
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopTimeout = Eventually.Patience;

    // Its standard input is our hand on it: when that closes, because we let go or died, it gets the Ctrl-C of a person.
    private const string UntilInputCloses = """exec 3<&0; { cat <&3 >/dev/null; kill -INT $$; } & exec "$@" </dev/null 3<&-""";

    private static readonly ScratchDirectory Folder = new();
    private static readonly StringBuilder Said = new();
    private static Process? process;
    private static JsonElement description;

    /// <summary>The address of the SCEP server.</summary>
    public static string ScepServer => Setting("scepUrl");

    /// <summary>The challenge password that admits a request.</summary>
    public static string Challenge => Setting("scepChallenge");

    /// <summary>The file that holds it.</summary>
    public static string ChallengeFile => File("secrets/scep-challenge");

    /// <summary>The folder with everything.</summary>
    public static string Root => Folder.Path;

    /// <summary>What it has printed.</summary>
    public static string Printed => SoFar();

    /// <summary>A file of the demo.</summary>
    public static string File(string name) => Folder.File(name);

    /// <summary>A value of <c>demo.json</c>.</summary>
    public static string Setting(string name) => description.GetProperty(name).GetString()!;

    [AssemblyInitialize]
    public static async Task StartAsync(TestContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        patience.CancelAfter(StartTimeout);
        string[] command = ["-c", UntilInputCloses, "demo", Built.DotNet, Built.Program("Pki.Cli", "pki"), "demo", "--dir", Root, "--port-base", "0"];
        process = Process.Start(new ProcessStartInfo("/bin/sh", command) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Hear(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, ready);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Task end = process.WaitForExitAsync(patience.Token);
        if (await Task.WhenAny(ready.Task, end) == end)
        {
            await StopAsync();
            Assert.Fail($"The demo did not become ready within {StartTimeout}:\n{SoFar()}");
        }

        description = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(File("demo.json"), patience.Token)).RootElement;
    }

    [AssemblyCleanup]
    public static async Task StopAsync()
    {
        await Cmp.CmpSite.StopAsync();
        if (process is { } running)
        {
            process = null;
            running.StandardInput.Close();
            using var patience = new CancellationTokenSource(StopTimeout);
            await running.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            running.Kill(entireProcessTree: true); // does nothing to one that has ended
            running.Dispose();
        }

        Folder.Dispose();
    }

    /// <summary>Stops the CA's worker as if it had fallen asleep, until the result is disposed.</summary>
    public static async Task<IAsyncDisposable> WorkerAsleepAsync(CancellationToken cancel)
    {
        int worker = description.GetProperty("processes").GetProperty("worker").GetInt32();
        await SignalAsync("STOP", worker, cancel);
        return new Sleep(worker);
    }

    /// <summary>Waits until the RA's log has a line with all these words.</summary>
    public static Task RaSaysAsync(CancellationToken cancel, params string[] words) => Eventually.BecomesTrueAsync(
        () => System.IO.File.ReadLines(File("log/scep-ra.log")).Any(line => words.All(word => line.Contains(word, StringComparison.Ordinal))),
        Eventually.Patience,
        cancel,
        $"the RA says {string.Join(" … ", words)}");

    private static void Hear(string? line, TaskCompletionSource ready)
    {
        lock (Said)
        {
            Said.AppendLine(line);
        }

        if (line == "READY")
        {
            ready.TrySetResult();
        }
    }

    private static string SoFar()
    {
        lock (Said)
        {
            return Said.ToString();
        }
    }

    private static async Task SignalAsync(string signal, int processId, CancellationToken cancel)
    {
        using var shell = new Tool("/bin/sh");
        (await shell.RunAsync(["-c", $"kill -{signal} {processId}"], cancel)).EndedWith(0);
    }

    private sealed class Sleep(int worker) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await SignalAsync("CONT", worker, CancellationToken.None);
    }
}
