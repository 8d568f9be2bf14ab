using System.CommandLine;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki ca</c>.</summary>
internal sealed class CaGroup(Frame frame)
{
    private const string Known = "pki ca list shows the CAs.";

    private readonly Argument<string> name = new("name") { Description = "Name of the CA." };
    private readonly Option<string> subject = new("--subject") { Description = "Subject DN, most specific attribute first: CN=ScepCA,O=Example,C=SE.", HelpName = "DN", Required = true };
    private readonly Option<string?> signedBy = new("--signed-by") { Description = "The CA above it; without this it is a root.", HelpName = "CA" };
    private readonly Option<string> key = new("--key") { Description = "RSA2048 … RSA8192, P-256, P-384 or P-521.", HelpName = "SPEC", DefaultValueFactory = _ => "P-256" };
    private readonly Option<string?> token = new("--token") { Description = "Crypto token for its key; made if it does not exist. Normally the CA's name.", HelpName = "NAME" };
    private readonly Option<string?> pinFile = new("--pin-file") { Description = "File with the token's PIN; made with a random PIN if it does not exist. Normally Ca:TokenPinFiles tells it.", HelpName = "FILE" };
    private readonly Option<string?> validity = new("--validity") { Description = "10y, 730d or a date; normally the profile's.", HelpName = "TIME" };
    private readonly Option<string?> algorithm = new("--signature-algorithm") { Description = "Such as SHA256WithRSA; normally what suits the key.", HelpName = "NAME" };
    private readonly Option<string?> profile = new("--certificate-profile") { Description = "Normally ROOTCA or SUBCA.", HelpName = "NAME" };
    private readonly Option<TimeSpan> crlPeriod = Durations.Option("--crl-period", "From one CRL to the next update it promises.", TimeSpan.FromDays(1));
    private readonly Option<string[]> distributionPoints = new("--crl-uri") { Description = "Where the CRL will be; may be repeated.", HelpName = "URI" };
    private readonly Option<string?> ocsp = new("--ocsp-uri") { Description = "The OCSP responder.", HelpName = "URI" };
    private readonly Option<string?> description = new("--description") { Description = "Text for people." };
    private readonly Option<bool> chain = new("--chain") { Description = "The whole chain up to the root." };
    private readonly Option<int> addEdit = new("--add-edit") { Description = "People who must agree to end entities and their certificates, 0 to 5.", HelpName = "N" };
    private readonly Option<int> revocation = new("--revocation") { Description = "People who must agree to revocations, 0 to 5.", HelpName = "N" };
    private readonly Option<int> keyRecovery = new("--key-recovery") { Description = "People who must agree to key recoveries, 0 to 5.", HelpName = "N" };
    private readonly Option<long?> firstCrlNumber = new("--first-crl-number") { Description = "Least number of its next CRL; needed where pki import ejbca found no CRL of it.", HelpName = "N" };
    private readonly Option<bool> der = new("--der") { Description = "DER instead of PEM." };

    public Command Create() => Frame.Group(
        "ca",
        "Certification authorities: create, show, import, export their certificates.",
        frame.Command(
            "create",
            "Creates a CA: crypto token, key, certificate and first CRL.",
            [name, subject, signedBy, key, token, pinFile, validity, algorithm, profile, crlPeriod, distributionPoints, ocsp, description],
            CreateAsync),
        new ForeignImports(frame).Authority(),
        frame.Command("list", "Lists the CAs.", [], ListAsync),
        frame.Command("show", "Shows a CA with its fingerprints.", [name], ShowAsync),
        frame.Command("activate", "Lets a CA sign that was taken over (pki import ca) or deactivated: the switch from the old system.", [name, firstCrlNumber], ActivateAsync),
        frame.Command("deactivate", "Takes a CA off-line: it signs nothing, requests wait.", [name], DeactivateAsync),
        frame.Command("set-approvals", "Sets how many people must agree to what; what is not named is done without asking.", [name, addEdit, revocation, keyRecovery], SetApprovalsAsync),
        frame.Command("export-cert", "Writes a CA's certificate.", [name, chain, der, Shared.Out], ExportAsync));

    /// <summary>A CA that must be there.</summary>
    public static async Task<CertificateAuthority> RequireAsync(Call call, string name) =>
        await call.Ca.Authorities.FindAsync(name, call.Cancel) ?? throw new CliException($"There is no CA '{name}'.", Known);

