using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using Pki.Cli.Configuration;
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
    private readonly Option<string> subject = new("--subject") { Description = "Subject DN of the device.", HelpName = "DN", Required = true };
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
        frame.Command("enroll", "Enrols a new key: writes PREFIX.key and PREFIX.pem; polls while a person decides.", [url, subject, challengeFile, key, store, patience, interval], EnrolAsync));

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
        string prefix = call.Terminal.FullPath(call.Require(store));
        DistinguishedName name = DistinguishedName.Parse(call.Require(subject)).OrFail("Write it as CN=router1,O=Example.");
        using Secret? challenge = call.Get(challengeFile) is { } file ? Secret.FromText(File.ReadLines(call.Terminal.FullPath(file)).FirstOrDefault() ?? "") : null;
        using var client = new ScepClient(call.Get(url), call.Terminal.Clock);
        IReadOnlyList<Certificate> served = await client.CaCertificatesAsync(call.Cancel);
        using KeyPair pair = KeyPair.Generate(call.Require(key));
        SentRequest request = client.Request(pair, name, challenge, served[0]);
        // Before anything is sent: whatever happens, the key of a certificate is never lost.
        PrivateFile.Write(prefix + ".key", PemEncoding.WriteString("PRIVATE KEY", pair.ExportPkcs8()) + "\n");
        CertRep answer = await call.Printer.WaitAsync("Waiting for the certificate …", () => AnswerAsync(call, client, request, name, served));
        if (answer is not { Status: PkiStatus.Success, Contents.Certificates: [var certificate, ..] })
        {
            throw answer.Status == PkiStatus.Pending
                ? new CliException("The request is still pending.", "A person must decide; run this again later with the same key kept, or wait longer with --wait.")
                : new CliException($"The server refused: {answer.FailInfo} {answer.FailInfoText}", "Its log says why.");
        }

        PrivateFile.WritePublic(prefix + ".pem", certificate.ToPem() + "\n");
        call.Printer.Show(CertificateLine.Of(certificate), Certificates);
        return ExitCode.Success;
    }

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
