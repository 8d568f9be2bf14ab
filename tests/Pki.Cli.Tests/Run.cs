using Pki.Cli.Output;

namespace Pki.Cli.Tests;

/// <summary>One run of the command line inside this process: what it printed and how it ended.</summary>
internal sealed record Run(ExitCode Code, string Out, string Error)
{
    public static Task<Run> PkiAsync(params string[] args) => PkiAsync(Directory.GetCurrentDirectory(), new Dictionary<string, string>(), args);

    public static async Task<Run> PkiAsync(string workingDirectory, IReadOnlyDictionary<string, string> variables, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, workingDirectory, name => variables.GetValueOrDefault(name), TimeProvider.System);
        ExitCode code = await CommandLine.RunAsync(args, terminal);
        return new(code, output.ToString(), error.ToString());
    }
}
