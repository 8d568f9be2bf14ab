using System.CommandLine;
using Ca.Core.Cmp;
using Pki.Cli.Output;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki cmp ca-secret</c> and <c>pki cmp ra</c>: whom CMP aliases trust beyond the secrets of their own.</summary>
internal sealed class CmpTrustGroups(Frame frame)
{
    private static readonly IReadOnlyList<Column<CmpCaSecretView>> SecretColumns =
    [
        Columns.Text<CmpCaSecretView>("CA", s => s.CaName),
        Columns.Text<CmpCaSecretView>("Number", s => Texts.Number(s.Number)),
        Columns.Time<CmpCaSecretView>("Set", s => s.At),
    ];

    private static readonly IReadOnlyList<Column<TrustedRa>> RaColumns =
    [
        Columns.Text<TrustedRa>("Subject", r => r.SubjectDn),
        Columns.Time<TrustedRa>("Valid until", r => r.NotAfter),
        Columns.Whole<TrustedRa>("SHA-256", r => r.Sha256),
    ];

    private readonly Argument<string> ca = new("ca") { Description = "Name of the CA." };
    private readonly Option<string> secretFile = new("--secret-file") { Description = "File whose first line is the secret, - for standard input.", HelpName = "FILE", Required = true };
    private readonly Option<bool> keepOthers = new("--keep-others") { Description = "The earlier secrets stay in force as well, while RAs are changed over." };
    private readonly Argument<string> alias = new("alias") { Description = "Name of the alias, as it stands in the URL." };
    private readonly Option<string> certificate = new("--certificate") { Description = "File with the RA's certificate in PEM, - for standard input.", HelpName = "FILE", Required = true };
    private readonly Argument<string> fingerprint = new("sha256") { Description = "SHA-256 of the certificate, as pki cmp ra list shows it." };

    public Command CaSecrets() => Frame.Group(
        "ca-secret",
        "The CMP RA secrets of CAs: they count where neither the sender nor the alias has one, and the alias says Hmac with -.",
        frame.Command("list", "Lists which secrets a CA has.", [ca], ListSecretsAsync),
        frame.Command("set", "Sets a secret.", [ca, secretFile, keepOthers], SetSecretAsync),
        frame.Command("remove", "Removes all secrets of a CA.", [ca], RemoveSecretsAsync));

    public Command Ras() => Frame.Group(
        "ra",
        "RAs whose signature around messages of others an alias trusts; it gives them no other right.",
        frame.Command("list", "Lists the RAs of an alias.", [alias], ListRasAsync),
        frame.Command("add", "Trusts an RA.", [alias, certificate], AddRaAsync),
        frame.Command("remove", "Trusts an RA no longer.", [alias, fingerprint], RemoveRaAsync));

    private static CmpTrustedRas Trusted(Call call) => call.Ca.Get<CmpTrustedRas>();

    private async Task ListSecretsAsync(Call call) =>
        call.Printer.List(await call.Ca.Get<CmpCaSecrets>().ListAsync(call.Get(ca), call.Cancel), SecretColumns, "No secrets.");

    private async Task SetSecretAsync(Call call)
    {
        using Secret secret = await Shared.ReadSecretAsync(call, call.Require(secretFile));
        CmpCaSecretView stored = (await call.Ca.Get<CmpCaSecrets>().SetAsync(call.Ca.Operator, call.Get(ca), secret, call.Get(keepOthers), call.Cancel)).OrFail("pki ca list shows the CAs.");
        call.Printer.Done(stored, $"Stored: CMP RA secret {stored.Number} of CA {stored.CaName}");
    }

    private async Task RemoveSecretsAsync(Call call)
    {
        IReadOnlyList<CmpCaSecretView> removed = (await call.Ca.Get<CmpCaSecrets>().RemoveAsync(call.Ca.Operator, call.Get(ca), call.Cancel)).OrFail("pki cmp ca-secret list shows what there is.");
        call.Printer.Done(removed, $"Removed: {removed.Count} CMP RA secrets of CA {call.Get(ca)}");
    }

    private async Task ListRasAsync(Call call) =>
        call.Printer.List([.. (await Trusted(call).ListAsync(call.Get(alias), call.Cancel)).Select(TrustedRa.Of)], RaColumns, "No RAs.");

    private async Task AddRaAsync(Call call)
    {
        string file = call.Require(certificate);
        Certificate read = Certificate.FromPem(await Shared.ReadTextAsync(call, file)).OrFail($"'{file}' must hold a certificate in PEM.");
        Certificate added = (await Trusted(call).AddAsync(call.Ca.Operator, call.Get(alias), read, call.Cancel)).OrFail("pki cmp alias list shows the aliases, pki cmp ra list whom they trust.");
        call.Printer.Done(TrustedRa.Of(added), $"CMP alias {call.Get(alias)} trusts {added.Subject}");
    }

    private async Task RemoveRaAsync(Call call)
    {
        Certificate removed = (await Trusted(call).RemoveAsync(call.Ca.Operator, call.Get(alias), call.Get(fingerprint).Replace(":", "", StringComparison.Ordinal), call.Cancel)).OrFail("pki cmp ra list shows the RAs.");
        call.Printer.Done(TrustedRa.Of(removed), $"CMP alias {call.Get(alias)} no longer trusts {removed.Subject}");
    }

    /// <summary>An RA as it is listed.</summary>
    private sealed record TrustedRa(string SubjectDn, DateTimeOffset NotAfter, string Sha256)
    {
        public static TrustedRa Of(Certificate certificate) => new(certificate.Subject.ToString(), certificate.NotAfter, CmpTrustedRas.FingerprintOf(certificate));
    }
}
