using System.CommandLine;
using System.CommandLine.Parsing;
using Pki.Cli.Output;
using Pki.Cli.Scep;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki scep</c>: a SCEP client for checks. It needs no configuration, only a URL.</summary>
internal sealed class ScepGroup(Frame frame)
{
    private static readonly IReadOnlyList<Column<CertificateLine>> Certificates =
    [
        Columns.Text<CertificateLine>("Subject", c => c.SubjectDn),
        Columns.Text<CertificateLine>("Serial", c => c.Serial),
        Columns.Time<CertificateLine>("Valid until", c => c.NotAfter),
        Columns.Text<CertificateLine>("SHA-256", c => c.Fingerprints.Sha256),
        Columns.Text<CertificateLine>("SHA-1", c => c.Fingerprints.Sha1),
        Columns.Text<CertificateLine>("MD5", c => c.Fingerprints.Md5),
    ];

    private readonly Argument<Uri> url = new("url") { Description = "The SCEP server.", CustomParser = ServerUrl };
    private readonly Option<string?> subject = new("--subject") { Description = "Subject DN of the device; of the old certificate with --renew.", HelpName = "DN" };
    private readonly Option<string?> altName = new("--san") { Description = "Subject alternative names: dNSName=router1.example,iPAddress=192.0.2.1", HelpName = "NAMES" };
    private readonly Option<string?> renew = new("--renew") { Description = "Prefix of the key and certificate to renew; they sign instead of a challenge.", HelpName = "PREFIX" };
    private readonly Option<string?> challengeFile = new("--challenge-file") { Description = "File whose first line is the challenge password.", HelpName = "FILE" };
    private readonly Option<string> key = new("--key") { Description = "RSA2048 to RSA8192.", HelpName = "SPEC", DefaultValueFactory = _ => "RSA2048" };
    private readonly Option<string> store = new("--out", "-o") { Description = "Prefix of the files: PREFIX.key and PREFIX.pem.", HelpName = "PREFIX", Required = true };
    private readonly Option<TimeSpan> patience = Durations.Option("--wait", "How long to poll while the request is pending.", TimeSpan.FromMinutes(2));
    private readonly Option<TimeSpan> interval = Durations.Option("--interval", "From poll to poll.", TimeSpan.FromSeconds(5));

    public Command Create() => Frame.Group(
        "scep",
        "A SCEP client for checks.",
        frame.Command("caps", "Shows what the server says it can do.", [url], CapabilitiesAsync),
        frame.Command("ca", "Shows the server's RA and CA certificates with their fingerprints.", [url], CertificatesAsync),
        frame.Command("enroll", "Enrols a key: writes PREFIX.key and PREFIX.pem; polls while a person decides, and goes on with the same PREFIX.key later.", [url, subject, altName, challengeFile, renew, key, store, patience, interval], EnrolAsync));

    private async Task CapabilitiesAsync(Call call)
    {
        using var client = new ScepClient(call.Get(url), call.Terminal.Clock);
        string[] keywords = (await client.CapabilitiesAsync(call.Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        call.Printer.List(keywords, [Columns.Text<string>("Capability", keyword => keyword)], "The server lists no capabilities.");
    }

    private async Task CertificatesAsync(Call call)
    {
        using var client = new ScepClient(call.Get(url), call.Terminal.Clock);
        IReadOnlyList<Certificate> served = await client.CaCertificatesAsync(call.Cancel);
        call.Printer.List([.. served.Select(CertificateLine.Of)], Certificates, "The server has no certificates.");
    }

    private async Task<ExitCode> EnrolAsync(Call call)
    {
        DeviceFiles device = DeviceFiles.ForNew(call.Terminal.FullPath(call.Require(store)));
        using Renewed? old = call.Get(renew) is { } former ? DeviceFiles.At(call.Terminal.FullPath(former)).Load() : null;
        DistinguishedName name = Subject(call, old);
        using Secret? challenge = call.Get(challengeFile) is { } file ? Secret.FromText(File.ReadLines(call.Terminal.FullPath(file)).FirstOrDefault() ?? "") : null;
        GeneralNames? names = call.Get(altName) is { } text ? GeneralNames.Parse(text).OrFail("Write them as dNSName=router1.example,iPAddress=192.0.2.1.") : null;
        using var client = new ScepClient(call.Get(url), call.Terminal.Clock);
        IReadOnlyList<Certificate> served = await client.CaCertificatesAsync(call.Cancel);
        // On disk before anything is sent: whatever happens, the key of a certificate is never lost.
        using KeyPair pair = device.KeptOrNewKey(call.Require(key));
        SentRequest request = client.Request(ScepClient.Requested(pair, name, names, challenge), pair, old?.Sender, served[0]);
        CertRep answer = await call.Printer.WaitAsync("Waiting for the certificate …", () => AnswerAsync(call, client, request, name, served));
        if (answer is not { Status: PkiStatus.Success, Contents.Certificates: [var certificate, ..] })
        {
            throw answer.Status == PkiStatus.Pending
                ? new CliException("The request is still pending.", $"A person must decide. The same command goes on with the key in {device.Key}; --wait waits longer.")
                : new CliException($"The server refused: {answer.FailInfo} {answer.FailInfoText}", "Its log says why.");
        }

        device.Keep(certificate);
        call.Printer.Show(CertificateLine.Of(certificate), Certificates);
        return ExitCode.Success;
    }

    private DistinguishedName Subject(Call call, Renewed? old) => call.Get(subject) is { } text
        ? DistinguishedName.Parse(text).OrFail("Write it as CN=router1,O=Example.")
        : old?.Sender.Certificate.Subject ?? throw new CliException("There is no subject.", "Name it with --subject, or the certificate to renew with --renew.");

    private async Task<CertRep> AnswerAsync(Call call, ScepClient client, SentRequest request, DistinguishedName name, IReadOnlyList<Certificate> served)
    {
        TimeProvider clock = call.Terminal.Clock;
        long began = clock.GetTimestamp();
        CertRep answer = await client.SendAsync(request, served, call.Cancel);
        while (answer.Status == PkiStatus.Pending && clock.GetElapsedTime(began) < call.Require(patience))
        {
            await Task.Delay(call.Require(interval), clock, call.Cancel);
            answer = await client.SendAsync(ScepClient.Poll(request, served[^1].Subject, name, served[0]), served, call.Cancel);
        }

        return answer;
    }

    private static Uri? ServerUrl(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
        {
            return url;
        }

        result.AddError($"'{text}' is no URL of a SCEP server; write http://host:port/scepraserver/scep/pkiclient.exe.");
        return null;
    }

    private sealed record CertificateLine(string SubjectDn, string Serial, DateTimeOffset NotAfter, Fingerprints Fingerprints)
    {
        public static CertificateLine Of(Certificate certificate) =>
            new(certificate.Subject.ToString(), certificate.Serial.ToString(), certificate.NotAfter, Fingerprints.Of(certificate));
    }
}
