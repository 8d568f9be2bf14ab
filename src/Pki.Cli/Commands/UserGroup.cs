using System.CommandLine;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Pki.Cli.Output;
using Pki.Protocols.Trust;

namespace Pki.Cli.Commands;

/// <summary><c>pki user</c>: end entities.</summary>
internal sealed class UserGroup(Frame frame)
{
    private const string Known = "pki user list shows the end entities.";

    private static readonly IReadOnlyList<Column<EndEntityView>> ListColumns =
    [
        Columns.Text<EndEntityView>("Username", u => u.Username),
        Columns.Text<EndEntityView>("Status", u => u.Status.ToString()),
        Columns.Text<EndEntityView>("Subject", u => u.SubjectDn),
        Columns.Text<EndEntityView>("CA", u => u.CaName),
        Columns.Time<EndEntityView>("Changed", u => u.ModifiedAt),
    ];

    private static readonly IReadOnlyList<Column<EndEntityView>> Fields =
    [
        .. ListColumns.Take(3),
        Columns.Text<EndEntityView>("Alternative names", u => u.SubjectAltName),
        Columns.Text<EndEntityView>("E-mail", u => u.Email),
        Columns.Text<EndEntityView>("CA", u => u.CaName),
        Columns.Text<EndEntityView>("End entity profile", u => u.EndEntityProfile),
        Columns.Text<EndEntityView>("Certificate profile", u => u.CertificateProfile),
        Columns.Text<EndEntityView>("Has a secret", u => Texts.YesNo(u.HasSecret)),
        Columns.Text<EndEntityView>("Secret opens for MACs", u => Texts.YesNo(u.SecretOpens)),
        Columns.Text<EndEntityView>("Requests left", u => Texts.Number(u.RequestsLeft)),
        Columns.Time<EndEntityView>("Created", u => u.CreatedAt),
        Columns.Time<EndEntityView>("Changed", u => u.ModifiedAt),
    ];

    private readonly Argument<string> username = new("username") { Description = "Name of the end entity." };
    private readonly Option<string> subject = new("--subject") { Description = "Subject DN.", HelpName = "DN", Required = true };
    private readonly Option<string?> san = new("--san") { Description = "Alternative names: dNSName=a.example,iPAddress=10.0.0.1.", HelpName = "NAMES" };
    private readonly Option<string?> email = new("--email") { Description = "E-mail address." };
    private readonly Option<string?> ca = new("--ca") { Description = "Name of the CA; normally the profile's.", HelpName = "NAME" };
    private readonly Option<string> endEntityProfile = new("--end-entity-profile") { Description = "Its profile.", HelpName = "NAME", DefaultValueFactory = _ => "EMPTY" };
    private readonly Option<string?> certificateProfile = new("--certificate-profile") { Description = "Normally the end entity profile's.", HelpName = "NAME" };
    private readonly Option<string?> secretFile = new("--secret-file") { Description = "File whose first line is the secret to enrol with.", HelpName = "FILE" };
    private readonly Option<string?> contains = new("--contains") { Description = "Only names that contain this.", HelpName = "TEXT" };
    private readonly Option<EndEntityStatus?> onlyStatus = new("--status") { Description = "Only this status." };
    private readonly Argument<EndEntityStatus> status = new("status") { Description = $"The new status: {string.Join(", ", Enum.GetNames<EndEntityStatus>())}.", HelpName = "status" };

    public Command Create() => Frame.Group(
        "user",
        "End entities: who or what may have certificates, and under which profile.",
        frame.Command("add", "Adds an end entity, or changes one; it may then enrol.", [username, subject, san, email, ca, endEntityProfile, certificateProfile, secretFile], AddAsync),
        frame.Command("list", "Lists end entities, last changed first.", [contains, onlyStatus, Shared.Limit], ListAsync),
        frame.Command("show", "Shows one.", [username], ShowAsync),
        frame.Command("set-status", "Sets the status by hand.", [username, status], SetStatusAsync),
        frame.Command("delete", "Removes an end entity; its certificates stay.", [username, Shared.Yes], DeleteAsync));

    private async Task AddAsync(Call call)
    {
        using Secret? secret = call.Get(secretFile) is { } file ? await Shared.ReadSecretAsync(call, file) : null;
        var data = new EndEntityData
        {
            Username = call.Get(username),
            SubjectDn = call.Require(subject),
            SubjectAltName = call.Get(san),
            Email = call.Get(email),
            CaName = call.Get(ca),
            EndEntityProfile = call.Require(endEntityProfile),
            CertificateProfile = call.Get(certificateProfile),
            Secret = secret,
        };
        EndEntityView stored = (await call.Ca.EndEntities.SetAsync(call.Ca.Operator, data, call.Cancel)).OrFail("Make the end entity fit its profile (pki profile show), or choose another.");
        call.Printer.Done(stored, $"Stored: {stored.Username} ({stored.Status})");
        if (secret is not null && !stored.SecretOpens && (await call.Ca.Get<CmpAliases>().ListAsync(call.Cancel)).FirstOrDefault(a => a.ComparesCodes && a.OwnCaName == stored.CaName) is { } alias)
        {
            call.Terminal.Error.WriteLine($"note: CMP alias {alias.Name} cannot verify a MAC with this secret, as only its hash is kept; password.reversible in the end entity profile changes that for secrets set afterwards.");
        }
    }

    private async Task ListAsync(Call call) => call.Printer.List(
        await call.Ca.EndEntities.ListAsync(call.Get(contains), call.Get(onlyStatus), call.Get(Shared.Limit), call.Cancel), ListColumns, "No end entities.");

    private async Task ShowAsync(Call call) => call.Printer.Show(
        await call.Ca.EndEntities.FindAsync(call.Get(username), call.Cancel) ?? throw new CliException($"There is no end entity '{call.Get(username)}'.", Known), Fields);

    private async Task SetStatusAsync(Call call)
    {
        EndEntityView changed = (await call.Ca.EndEntities.SetStatusAsync(call.Ca.Operator, call.Get(username), call.Get(status), call.Cancel)).OrFail(Known);
        call.Printer.Done(changed, $"{changed.Username}: {changed.Status}");
    }

    private async Task DeleteAsync(Call call)
    {
        Shared.Confirm(call, $"The end entity '{call.Get(username)}' is removed; its certificates stay valid.");
        EndEntityView removed = (await call.Ca.EndEntities.DeleteAsync(call.Ca.Operator, call.Get(username), call.Cancel)).OrFail(Known);
        call.Printer.Done(removed, $"Removed: {removed.Username}");
    }
}
