using System.CommandLine;
using Ca.Core.Issuance;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki keystore</c>: PKCS#12 files for workers, RA links and SCEP RAs.</summary>
internal sealed class KeyStoreGroup(Frame frame)
{
    private static readonly IReadOnlyList<Column<KeyStoreView>> Fields =
    [
        Columns.Text<KeyStoreView>("Keystore", k => k.Path),
        Columns.Text<KeyStoreView>("Password file", k => k.PasswordFile),
        Columns.Text<KeyStoreView>("Certificate file", k => k.CertificateFile),
        Columns.Text<KeyStoreView>("Subject", k => k.SubjectDn),
        Columns.Text<KeyStoreView>("Issuer", k => k.IssuerDn),
        Columns.Text<KeyStoreView>("Serial", k => k.Serial),
        Columns.Text<KeyStoreView>("Key", k => k.Key),
        Columns.Time<KeyStoreView>("Valid until", k => k.NotAfter),
        Columns.Text<KeyStoreView>("SHA-256", k => k.Fingerprints.Sha256),
        Columns.Text<KeyStoreView>("SHA-1", k => k.Fingerprints.Sha1),
        Columns.Text<KeyStoreView>("MD5", k => k.Fingerprints.Md5),
    ];

    private readonly Argument<string> username = new("username") { Description = "End entity the certificate is for: worker, ra-link-dmz1, scep-ra …" };
    private readonly Option<string> ca = new("--ca") { Description = "The issuing CA: the RA issuer for workers and RA links, the served CA for a SCEP RA.", HelpName = "NAME", Required = true };
    private readonly Option<string?> subject = new("--subject") { Description = "Subject DN; normally CN=<username>.", HelpName = "DN" };
    private readonly Option<string?> san = new("--san") { Description = "Alternative names: dNSName=a.example.", HelpName = "NAMES" };
    private readonly Option<string> key = new("--key") { Description = "P-256 for links; a SCEP RA needs RSA2048 or more.", HelpName = "SPEC", DefaultValueFactory = _ => "P-256" };
    private readonly Option<string> certificateProfile = new("--certificate-profile") { Description = "Must give digitalSignature and keyAgreement (EC) or keyEncipherment (RSA).", HelpName = "NAME", Required = true };
    private readonly Option<string> endEntityProfile = new("--end-entity-profile") { Description = "Normally EMPTY.", HelpName = "NAME", DefaultValueFactory = _ => "EMPTY" };
    private readonly Option<string> store = new("--out", "-o") { Description = "The PKCS#12 file.", HelpName = "FILE", Required = true };
    private readonly Option<string?> passwordFile = new("--password-file") { Description = "File with its password; made with a random one if it does not exist. Normally FILE.password.", HelpName = "FILE" };
    private readonly Option<string?> certificateFile = new("--certificate-out") { Description = "Also write the certificate alone, as PEM.", HelpName = "FILE" };

    public Command Create() => Frame.Group(
        "keystore",
        "PKCS#12 keystores for workers, RA links and SCEP RAs.",
        frame.Command(
            "issue",
            "Makes a key pair and its certificate, and writes both with the chain into a PKCS#12 file that only its owner reads.",
            [username, ca, subject, san, key, certificateProfile, endEntityProfile, store, passwordFile, certificateFile],
            IssueAsync));

    private async Task IssueAsync(Call call)
    {
        string path = call.Terminal.FullPath(call.Require(store));
        var files = new KeyStoreFiles(
            path,
            call.Terminal.FullPath(call.Get(passwordFile) ?? Path.ChangeExtension(path, ".password")),
            call.Get(certificateFile) is { } file ? call.Terminal.FullPath(file) : null);
        string name = call.Get(username);
        var request = new KeyStoreRequest
        {
            Actor = call.Ca.Operator,
            Username = name,
            SubjectDn = call.Get(subject) ?? $"CN={name}",
            SubjectAltName = call.Get(san),
            CaName = call.Require(ca),
            CertificateProfile = call.Require(certificateProfile),
            EndEntityProfile = call.Require(endEntityProfile),
            KeySpec = call.Require(key),
        };
        using KeyStore made = await call.Printer.WaitAsync($"Making the keystore of {name} …", () => files.IssueAsync(call.Ca, request, call.Cancel));
        call.Printer.Show(KeyStoreView.Of(files, made), Fields);
    }

    private sealed record KeyStoreView(
        string Path, string PasswordFile, string? CertificateFile, string SubjectDn, string IssuerDn, string Serial, string Key, DateTimeOffset NotAfter, Fingerprints Fingerprints)
    {
        public static KeyStoreView Of(KeyStoreFiles files, KeyStore made) => new(
            files.Store,
            files.Password,
            files.Certificate,
            made.Certificate.Subject.ToString(),
            made.Certificate.Issuer.ToString(),
            made.Certificate.Serial.ToString(),
            made.Certificate.PublicKey.Description,
            made.Certificate.NotAfter,
            Fingerprints.Of(made.Certificate));
    }
}
