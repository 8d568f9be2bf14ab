using System.CommandLine;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    private const string About = """
        Administers a PKI whose CA accepts no inbound connection.

        Configuration: --config FILE, else PKI_CONFIG, else ./var/conf/ca.json, else /etc/pki/ca.json.
        Exit codes: 0 success, 1 functional error, 2 authorisation error, 3 usage error.
        Errors go to standard error, with a line that says what to do. --json gives records instead of tables.
        """;

    public static RootCommand Create(Terminal terminal)
    {
        var frame = new Frame(terminal);
        var root = new RootCommand(About);
        root.Options.Add(frame.Config);
        root.Options.Add(frame.Json);
        foreach (Command group in Groups(frame))
        {
            root.Subcommands.Add(group);
        }

        return root;
    }

    private static IEnumerable<Command> Groups(Frame frame) =>
    [
        new DemoGroup(frame).Create(),
        new DoctorGroup(frame).Create(),
        new DatabaseGroup(frame).Create(),
        new CaGroup(frame).Create(),
        new KeyStoreGroup(frame).Create(),
        new ProfileGroup(frame).Create(),
        new UserGroup(frame).Create(),
        new CertGroup(frame).Create(),
        new ImportGroup(frame).Create(),
        new ReportGroup(frame).Create(),
        new ApprovalGroup(frame).Create(),
        new CrlGroup(frame).Create(),
        new MessageGroup(frame).Create(),
        new WorkerGroup(frame).Create(),
        new RoleGroup(frame).Create(),
        new AuditGroup(frame).Create(),
        new ScepGroup(frame).Create(),
        new CmpGroup(frame).Create(),
    ];
}
