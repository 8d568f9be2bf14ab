using System.Diagnostics;
using Pki.Cli.Demo;

namespace Pki.Cli.Tests;

/// <summary>Hosts as children: ended in order, restarted when they die, and an early death is an error with its log.</summary>
[TestClass]
public sealed class ChildHostTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task A_host_that_ends_while_the_demo_starts_is_an_error_that_shows_its_log()
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.File("log"), "the port is taken\n", TestContext.CancellationToken);
        await using var host = new ChildHost("Fake", () => Shell("exit 7"), scratch.File("log"), _ => { }, TimeProvider.System);
        CliException said = await Assert.ThrowsExactlyAsync<CliException>(() => host.Running.WaitAsync(TestContext.CancellationToken));
        StringAssert.Contains(said.Message, "exit code 7");
        StringAssert.Contains(said.Message, "the port is taken");
    }

    [TestMethod]
    public async Task A_host_that_dies_later_is_started_again_and_one_line_says_so()
    {
        using var scratch = new Scratch();
        var said = new TaskCompletionSource<string>();
        var startedTwice = new TaskCompletionSource();
        Process? first = null;
        Process Start()
        {
            if (first is null)
            {
                return first = Shell("read go; exit 3");
            }

            startedTwice.TrySetResult();
            return Shell("read stop");
        }

        await using var host = new ChildHost("Fake", Start, scratch.File("log"), said.SetResult, TimeProvider.System);
        host.RestartFromNowOn();
        await WaitForAsync(() => host.ProcessId is not null);
        await first!.StandardInput.WriteLineAsync("go");
        string line = await said.Task.WaitAsync(TestContext.CancellationToken);
        StringAssert.Contains(line, "Fake ended (exit code 3) and is started again");
        await startedTwice.Task.WaitAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Stopping_closes_its_input_and_waits_for_its_end()
    {
        using var scratch = new Scratch();
        string trace = scratch.File("trace");
        var host = new ChildHost("Fake", () => Shell($"read x; echo ended >{trace}"), scratch.File("log"), _ => { }, TimeProvider.System);
        await WaitForAsync(() => host.ProcessId is not null);
        await host.DisposeAsync();
        Assert.IsTrue(File.Exists(trace));
        Assert.IsTrue(host.Running.IsCompletedSuccessfully);
    }

    private static Process Shell(string script) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardInput = true, UseShellExecute = false })!;

    private async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, TestContext.CancellationToken);
        }
    }
}
