using System.CommandLine;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Pki.Cli.Export;
using Pki.Cli.Output;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki cert</c>: issued certificates.</summary>
internal sealed class CertGroup(Frame frame)
{
    private const string Known = "pki cert list shows the certificates.";

    private readonly Argument<string> serial = new("serial") { Description = "Serial number in hex, however written." };
    private readonly Option<string?> ca = new("--ca") { Description = "Name of the issuing CA; needed where several issued this number.", HelpName = "NAME" };
    private readonly Option<string?> user = new("--user") { Description = "Only of this end entity.", HelpName = "NAME" };
    private readonly Option<CertificateStatus?> status = new("--status") { Description = "Only of this status." };
    private readonly Option<string?> subject = new("--subject") { Description = "Only where the subject contains this.", HelpName = "TEXT" };
    private readonly Option<RevocationReason> reason = new("--reason") { Description = "Why; removeFromCrl releases from hold.", DefaultValueFactory = _ => RevocationReason.Unspecified };
    private readonly Option<DateTimeOffset?> invalidSince = Moments.Option("--invalid-since", "Since when the key is known or suspected to be in other hands, for the CRL: 2026-05-01T12:00:00Z.");
    private readonly Option<bool> chain = new("--chain") { Description = "With the CA's chain." };
    private readonly Argument<string> exported = new("serial") { Description = "Serial number in hex, however written; none with --all.", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "" };
    private readonly Option<bool> all = new("--all") { Description = "Every certificate, in folders CA/status, into the folder or .zip file that --out names." };
    private readonly Option<bool> der = new("--der") { Description = "DER instead of PEM." };

    public Command Create() => Frame.Group(
        "cert",
        "Issued certificates: find, revoke, export, import.",
        frame.Command("list", "Lists certificates, newest first.", [ca, user, status, subject, Shared.Limit], ListAsync),
        new CertificateFinder(frame).Search(),
        frame.Command("show", "Shows one.", [serial, ca], ShowAsync),
        frame.Command("revoke", "Revokes one, puts it on hold, or releases it.", [serial, ca, reason, invalidSince, Shared.Yes], RevokeAsync),
        new ForeignImports(frame).Certificates(),
        frame.Command("export", "Writes one as PEM or DER, or all as PEM files.", [exported, ca, all, chain, der, Shared.Out], ExportAsync));

    private async Task ListAsync(Call call)
    {
        var filter = new CertificateFilter { CaName = call.Get(ca), Username = call.Get(user), Status = call.Get(status), SubjectContains = call.Get(subject), Limit = call.Get(Shared.Limit) };
        IReadOnlyList<CertificateView> found = await call.Ca.Certificates.ListAsync(filter, call.Cancel);
        call.Printer.List([.. found.Select(CertView.Of)], CertView.Columns, "No certificates.");
    }

    private async Task ShowAsync(Call call) => call.Printer.Show(CertView.Of(await FindAsync(call)), CertView.Fields);

    private async Task RevokeAsync(Call call)
    {
        CertificateView found = await FindAsync(call);
        Shared.Confirm(call, $"Certificate {found.Serial} of '{found.SubjectDn}' gets the revocation reason {call.Get(reason)}; only a hold can be taken back.");
        var work = new CaWork();
        var order = new RevocationOrder { Actor = call.Ca.Operator, CaName = found.CaName, Serial = found.Serial, Reason = call.Get(reason), InvalidityDate = call.Get(invalidSince) };
        Outcome<Revocation> outcome = await call.Ca.Revoker.RevokeAsync(order, work, call.Cancel);
        await call.Ca.Ledger.CommitAsync(work, call.Cancel);
        Revocation done = outcome.OrFail("pki cert show tells its status.");
        if (done.CrlWanted)
        {
            await call.Ca.Crls.CreateAsync(call.Ca.Operator, found.CaName, call.Cancel);
        }

        call.Printer.Done(CertView.Of(await FindAsync(call)), $"{found.Serial}: {done.Reason}{(done.CrlWanted ? "" : $". It is on the next CRL; pki crl create {found.CaName} makes one now.")}");
    }

    private async Task ExportAsync(Call call)
    {
        if (call.Get(all))
        {
            await ExportAllAsync(call);
            return;
        }

        CertificateView found = await FindAsync(call, call.Get(exported) is { Length: > 0 } number ? number : throw CliException.Usage("Neither a serial number nor --all is given.", "Give one of the two."));
        if (call.Get(der) && call.Get(chain))
        {
            throw CliException.Usage("A chain has no DER form of its own.", "Leave --der or --chain away.");
        }

        CertificateAuthority? issuer = call.Get(chain) ? await call.Ca.Authorities.FindAsync(found.CaName, call.Cancel) : null;
        string pem = string.Concat((issuer?.Chain ?? []).Prepend(found.Certificate).Select(c => c.ToPem()));
        await Shared.WriteAsync(call, call.Get(der) ? found.Encoded : System.Text.Encoding.ASCII.GetBytes(pem), isText: !call.Get(der));
    }

    private async Task ExportAllAsync(Call call)
    {
        if (call.Get(Shared.Out) is not { } file || call.Get(exported).Length > 0 || call.Get(der) || call.Get(chain))
        {
            throw CliException.Usage("--all needs --out, and takes no serial number, --der or --chain.", "pki cert export --all --out certificates.zip");
        }

        string path = call.Terminal.FullPath(file);
        long count = 0;
        await using CertificateTree tree = CertificateTree.Create(path);
        using (var progress = new ProgressLine(call.Terminal))
        {
            await foreach (CertificateView view in call.Ca.Certificates.StreamAsync(call.Get(ca), call.Cancel))
            {
                await tree.AddAsync(view, call.Cancel);
                count++;
                if (count % 1000 == 0)
                {
                    progress.Show($"{count:N0} certificates", count);
                }
            }
        }

        await tree.FinishAsync();
        call.Printer.Done(new { Path = path, Certificates = count }, $"{count} certificates: {path}");
    }

    private Task<CertificateView> FindAsync(Call call) => FindAsync(call, call.Get(serial));

    private async Task<CertificateView> FindAsync(Call call, string number)
    {
        var filter = new CertificateFilter { CaName = call.Get(ca), Serial = number, Limit = 2 };
        IReadOnlyList<CertificateView> found = await call.Ca.Certificates.ListAsync(filter, call.Cancel);
        return found.Count switch
        {
            0 => throw new CliException($"There is no certificate {number}.", Known),
            1 => found[0],
            _ => throw CliException.Usage($"Several CAs issued the serial number {number}.", "Name the CA with --ca."),
        };
    }
}
