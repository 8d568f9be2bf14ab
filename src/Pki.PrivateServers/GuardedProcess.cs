using System.Diagnostics;

namespace Pki.PrivateServers;

/// <summary>What to start under guard.</summary>
/// <param name="Program">The server.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Account">The account it runs as.</param>
/// <param name="LogFile">Where its output is appended.</param>
/// <param name="StopSignal">The signal that makes it stop in an orderly way.</param>
/// <param name="RemoveAtEnd">A folder to remove when this process is gone; null to keep everything.</param>
internal sealed record GuardedCall(
    string Program, IReadOnlyList<string> Arguments, ServiceAccount Account, string LogFile, string StopSignal, string? RemoveAtEnd);

/// <summary>
/// A server that lives no longer than we do. A shell between us and the server reads a pipe whose other end only we
/// hold; when we end, even by kill -9, the kernel closes the pipe and the shell stops the server. (The kernel's
/// parent-death signal is no help: it is bound to the starting thread, and .NET's threads come and go.)
/// </summary>
internal sealed class GuardedProcess : IDisposable
{
    /// <summary>
    /// Arguments: log file, default stop signal, folder to remove ("" for none), server and its arguments. A word on
    /// standard input is a signal to stop the server with; end of file means that our owner is gone.
    /// </summary>
    internal const string Script = """
        log=$1; stop=$2; remove=$3; shift 3
        exec 3<&0
        "$@" </dev/null 3<&- >>"$log" 2>&1 &
        server=$!
        {
            read -r word <&3; gone=$?
            trap '' TERM
            kill -"${word:-$stop}" $server
            exit $gone
        } &
        watch=$!
        exec 3<&- </dev/null
        wait $server; status=$?
        kill $watch 2>/dev/null
        wait $watch
        if [ $? = 1 ] && [ -n "$remove" ]; then rm -rf -- "$remove"; fi
        exit $status
        """;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly GuardedCall call;

    private GuardedProcess(Process process, GuardedCall call)
    {
        this.process = process;
        this.call = call;
    }

    /// <summary>True when the server has ended, whoever ended it.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Starts a server under guard.</summary>
    public static GuardedProcess Start(GuardedCall call)
    {
        List<string> command = ["/bin/sh", "-c", Script, "guard", call.LogFile, call.StopSignal, call.RemoveAtEnd ?? "", call.Program, .. call.Arguments];
        // A session of its own keeps Ctrl-C at the terminal from reaching the server before its owner has let go of it.
        if (ServerProgram.Search("setsid", ["/usr/bin"]) is string setsid)
        {
            command.Insert(0, setsid);
        }

        return new(Process.Start(ServerProgram.StartInfo(command[0], command.Skip(1), call.Account))!, call);
    }

    /// <summary>Stops the server with a signal (its orderly one if null) and waits until it is gone.</summary>
    public async Task StopAsync(string? signal, CancellationToken cancel)
    {
        if (!process.HasExited)
        {
            try
            {
                await process.StandardInput.WriteLineAsync((signal ?? call.StopSignal).AsMemory(), cancel);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // A broken pipe: it is ending by itself at this very moment.
            }

            await process.WaitForExitAsync(cancel).WaitAsync(StopTimeout, cancel);
        }
    }

    /// <summary>The end of the log, for an error message.</summary>
    public string LogTail()
    {
        const int Lines = 20;
        return File.Exists(call.LogFile) ? string.Join('\n', File.ReadLines(call.LogFile).TakeLast(Lines)) : "(no log)";
    }

    /// <summary>Lets go of the pipe: the server stops soon after, by itself.</summary>
    public void Dispose() => process.Dispose();
}
