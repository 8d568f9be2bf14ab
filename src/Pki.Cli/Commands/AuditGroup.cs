using System.CommandLine;
using Ca.Core.Audit;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary><c>pki audit</c>.</summary>
internal sealed class AuditGroup(Frame frame)
{
    private static readonly IReadOnlyList<Column<AuditView>> ListColumns =
    [
        Columns.Time<AuditView>("Time", a => a.At),
        Columns.Number<AuditView>("No", a => a.Sequence),
        Columns.Whole<AuditView>("Event", a => a.Entry.Event),
        Columns.Text<AuditView>("Status", a => a.Entry.Status.ToString()),
        Columns.Text<AuditView>("Who", a => Texts.Short(a.Entry.Actor, 60)),
        Columns.Text<AuditView>("User", a => Texts.Short(a.Entry.SearchDetail2, 40)),
        Columns.Text<AuditView>("Serial / id", a => Texts.Short(a.Entry.SearchDetail1, 40)),
        Columns.Text<AuditView>("Details", a => Texts.Short(string.Join(", ", a.Entry.Details.Where(d => d.Key != "certificate").Select(d => $"{d.Key}={d.Value}")), 120)),
    ];

    private static readonly IReadOnlyList<Column<AuditVerification>> ChainColumns =
    [
        Columns.Whole<AuditVerification>("Node", v => v.NodeId),
        Columns.Number<AuditVerification>("Records", v => v.Records),
        Columns.Text<AuditVerification>("Chain", v => v.Problem ?? "whole"),
        Columns.Text<AuditVerification>("Head", v => Convert.ToHexStringLower(v.Head)),
    ];

    private readonly Option<string?> auditEvent = new("--event") { Description = "Only this event, such as CERT_CREATION.", HelpName = "NAME" };
    private readonly Option<string?> serial = new("--serial") { Description = "Only this certificate serial number or transaction id.", HelpName = "TEXT" };
    private readonly Option<string?> user = new("--user") { Description = "Only this end entity.", HelpName = "NAME" };
    private readonly Option<TimeSpan> since = Durations.Option("--since", "Only of the last 1d, 2h, …", TimeSpan.FromDays(3650));

    public Command Create() => Frame.Group(
        "audit",
        "The audit log: who did what, and whether anybody changed it.",
        frame.Command("show", "Lists records, newest first.", [auditEvent, serial, user, since, Shared.Limit], ShowAsync),
        frame.Command("verify", "Walks the hash chains; exit code 1 when one is broken.", [], VerifyAsync));

    private async Task ShowAsync(Call call)
    {
        var filter = new AuditFilter
        {
            Event = call.Get(auditEvent),
            SearchDetail1 = call.Get(serial),
            SearchDetail2 = call.Get(user),
            From = call.Terminal.Clock.GetUtcNow() - call.Get(since),
            Limit = call.Get(Shared.Limit),
        };
        call.Printer.List(await call.Ca.Audit.ListAsync(filter, call.Cancel), ListColumns, "No records.");
    }

    private static async Task<ExitCode> VerifyAsync(Call call)
    {
        IReadOnlyList<AuditVerification> chains = await call.Printer.WaitAsync("Walking the audit log …", () => call.Ca.Audit.VerifyAsync(call.Cancel));
        call.Printer.List(chains, ChainColumns, "The audit log is empty.");
        if (chains.All(chain => chain.Problem is null))
        {
            return ExitCode.Success;
        }

        throw new CliException("The audit log was tampered with, or lost records.", "Keep the database as it is, compare with a backup, and find out who could write to it.");
    }
}
