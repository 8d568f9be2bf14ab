using System.CommandLine;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary>What all commands share: the global options, and how an action is run.</summary>
internal sealed class Frame(Terminal terminal)
{
    public Terminal Terminal => terminal;

    public Option<string?> Config { get; } = new("--config") { Description = "The CA side's configuration file.", HelpName = "FILE", Recursive = true };

    public Option<bool> Json { get; } = new("--json") { Description = "Print records as JSON.", Recursive = true };

    /// <summary>A command with its action.</summary>
    public Command Command(string name, string about, IEnumerable<Symbol> parameters, Func<Call, Task> action) =>
        Command(name, about, parameters, async call =>
        {
            await action(call);
            return ExitCode.Success;
        });

    /// <summary>A command whose action chooses the exit code.</summary>
    public Command Command(string name, string about, IEnumerable<Symbol> parameters, Func<Call, Task<ExitCode>> action)
    {
        var command = new Command(name, about);
        foreach (Symbol parameter in parameters)
        {
            if (parameter is Option option)
            {
                command.Options.Add(option);
            }
            else
            {
                command.Arguments.Add((Argument)parameter);
            }
        }

        command.SetAction(async (parsed, cancel) =>
        {
            await using var call = new Call(this, parsed, cancel);
            return (int)await action(call);
        });
        return command;
    }

    /// <summary>A group of commands.</summary>
    public static Command Group(string name, string about, params IReadOnlyList<Command> commands)
    {
        var group = new Command(name, about);
        foreach (Command command in commands)
        {
            group.Subcommands.Add(command);
        }

        return group;
    }
}
