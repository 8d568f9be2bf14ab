using System.CommandLine;
using System.CommandLine.Invocation;
using Pki.Cli.Commands;
using Pki.Cli.Output;

namespace Pki.Cli;

/// <summary>From arguments to exit code: parse, run, and say what went wrong.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command.</summary>
    public static async Task<ExitCode> RunAsync(string[] args, Terminal terminal)
    {
        RootCommand tree = CommandTree.Create(terminal);
        ParseResult parsed = tree.Parse(args);
        if (parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count > 0))
        {
            string words = string.Join(' ', Path(parsed.CommandResult.Command));
            Errors.Print(terminal, CliException.Usage(string.Join(' ', parsed.Errors.Select(e => e.Message)), $"{words} --help shows how it is used."));
            return ExitCode.UsageError;
        }

        using var signals = new StopSignals();
        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // StopSignals gives a command the time it needs to end in order
            };
            return (ExitCode)await parsed.InvokeAsync(invocation, signals.Token);
        }
        catch (Exception fault)
        {
            CliException said = Errors.Explain(fault, signals.Token);
            Errors.Print(terminal, said);
            return said.ExitCode;
        }
    }

    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Path(parent).Append(command.Name) : ["pki"];
}
