using System.CommandLine;
using Ca.Core.Authorities;
using Pki.Migration.Authorities;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki import ca</c>: a CA with its key, as <c>ca exportca</c> of the legacy product writes it.</summary>
internal sealed class ImportCa(Frame frame)
{
    private const string KeyAlias = "signKey";

    private readonly Argument<string> name = new("name") { Description = "Name of the CA here." };
    private readonly Option<string> file = new("--p12") { Description = "PKCS#12 file with the CA's keys and its chain.", HelpName = "FILE", Required = true };
    private readonly Option<string> passwordFile = new("--password-file") { Description = "File with its password.", HelpName = "FILE", Required = true };
    private readonly Option<string?> signAlias = new("--sign-alias") { Description = $"The signing key; normally {CaKeyFile.SigningAlias}, or the only key with a CA certificate.", HelpName = "ALIAS" };
    private readonly Option<string?> token = new("--token") { Description = "Crypto token for its keys; made if it does not exist. Normally the CA's name.", HelpName = "NAME" };
    private readonly Option<string?> pinFile = new("--pin-file") { Description = "File with the token's PIN; made with a random PIN if it does not exist. Normally Ca:TokenPinFiles tells it.", HelpName = "FILE" };
    private readonly Option<string?> algorithm = new("--signature-algorithm") { Description = "Such as SHA256WithRSA; normally what suits the key.", HelpName = "NAME" };
    private readonly Option<string?> settings = new("--settings") { Description = "Export (dump or NDJSON folder) whose CAData row tells the CA's settings.", HelpName = "SOURCE" };

    public Command Create() => frame.Command(
        "ca",
        "Takes over a CA with its key. It stays off-line and signs nothing until pki ca activate.",
        [name, file, passwordFile, signAlias, token, pinFile, algorithm, settings],
        RunAsync);

    private async Task RunAsync(Call call)
    {
        string caName = call.Get(name);
        using Secret password = Secret.FromText(File.ReadLines(call.Terminal.FullPath(call.Require(passwordFile))).FirstOrDefault() ?? "");
        CaKeyFile keys = CaKeyFile.Open(await File.ReadAllBytesAsync(call.Terminal.FullPath(call.Require(file)), call.Cancel), password, call.Get(signAlias))
            .OrFail("Check the file, its password and --sign-alias.");
        if (await call.Ca.Authorities.FindAsync(caName, call.Cancel) is not null)
        {
            throw new CliException($"There is a CA '{caName}' already.", "pki ca list shows the CAs.");
        }

        LegacyAuthority legacy = call.Get(settings) is { } source ? await ImportSources.FindAuthorityAsync(call, source, keys.Chain[0].Subject) : new(new AuthoritySettings(), "", []);
        string tokenName = call.Get(token) ?? caName;
        await TokenPins.EnsureTokenAsync(call, tokenName, call.Get(pinFile));
        await ImportKeyAsync(call, tokenName, KeyAlias, keys.SigningKey);
        var order = new AdoptedAuthority
        {
            Name = caName,
            Chain = keys.Chain,
            Token = tokenName,
            KeyAlias = KeyAlias,
            SignatureAlgorithm = call.Get(algorithm),
            Settings = legacy.Settings,
            Description = legacy.Description,
        };
        CertificateAuthority made = (await call.Ca.Authorities.AdoptAsync(call.Ca.Operator, order, call.Cancel)).OrFail("Correct what it names.");
        foreach (string note in legacy.Notes)
        {
            call.Printer.Warn(note);
        }

        call.Printer.Show(CaView.Of(made, call.Terminal.Clock.GetUtcNow()), CaView.Fields);
    }

    // A run that was killed between key and CA finds the key there.
    private static async Task ImportKeyAsync(Call call, string tokenName, string alias, KeyPair key)
    {
        if ((await call.Ca.Tokens.ImportKeyAsync(call.Ca.Operator, tokenName, alias, key, call.Cancel)).Succeeded(out _, out Refusal? refusal))
        {
            return;
        }

        bool isThere = (await call.Ca.Tokens.ListKeysAsync(tokenName, call.Cancel)).OrFail("").Any(known => known.Alias == alias && known.PublicKey.SameKeyAs(key.Public));
        if (!isThere)
        {
            throw CliException.From(refusal, "Use another token for this CA (--token).");
        }
    }
}
