using System.Diagnostics;
using TestKit;

namespace Pki.PrivateServers;

/// <summary>The dead-man switch: the server lives no longer than whoever holds the pipe.</summary>
[TestClass]
public sealed class GuardedProcessTests
{
    private static readonly TimeSpan Soon = Eventually.Patience;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Killing_the_owner_with_signal_9_stops_the_server()
    {
        CancellationToken cancel = TestContext.CancellationToken;
        using var scratch = new ScratchDirectory();
        string pidFile = scratch.File("server.pid");
        Directory.CreateDirectory(scratch.File("thrown-away"));

        // The owner is a program that holds the pipe open and does nothing else.
        string[] arguments =
        [
            "-c", """{ echo $$ >"$2"; exec sleep 600; } | /bin/sh -c "$1" guard "$3" TERM "$4" /bin/sh -c 'echo $$ >"$0"; exec sleep 600' "$5" """,
            "owner", GuardedProcess.Script, scratch.File("owner.pid"), scratch.File("log"), scratch.File("thrown-away"), pidFile,
        ];
        using Process shell = Process.Start("/bin/sh", arguments);
        await Eventually.BecomesTrueAsync(() => IsWritten(pidFile), Soon, cancel, "the server has started");

        using Process server = Process.GetProcessById(ReadPid(pidFile));
        using (Process owner = Process.GetProcessById(FindOwner(shell.Id)))
        {
            owner.Kill();
        }

        await shell.WaitForExitAsync(cancel).WaitAsync(Soon, cancel);
        await Eventually.BecomesTrueAsync(() => server.HasExited, Soon, cancel, "the server has stopped");
        Assert.IsFalse(Directory.Exists(scratch.File("thrown-away")), "What was to be thrown away is gone.");
    }

    [TestMethod]
    public async Task A_server_that_ends_by_itself_is_noticed()
    {
        using var scratch = new ScratchDirectory();
        using GuardedProcess guarded = GuardedProcess.Start(new("/bin/sh", ["-c", "echo I give up"], new((string?)null), scratch.File("log"), "TERM", RemoveAtEnd: null));

        await Eventually.BecomesTrueAsync(() => guarded.HasEnded, Soon, TestContext.CancellationToken, "the end is noticed");

        Assert.AreEqual("I give up", guarded.LogTail());
    }

    private static bool IsWritten(string file) => File.Exists(file) && File.ReadAllText(file).EndsWith('\n');

    private static int ReadPid(string file) => int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture);

    // "sleep 600" whose parent is the outer shell: the other one has the guard as its parent.
    private static int FindOwner(int parent) => Directory.GetDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, out _) && StatusOf(name!) is string status && status.Contains($"\nPPid:\t{parent}\n", StringComparison.Ordinal) && status.StartsWith("Name:\tsleep\n", StringComparison.Ordinal))
        .Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))
        .Single();

    private static string? StatusOf(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/status");
        }
        catch (IOException)
        {
            return null; // gone in the meantime
        }
    }
}
