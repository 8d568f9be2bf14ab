using System.CommandLine;
using Ca.Core.Authorities;
using Ca.Core.Importing;
using ExtRa.Messages.Store;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.Migration.Checks;
using Pki.Migration.Import;
using Pki.Migration.Sources;

namespace Pki.Cli.Commands;

/// <summary><c>pki import verify</c>: compares what is here with the source, whenever asked; above all after the first CRL.</summary>
internal sealed class ImportVerify(Frame frame)
{
    private const int MostMessages = 1000;

    private static readonly IReadOnlyList<Column<ImportCheck>> Columns =
    [
        new("Holds", c => c.Passed ? "yes" : "NO"),
        new("Check", c => c.What) { Whole = true },
        new("", c => c.Detail),
    ];

    private readonly SourceOptions source = new();
    private readonly Option<string?> map = new("--map") { Description = "JSON file: old ids of CAs and profiles to names here.", HelpName = "FILE" };
    private readonly Option<string[]> older = new("--older-ca-certificate") { Description = "Certificate of an older key of a CA here; may be repeated.", HelpName = "FILE" };
    private readonly Option<bool> urls = new("--urls") { Description = "Also fetches CRLs and CA certificates from where certificates say that they are." };

    public Command Create() => frame.Command(
        "verify",
        "Compares revocations, CRLs, CA certificates and messages with the old system. Changes nothing.",
        [.. source.All, map, older, urls],
        RunAsync);

    private async Task<ExitCode> RunAsync(Call call)
    {
        List<ImportCheck> checks = [];
        try
        {
            await using ILegacySource opened = await source.OpenAsync(call);
            var site = new SiteChecks(call.Ca.Get<BulkImport>(), call.Ca.Authorities, call.Ca.Crls, opened);
            checks.AddRange(await site.RunAsync(ImportSources.ReadMap(call, call.Get(map)), ImportSources.ReadCertificates(call, call.Get(older)), call.Cancel));
        }
        catch (LegacyFormatException wrong)
        {
            throw new CliException(wrong.Message, "Make the export again; docs/MIGRATING.md tells how.", inner: wrong);
        }

        foreach (MessageSource database in MessageSource.All(call.Configuration))
        {
            checks.Add(await MessagesAsync(call, database));
        }

        if (call.Get(urls))
        {
            using var addresses = new AddressChecks(call.Terminal.Clock);
            foreach (CertificateAuthority ca in await call.Ca.Authorities.ListAsync(call.Cancel))
            {
                checks.AddRange(await addresses.RunAsync(ca, call.Cancel));
            }
        }

        call.Printer.List(checks, Columns, "The source has nothing that could be compared.");
        return ImportSite.Show(call, checks, "");
    }

    /// <summary>What a legacy worker has taken and not answered, nobody will (MIGRATION §7).</summary>
    private static async Task<ImportCheck> MessagesAsync(Call call, MessageSource source)
    {
        await using MessageDatabase database = source.Open(call.Terminal.Clock);
        MessageStats stats = await database.Messages.StatsAsync(call.Cancel);
        int left = (await database.Messages.ListAsync(new MessageFilter(MessageStatus.InProcess, Limit: MostMessages), call.Cancel)).Count(row => row.IsLeftByLegacyWorker);
        return new(
            $"messages of '{source.Name}': a legacy worker has left none in process",
            left == 0,
            $"{left} left; {stats.Waiting} waiting, {stats.InProcess} in process, {stats.Processed} answered");
    }
}
