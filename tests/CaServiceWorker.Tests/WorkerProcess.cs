using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace CaServiceWorker.Tests;

/// <summary>A worker in a process of its own, which may be killed, frozen and thawed.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int ExitCodeOfKill = 128 + 9;

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = [];

    private WorkerProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    /// <summary>What it has logged so far.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Starts a worker. It stops when we do.</summary>
    /// <param name="configuration">The configuration file.</param>
    /// <param name="crashAt">The milestone at which it kills itself, "any", or null for never.</param>
    /// <param name="crashAfter">At the how manieth passage.</param>
    /// <param name="node">Its node, where it is not the configured one.</param>
    public static WorkerProcess Start(string configuration, string? crashAt = null, int crashAfter = 1, string? node = null)
    {
        var start = new ProcessStartInfo("dotnet", [Program(), "--config", configuration, "--ExitWithParent", "true"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CRASH_AT"] = crashAt;
        start.Environment["CRASH_AFTER"] = crashAfter.ToString(CultureInfo.InvariantCulture);
        start.Environment["DOTNET_TieredPGO"] = "0"; // compiling methods a second time costs more than it brings in a life of seconds
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        if (node is not null)
        {
            start.Environment["PKI__Ca__NodeId"] = node;
        }

        return new(start);
    }

    /// <summary>Waits until it has killed itself.</summary>
    public async Task CrashesAsync(TimeSpan patience, CancellationToken cancel)
    {
        try
        {
            await process.WaitForExitAsync(cancel).WaitAsync(patience, cancel);
        }
        catch (TimeoutException)
        {
            Assert.Fail("The worker did not reach the milestone.\n" + Output);
        }

        Assert.AreEqual(ExitCodeOfKill, process.ExitCode, Output);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        process.Kill();
        await process.WaitForExitAsync(cancel);
    }

    /// <summary>Freezes it as a machine that stands still.</summary>
    public Task FreezeAsync(CancellationToken cancel) => SignalAsync("STOP", cancel);

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync(CancellationToken cancel) => SignalAsync("CONT", cancel);

    /// <summary>Stops it in an orderly way: what it has begun is finished.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    // artifacts/bin/CaServiceWorker.Tests/debug/ → artifacts/bin/CrashingWorker/debug/
    private static string Program()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "CrashingWorker", own.Name, "CrashingWorker.dll");
    }

    private async Task SignalAsync(string signal, CancellationToken cancel)
    {
        using Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancel);
    }
}