    private async Task CreateAsync(Call call)
    {
        string caName = call.Get(name);
        string tokenName = call.Get(token) ?? caName;
        await TokenPins.EnsureTokenAsync(call, tokenName, call.Get(pinFile));
        var order = new NewAuthority
        {
            Name = caName,
            SubjectDn = call.Require(subject),
            SignedBy = call.Get(signedBy),
            Token = tokenName,
            KeySpec = call.Require(key),
            Validity = call.Get(validity),
            SignatureAlgorithm = call.Get(algorithm),
            CertificateProfile = call.Get(profile),
            Description = call.Get(description) ?? "",
            Settings = new AuthoritySettings
            {
                CrlPeriod = call.Get(crlPeriod),
                CrlDistributionPoints = call.Get(distributionPoints) ?? [],
                OcspLocator = call.Get(ocsp),
            },
        };
        CertificateAuthority made = (await call.Printer.WaitAsync($"Creating {caName} …", () => call.Ca.Authorities.CreateAsync(call.Ca.Operator, order, call.Cancel)))
            .OrFail("Correct what it names; pki ca create --help tells the choices.");
        call.Printer.Show(CaView.Of(made, call.Terminal.Clock.GetUtcNow()), CaView.Fields);
    }

    private async Task ListAsync(Call call)
    {
        DateTimeOffset now = call.Terminal.Clock.GetUtcNow();
        IReadOnlyList<CertificateAuthority> all = await call.Ca.Authorities.ListAsync(call.Cancel);
        call.Printer.List([.. all.Select(ca => CaView.Of(ca, now))], CaView.Columns, "No CAs. pki ca create makes one.");
    }

    private async Task ShowAsync(Call call)
    {
        CertificateAuthority ca = await RequireAsync(call, call.Get(name));
        call.Printer.Show(CaView.Of(ca, call.Terminal.Clock.GetUtcNow()), CaView.Fields);
    }

    private async Task ActivateAsync(Call call)
    {
        if (call.Get(firstCrlNumber) is < 1)
        {
            throw CliException.Usage("--first-crl-number is 1 or more.", "Correct it.");
        }

        CertificateAuthority ca = (await call.Ca.Authorities.ActivateAsync(call.Ca.Operator, call.Get(name), call.Get(firstCrlNumber), call.Cancel))
            .OrFail("pki import ejbca takes over CRL numbers; --first-crl-number names one where there is no old CRL. " + Known);
        call.Printer.Show(CaView.Of(ca, call.Terminal.Clock.GetUtcNow()), CaView.Fields);
    }

    private async Task DeactivateAsync(Call call)
    {
        CertificateAuthority ca = (await call.Ca.Authorities.SetOfflineAsync(call.Ca.Operator, call.Get(name), offline: true, call.Cancel)).OrFail(Known);
        call.Printer.Show(CaView.Of(ca, call.Terminal.Clock.GetUtcNow()), CaView.Fields);
    }

    private async Task SetApprovalsAsync(Call call)
    {
        CertificateAuthority ca = await RequireAsync(call, call.Get(name));
        var rules = new ApprovalRules { AddEditEndEntity = call.Get(addEdit), Revocation = call.Get(revocation), KeyRecovery = call.Get(keyRecovery) };
        (await call.Ca.Authorities.SetSettingsAsync(call.Ca.Operator, ca.Name, ca.Settings with { Approvals = rules }, call.Cancel)).OrFail("Give numbers from 0 to 5.");
        call.Printer.Done(rules, $"{ca.Name}: end entities {rules.AddEditEndEntity}, revocations {rules.Revocation}, key recoveries {rules.KeyRecovery}.");
    }

    private async Task ExportAsync(Call call)
    {
        CertificateAuthority ca = await RequireAsync(call, call.Get(name));
        IReadOnlyList<Certificate> certificates = call.Get(chain) ? ca.Chain : [ca.Certificate];
        if (call.Get(der) && certificates.Count > 1)
        {
            throw CliException.Usage("A chain has no DER form of its own.", "Leave --der or --chain away.");
        }

        byte[] content = call.Get(der) ? certificates[0].Encoded.ToArray() : System.Text.Encoding.ASCII.GetBytes(string.Concat(certificates.Select(c => c.ToPem())));
        await Shared.WriteAsync(call, content, isText: !call.Get(der));
    }
}
