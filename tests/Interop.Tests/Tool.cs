using System.ComponentModel;
using System.Diagnostics;
using TestKit;

namespace Interop.Tests;

/// <summary>A program of somebody else, run in a folder of its own.</summary>
/// <param name="program">Its path, or its name where the system finds it.</param>
internal sealed class Tool(string program) : IDisposable
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private readonly ScratchDirectory scratch = new();

    /// <summary>Its folder.</summary>
    public string Folder => scratch.Path;

    /// <summary>The path of a file in its folder.</summary>
    public string File(string name) => scratch.File(name);

    /// <summary>Runs it to its end, which must come before patience does.</summary>
    public async Task<ToolResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = scratch.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        process.StandardInput.Close();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new($"{program} {string.Join(' ', arguments)}", process.ExitCode, await output, await error);
        }
        finally
        {
            Kill(process);
        }
    }

    public void Dispose() => scratch.Dispose();

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true); // does nothing to one that has ended
        }
        catch (Win32Exception)
        {
            // It ended at this very moment.
        }
    }
}

/// <summary>How a run ended and what it said.</summary>
internal sealed record ToolResult(string Command, int ExitCode, string Out, string Error)
{
    /// <summary>Fails the test, with everything the program said, unless it ended like this.</summary>
    public ToolResult EndedWith(int exitCode)
    {
        Assert.AreEqual(exitCode, ExitCode, $"{Command}\n{Out}\n{Error}");
        return this;
    }
}
