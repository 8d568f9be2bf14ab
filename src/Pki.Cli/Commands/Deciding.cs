using System.CommandLine;
using Ca.Core.Authorities;
using Ca.Core.Roles;
using Pki.Cli.Configuration;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary>
/// Who decides: the administrator whose keystore is given, with the roles of its certificate; otherwise the account that
/// runs this, as the CA's operator.
/// </summary>
internal sealed class Deciding
{
    private readonly Option<string?> keyStore = new("--as") { Description = "Decide as the administrator of this PKCS#12 instead of as this account.", HelpName = "FILE" };
    private readonly Option<string?> passwordFile = new("--password-file") { Description = "File whose first line is its password.", HelpName = "FILE" };

    public IReadOnlyList<Option> Options => [keyStore, passwordFile];

    public async Task<Actor> ActorAsync(Call call)
    {
        if (call.Get(keyStore) is not { } store)
        {
            return call.Ca.Operator;
        }

        string password = call.Get(passwordFile) ?? throw CliException.Usage("--password-file is missing.", "Name the file with the keystore's password.");
        var files = new KeyStoreFiles(call.Terminal.FullPath(store), call.Terminal.FullPath(password), Certificate: null);
        using KeyStore opened = files.Load() ?? throw new CliException($"There is no file '{store}'.", "Name the administrator's PKCS#12.");
        Certificate held = opened.Certificate;
        CertificateAuthority issuer = (await call.Ca.Authorities.ListAsync(call.Cancel)).FirstOrDefault(a => a.Certificate.Subject.EncodedEquals(held.Issuer) && held.IsSignedBy(a.Certificate.PublicKey))
            ?? throw new CliException($"No CA here issued the certificate of '{held.Subject}'.", "Take a certificate of one of these CAs (pki ca list).", ExitCode.AuthorizationError);
        return (await call.Ca.Get<AdministratorRegister>().IdentifyAsync(held, issuer.Name, call.Cancel)).OrFail("pki role add-member makes the certificate a member of a role.");
    }
}
