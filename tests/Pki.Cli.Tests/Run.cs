using System.Text.Json.Nodes;
using Pki.Cli.Output;

namespace Pki.Cli.Tests;

/// <summary>One run of the command line inside this process: what it printed and how it ended.</summary>
internal sealed record Run(ExitCode Code, string Out, string Error)
{
    /// <summary>What it printed, as JSON.</summary>
    public JsonArray Records => JsonNode.Parse(Out)!.AsArray();

    public static Task<Run> PkiAsync(params string[] args) => PkiAsync(TimeProvider.System, args);

    public static async Task<Run> PkiAsync(TimeProvider clock, params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var terminal = new Terminal(output, error, Directory.GetCurrentDirectory(), name => name == "PKI_HOSTS" ? Programs.Folder : null, clock);
        ExitCode code = await CommandLine.RunAsync(args, terminal);
        return new(code, output.ToString(), error.ToString());
    }
}

/// <summary>The clock of a machine that is ahead of all others.</summary>
internal sealed class ClockAhead(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
}

/// <summary>Where the programs of this build are.</summary>
internal static class Programs
{
    /// <summary>The folder of all projects' output.</summary>
    public static string Folder { get; } = Path.GetFullPath("../..", AppContext.BaseDirectory);

    /// <summary>The program <c>pki</c> of the same configuration.</summary>
    public static string Pki { get; } = Path.Combine(Folder, "Pki.Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "pki.dll");
}
