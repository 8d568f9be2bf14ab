using System.CommandLine;

namespace Pki.Cli.Commands;

/// <summary><c>pki report</c>: what somebody should know in time.</summary>
internal sealed class ReportGroup(Frame frame)
{
    public Command Create() => Frame.Group(
        "report",
        "Reports for people and for their programs.",
        new CertificateFinder(frame).Expiring());
}
