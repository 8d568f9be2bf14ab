using System.CommandLine;
using Ca.Core.Certificates;
using Pki.Cli.Output;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki crl</c>.</summary>
internal sealed class CrlGroup(Frame frame)
{
    private static readonly IReadOnlyList<Column<CrlReport>> Fields =
    [
        Columns.Whole<CrlReport>("CA", c => c.CaName),
        Columns.Text<CrlReport>("Number", c => Texts.Number(c.Number)),
        Columns.Time<CrlReport>("This update", c => c.ThisUpdate),
        Columns.Time<CrlReport>("Next update", c => c.NextUpdate),
        Columns.Text<CrlReport>("Entries", c => Texts.Number(c.Entries.Count)),
        Columns.Lines<CrlReport>("", c => c.Entries.Select(e => $"{e.Serial}  {Texts.Time(e.RevokedAt)}  {e.Reason}")),
    ];

    private readonly Argument<string> ca = new("ca") { Description = "Name of the CA." };
    private readonly Option<bool> pem = new("--pem") { Description = "Write the CRL itself as PEM instead of showing it." };
    private readonly Option<bool> der = new("--der") { Description = "Write the CRL itself as DER instead of showing it." };

    public Command Create() => Frame.Group(
        "crl",
        "Certificate revocation lists: make one now, show the newest, take one of another CA.",
        frame.Command("create", "Makes a full CRL now.", [ca], CreateAsync),
        new ForeignImports(frame).Crl(),
        frame.Command("show", "Shows the newest CRL, or writes it.", [ca, pem, der, Shared.Out], ShowAsync));

    private async Task CreateAsync(Call call)
    {
        CrlView made = (await call.Printer.WaitAsync("Making the CRL …", () => call.Ca.Crls.CreateAsync(call.Ca.Operator, call.Get(ca), call.Cancel)))
            .OrFail("pki ca list shows the CAs and their status.");
        call.Printer.Show(CrlReport.Of(made), Fields);
    }

    private async Task ShowAsync(Call call)
    {
        await CaGroup.RequireAsync(call, call.Get(ca));
        CrlView newest = await call.Ca.Crls.FindLatestAsync(call.Get(ca), call.Cancel)
            ?? throw new CliException($"CA '{call.Get(ca)}' has no CRL yet.", $"pki crl create {call.Get(ca)} makes one.");
        if (call.Get(pem))
        {
            await Shared.WriteAsync(call, System.Text.Encoding.ASCII.GetBytes(CrlReport.Parse(newest).ToPem()), isText: true);
        }
        else if (call.Get(der))
        {
            await Shared.WriteAsync(call, newest.Encoded, isText: false);
        }
        else
        {
            call.Printer.Show(CrlReport.Of(newest), Fields);
        }
    }

    private sealed record CrlReport(string CaName, long Number, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate, IReadOnlyList<CrlEntry> Entries)
    {
        public static CrlReport Of(CrlView crl) => new(
            crl.CaName,
            crl.Number,
            crl.ThisUpdate,
            crl.NextUpdate,
            [.. Parse(crl).Revoked.Select(entry => new CrlEntry(entry.Serial.ToString(), entry.RevokedAt, entry.Reason))]);

        public static CertificateList Parse(CrlView crl) => Der.DecodeBer<CertificateList>(crl.Encoded).OrThrow();
    }

    private sealed record CrlEntry(string Serial, DateTimeOffset RevokedAt, RevocationReason? Reason);
}
