using System.CommandLine;
using Ca.Core.Certificates;
using Ca.Core.Viewing;

namespace Pki.Cli.Commands;

/// <summary>Looks for certificates: <c>pki cert search</c> by whatever is known of them, <c>pki report expiring</c> by their end.</summary>
internal sealed class CertificateFinder(Frame frame)
{
    private readonly Option<string?> match = new("--match") { Description = "Part of the subject DN or of an alternative name; case does not matter.", HelpName = "TEXT" };
    private readonly Option<string?> serial = new("--serial") { Description = "Serial number in hex, however written.", HelpName = "HEX" };
    private readonly Option<string?> user = new("--user") { Description = "Only of this end entity.", HelpName = "NAME" };
    private readonly Option<string?> ca = new("--ca") { Description = "Only of this CA.", HelpName = "NAME" };
    private readonly Option<string?> profile = new("--profile") { Description = "Only of this certificate or end entity profile.", HelpName = "NAME" };
    private readonly Option<CertificateStatus?> status = new("--status") { Description = "Only of this status." };
    private readonly Option<TimeSpan> ends = Durations.Option("--expires-within", "Only what is still valid, but not this much longer; soonest first.", TimeSpan.Zero);
    private readonly Option<TimeSpan> within = Durations.Option("--within", "How far ahead to look.", TimeSpan.FromDays(30));
    private readonly Option<bool> csv = new("--csv") { Description = "Comma-separated values, for spreadsheets." };

    public Command Search() => frame.Command(
        "search",
        "Finds certificates by what is known of them.",
        [match, serial, user, ca, profile, status, ends, csv, Shared.Limit],
        call => FindAsync(call, new()
        {
            Names = Given(call.Get(match)),
            Serial = Given(call.Get(serial)),
            Username = Given(call.Get(user)),
            CaName = call.Get(ca),
            Profile = call.Get(profile),
            Status = call.Get(status),
            ExpiresWithin = call.Get(ends) is { Ticks: > 0 } window ? window : null,
        }));

    public Command Expiring() => frame.Command(
        "expiring",
        "Certificates in force that end soon, the soonest first.",
        [within, ca, profile, csv, Shared.Limit],
        call => call.Get(within) is { Ticks: > 0 } window
            ? FindAsync(call, new() { ExpiresWithin = window, NotRevoked = true, CaName = call.Get(ca), Profile = call.Get(profile) })
            : throw CliException.Usage("--within must be longer than nothing.", "Write for example --within 30d."));

    private async Task FindAsync(Call call, CertificateQuery query)
    {
        if (call.Get(csv) && call.Printer.Json)
        {
            throw CliException.Usage("--csv and --json exclude each other.", "Leave one of them away.");
        }

        FoundCertificates found = (await call.Ca.Get<CertificateSearch>().ListAsync(call.Ca.Operator, query, call.Get(Shared.Limit), call.Cancel)).OrFail("pki cert search --help");
        DateTimeOffset now = call.Terminal.Clock.GetUtcNow();
        FoundView[] rows = [.. found.Items.Select(one => FoundView.Of(one, now))];
        if (call.Get(csv))
        {
            call.Printer.Csv(rows, FoundView.AllColumns);
        }
        else
        {
            call.Printer.List(rows, FoundView.Columns, "No certificates.");
        }

        if (found.HasMore)
        {
            call.Printer.Warn($"There are more than these {rows.Length}. Narrow the search, or raise --limit (at most {CertificateSearch.LongestList}).");
        }
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
