using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using TestKit;

namespace Pki.Cli.Tests;

/// <summary>The demo as a person meets it: the built programs, run whole. Few tests, because they are slow.</summary>
[TestClass]
[DoNotParallelize]
[NeedsTool("postgres")]
public sealed class DemoTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Two_demos_run_side_by_side_and_a_second_start_resumes_the_same_CA()
    {
        using var first = new Scratch();
        using var second = new Scratch();
        await Task.WhenAll(OnceAsync(first), OnceAsync(second));
        string ca = Certificate(first);
        Assert.AreNotEqual(ca, Certificate(second));
        await OnceAsync(first);
        Assert.AreEqual(ca, Certificate(first));
        await NobodyIsLeftAsync(first);
        await NobodyIsLeftAsync(second);
    }

    [TestMethod]
    public async Task A_demo_killed_in_its_set_up_or_when_ready_leaves_no_process_and_starts_again()
    {
        using var scratch = new Scratch();
        using (Process demo = Start(scratch))
        {
            // Its first CA is made, the second is not.
            await Eventually.BecomesTrueAsync(() => File.Exists(scratch.File("certs/ManagementCA.pem")), Patience, TestContext.CancellationToken);
            await KillAsync(demo, scratch);
        }

        string management = File.ReadAllText(scratch.File("certs/ManagementCA.pem"));
        using (Process demo = Start(scratch))
        {
            await ReadyAsync(demo);
            await KillAsync(demo, scratch);
        }

        Assert.AreEqual(management, File.ReadAllText(scratch.File("certs/ManagementCA.pem")));
    }

    [TestMethod]
    [DataRow("INT")]
    [DataRow("TERM")]
    public async Task A_signal_ends_a_ready_demo_in_order(string signal)
    {
        using var scratch = new Scratch();
        using Process demo = Start(scratch);
        await ReadyAsync(demo);
        int worker = (int)JsonNode.Parse(File.ReadAllText(scratch.File("demo.json")))!["processes"]!["worker"]!;
        Assert.IsTrue(Directory.Exists($"/proc/{worker}"));
        using var http = new HttpClient();
        var cmp = new Uri((string)JsonNode.Parse(File.ReadAllText(scratch.File("demo.json")))!["cmpUrl"]!);
        using HttpResponseMessage refusal = await http.GetAsync(cmp, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, refusal.StatusCode, "the CMP proxy takes nothing but POST");
        using Process kill = Process.Start("/bin/kill", [$"-{signal}", demo.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await demo.WaitForExitAsync(TestContext.CancellationToken).WaitAsync(Patience, TestContext.CancellationToken);
        Assert.AreEqual(0, demo.ExitCode);
        await NobodyIsLeftAsync(scratch);
    }

    [TestMethod]
    public async Task A_port_in_use_is_said_clearly_before_anything_is_made()
    {
        using var scratch = new Scratch();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Run run = await Run.PkiAsync("demo", "--dir", scratch.File("var"), "--port-base", port);
        Assert.AreEqual(ExitCode.FunctionalError, run.Code);
        StringAssert.Contains(run.Error, $"Port {port} of 127.0.0.1 is in use");
        Assert.IsFalse(Directory.Exists(scratch.File("var/pg")));
    }

    private static string Certificate(Scratch scratch) => File.ReadAllText(scratch.File("certs/ScepCA.pem"));

    // With SIGINT as a person's shell gives it, not ignored as in a shell's background.
    private static Process Start(Scratch scratch, params string[] more) => Process.Start(new ProcessStartInfo(
        "/usr/bin/env", ["--default-signal=INT", "dotnet", Programs.Pki, "demo", "--dir", scratch.Path, "--port-base", "0", .. more]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private async Task OnceAsync(Scratch scratch)
    {
        using Process demo = Start(scratch, "--once");
        Task<string> error = demo.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        string output = await demo.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        await demo.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual(0, demo.ExitCode, output + await error);
        StringAssert.Contains(output, "\nREADY\n");
    }

    private async Task ReadyAsync(Process demo)
    {
        while (await demo.StandardOutput.ReadLineAsync(TestContext.CancellationToken) is { } line)
        {
            if (line == "READY")
            {
                return;
            }
        }

        Assert.Fail(await demo.StandardError.ReadToEndAsync(TestContext.CancellationToken));
    }

    /// <summary>Whoever belongs to a demo has its folder on the command line.</summary>
    private Task NobodyIsLeftAsync(Scratch scratch) => Eventually.BecomesTrueAsync(
        () => !Directory.GetDirectories("/proc").Any(process => CommandLineOf(process).Contains(scratch.Path, StringComparison.Ordinal)),
        Patience,
        TestContext.CancellationToken,
        $"no process of {scratch.Path} is left");

    private async Task KillAsync(Process demo, Scratch scratch)
    {
        demo.Kill();
        await demo.WaitForExitAsync(TestContext.CancellationToken);
        await NobodyIsLeftAsync(scratch);
    }

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
