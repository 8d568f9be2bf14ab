using System.CommandLine;
using Pki.Cli.Demo;

namespace Pki.Cli.Commands;

/// <summary><c>pki demo</c>: the whole system on this machine.</summary>
internal sealed class DemoGroup(Frame frame)
{
    private readonly Option<string> folder = new("--dir") { Description = "Folder for everything the demo makes.", HelpName = "DIR", DefaultValueFactory = _ => "var" };
    private readonly Option<int> portBase = new("--port-base") { Description = "First port on 127.0.0.1: the SCEP RA; the admin web is 363 above. 0 takes any free one.", HelpName = "N", DefaultValueFactory = _ => DemoPorts.DefaultBase };
    private readonly Option<bool> once = new("--once") { Description = "End after the proof." };

    public Command Create() => frame.Command(
        "demo",
        "Runs the whole system here: private PostgreSQL, CA worker, SCEP RA, admin web; enrols one router as proof; stays up until Ctrl-C.",
        [folder, portBase, once],
        call => new DemoRun(new DemoFolder(call.Terminal.FullPath(call.Require(folder))), call.Require(portBase), call.Terminal, call.Printer)
            .RunAsync(call.Get(once), call.Cancel));
}
