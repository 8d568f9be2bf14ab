using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Pki.Cli.Output;

namespace Pki.Cli.Demo;

/// <summary>
/// A host kept running. While the demo starts, its end is an error; afterwards it is said and the host is started again,
/// later each time it dies young.
/// </summary>
internal sealed class ChildHost : IAsyncDisposable
{
    private const int LinesOfLog = 15;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OldEnough = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);

    private readonly Func<Process> start;
    private readonly string logFile;
    private readonly Action<string> say;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stopping = new();
    private readonly long logBegins;
    private readonly Task running;
    private volatile object? processId;
    private volatile bool restarts;

    /// <summary>Starts it.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="start">Starts the process; it takes the end of its standard input as the wish to stop.</param>
    /// <param name="logFile">Where its output goes.</param>
    /// <param name="say">Receives one line whenever it ended by itself.</param>
    /// <param name="clock">Now.</param>
    public ChildHost(string name, Func<Process> start, string logFile, Action<string> say, TimeProvider clock)
    {
        Name = name;
        this.start = start;
        this.logFile = logFile;
        this.say = say;
        this.clock = clock;
        logBegins = File.Exists(logFile) ? new FileInfo(logFile).Length : 0;
        running = Task.Run(KeepRunningAsync);
    }

    public string Name { get; }

    /// <summary>The process it is at this moment.</summary>
    public int? ProcessId => (int?)processId;

    /// <summary>Ends when the host was stopped; fails when it ended by itself before <see cref="RestartFromNowOn"/>.</summary>
    public Task Running => running;

    /// <summary>Waits until this run of it has logged something; its end meanwhile is an error.</summary>
    /// <exception cref="CliException">It ended, or did not in time.</exception>
    public async Task LogsAsync(string text, TimeSpan timeout, CancellationToken cancel)
    {
        long began = clock.GetTimestamp();
        while (!LogSinceStart().Contains(text, StringComparison.Ordinal))
        {
            if (running.IsCompleted)
            {
                await running;
            }

            if (clock.GetElapsedTime(began) > timeout)
            {
                throw new CliException($"{Name} does not get ready:\n{LogTail()}", $"The whole log is in {logFile}.");
            }

            await Task.Delay(Look, clock, cancel);
        }
    }

    /// <summary>It has started well: from here on it is started again whenever it ends.</summary>
    public void RestartFromNowOn() => restarts = true;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task KeepRunningAsync()
    {
        TimeSpan backOff = FirstBackOff;
        while (!stopping.IsCancellationRequested)
        {
            long started = clock.GetTimestamp();
            int? code = await RunOnceAsync();
            if (code is null)
            {
                return;
            }

            if (!restarts)
            {
                throw new CliException($"{Name} ended at its start (exit code {code}):\n{LogTail()}", $"The whole log is in {logFile}.");
            }

            backOff = clock.GetElapsedTime(started) > OldEnough ? FirstBackOff : backOff;
            say(string.Create(CultureInfo.InvariantCulture, $"{Name} ended (exit code {code}) and is started again in {Texts.Span(backOff)}. Its log: {logFile}"));
            await Task.Delay(backOff, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            backOff = TimeSpan.FromTicks(Math.Min(backOff.Ticks * 2, LongestBackOff.Ticks));
        }
    }

    /// <summary>Runs it to its end; null when we ended it.</summary>
    private async Task<int?> RunOnceAsync()
    {
        using Process child = start();
        processId = child.Id;
        try
        {
            await child.WaitForExitAsync(stopping.Token);
            return stopping.IsCancellationRequested ? null : child.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await StopAsync(child);
            return null;
        }
        finally
        {
            processId = null;
        }
    }

    /// <summary>Closes its input, which it takes as the wish to stop; kills it when it does not.</summary>
    private static async Task StopAsync(Process child)
    {
        child.StandardInput.Close();
        using var patience = new CancellationTokenSource(StopTimeout);
        await child.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!child.HasExited)
        {
            try
            {
                child.Kill(entireProcessTree: true);
            }
            catch (Win32Exception)
            {
                // It ended at this very moment.
            }
        }
    }

    private string LogSinceStart()
    {
        if (!File.Exists(logFile))
        {
            return "";
        }

        using var log = new FileStream(logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(Math.Min(logBegins, log.Length), SeekOrigin.Begin);
        using var text = new StreamReader(log);
        return text.ReadToEnd();
    }

    private string LogTail() => File.Exists(logFile) ? string.Join('\n', File.ReadLines(logFile).TakeLast(LinesOfLog)) : "(no log)";
}
