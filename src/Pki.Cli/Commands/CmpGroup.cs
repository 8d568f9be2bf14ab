using System.CommandLine;
using Ca.Core.Cmp;
using Pki.Cli.Output;
using Pki.Protocols.Trust;

namespace Pki.Cli.Commands;

/// <summary><c>pki cmp</c>: what CMP clients may do, alias by alias, and the secrets they share with the CA.</summary>
internal sealed class CmpGroup(Frame frame)
{
    private const string Known = "pki cmp alias list shows the aliases.";
    private const string Advice = "Correct that member of the JSON; pki cmp alias show prints an alias with all its members.";

    private static readonly IReadOnlyList<Column<AliasView>> AliasColumns =
    [
        Columns.Whole<AliasView>("Alias", a => a.Name),
        Columns.Text<AliasView>("Mode", a => a.Mode.ToString()),
        Columns.Text<AliasView>("CA", a => a.CaName),
        Columns.Text<AliasView>("Authentication", a => a.Authentication),
        Columns.Text<AliasView>("Conformance", a => a.Conformance.ToString()),
    ];

    private static readonly IReadOnlyList<Column<CmpSecretView>> SecretColumns =
    [
        Columns.Whole<CmpSecretView>("Key id", s => s.KeyId.Length == 0 ? "(alias)" : s.KeyId),
        Columns.Text<CmpSecretView>("Number", s => Texts.Number(s.Number)),
        Columns.Time<CmpSecretView>("Set", s => s.At),
    ];

    private readonly Argument<string> alias = new("alias") { Description = "Name of the alias, as it stands in the URL." };
    private readonly Option<string> from = new("--from") { Description = "File with the alias as JSON, - for standard input. pki cmp alias show writes one to start from.", HelpName = "FILE", Required = true };
    private readonly Option<string> keyId = new("--key-id") { Description = "senderKID the secret belongs to; without it, to every one that has none of its own.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private readonly Option<string> secretFile = new("--secret-file") { Description = "File whose first line is the secret, - for standard input.", HelpName = "FILE", Required = true };
    private readonly Option<bool> keepOthers = new("--keep-others") { Description = "The earlier secrets stay in force as well, while devices are changed over." };

    public Command Create() => Frame.Group(
        "cmp",
        "CMP: aliases, which are what clients find under a URL, and their secrets.",
        Frame.Group(
            "alias",
            "What CMP clients may do under a URL.",
            frame.Command("list", "Lists the aliases.", [], ListAsync),
            frame.Command("show", "Prints an alias as JSON, without its secrets.", [alias, Shared.Out], ShowAsync),
            frame.Command("create", "Creates an alias from JSON; caName is all it needs.", [alias, from], call => StoreAsync(call, mustExist: false)),
            frame.Command("set", "Replaces an alias by JSON; counts from the next message on.", [alias, from], call => StoreAsync(call, mustExist: true)),
            frame.Command("remove", "Removes an alias and its secrets; counts from the next message on.", [alias], RemoveAsync)),
        Frame.Group(
            "secret",
            "Shared secrets. They are written and used, never shown.",
            frame.Command("list", "Lists which secrets there are.", [alias], ListSecretsAsync),
            frame.Command("set", "Sets a secret.", [alias, keyId, secretFile, keepOthers], SetSecretAsync),
            frame.Command("remove", "Removes the secrets of a senderKID, or those of the alias. In RA mode the alias' secret then counts for that senderKID.", [alias, keyId], RemoveSecretAsync)),
        new CmpTrustGroups(frame).CaSecrets(),
        new CmpTrustGroups(frame).Ras());

    private static CmpAliases Aliases(Call call) => call.Ca.Get<CmpAliases>();

    private static async Task ListAsync(Call call) =>
        call.Printer.List([.. (await Aliases(call).ListAsync(call.Cancel)).Select(AliasView.Of)], AliasColumns, "No CMP aliases.");

    private async Task ShowAsync(Call call)
    {
        CmpAlias found = await Aliases(call).FindAsync(call.Get(alias), call.Cancel) ?? throw Missing(call);
        await Shared.WriteAsync(call, System.Text.Encoding.UTF8.GetBytes(CmpAliases.ToJson(found) + "\n"), isText: true);
    }

    private async Task StoreAsync(Call call, bool mustExist)
    {
        string name = call.Get(alias);
        string json = await Shared.ReadTextAsync(call, call.Require(from));
        if ((await Aliases(call).FindAsync(name, call.Cancel) is not null) != mustExist)
        {
            throw mustExist ? Missing(call) : new CliException($"There is a CMP alias '{name}' already.", "pki cmp alias set replaces it.");
        }

        CmpAlias stored = (await Aliases(call).SetAsync(call.Ca.Operator, name, json, call.Cancel)).OrFail(Advice);
        call.Printer.Done(AliasView.Of(stored), $"Stored: CMP alias {name}");
        foreach (string note in await Aliases(call).NotesAsync(stored, call.Cancel))
        {
            call.Terminal.Error.WriteLine("note: " + note);
        }
    }

    private async Task RemoveAsync(Call call)
    {
        CmpAlias removed = (await Aliases(call).RemoveAsync(call.Ca.Operator, call.Get(alias), call.Cancel)).OrFail(Known);
        call.Printer.Done(AliasView.Of(removed), $"Removed: CMP alias {removed.Name} and its secrets");
    }

    private async Task ListSecretsAsync(Call call) =>
        call.Printer.List(await call.Ca.Get<CmpSecrets>().ListAsync(call.Get(alias), call.Cancel), SecretColumns, "No secrets.");

    private async Task SetSecretAsync(Call call)
    {
        using Secret secret = await Shared.ReadSecretAsync(call, call.Require(secretFile));
        CmpSecretView stored = (await call.Ca.Get<CmpSecrets>().SetAsync(call.Ca.Operator, call.Get(alias), call.Require(keyId), secret, call.Get(keepOthers), call.Cancel)).OrFail(Known);
        call.Printer.Done(stored, $"Stored: secret {stored.Number} of CMP alias {stored.Alias}");
    }

    private async Task RemoveSecretAsync(Call call)
    {
        IReadOnlyList<CmpSecretView> removed = (await call.Ca.Get<CmpSecrets>().RemoveAsync(call.Ca.Operator, call.Get(alias), call.Require(keyId), call.Cancel)).OrFail("pki cmp secret list shows them.");
        call.Printer.Done(removed, $"Removed: {removed.Count} of CMP alias {call.Get(alias)}");
    }

    private CliException Missing(Call call) => new($"There is no CMP alias '{call.Get(alias)}'.", Known);

    /// <summary>An alias as it is listed.</summary>
    private sealed record AliasView(string Name, CmpMode Mode, string CaName, string Authentication, CmpConformance Conformance)
    {
        public static AliasView Of(CmpAlias a) => new(a.Name, a.Mode, a.CaName, string.Join(", ", a.Authentication.Select(m => m.Parameter is null ? $"{m.Module}" : $"{m.Module} ({m.Parameter})")), a.Conformance);
    }
}
