using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.Cli.Scep;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Demo;

/// <summary>One router enrolled through the SCEP server by HTTP, told hop by hop with its times.</summary>
internal sealed class DemoProof(DemoFolder folder, DemoConfig config, DemoHops hops, Terminal terminal)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Enrols and tells.</summary>
    public async Task<Certificate> RunAsync(CancellationToken cancel)
    {
        using var client = new ScepClient(config.ScepUrl, terminal.Clock);
        IReadOnlyList<Certificate> served = await client.CaCertificatesAsync(cancel);
        long began = terminal.Clock.GetTimestamp();
        using KeyPair key = KeyPair.Generate("RSA2048");
        using Secret challenge = Secret.FromText(File.ReadAllText(folder.Challenge).TrimEnd('\n'));
        DistinguishedName subject = DistinguishedName.Parse($"CN=router-{terminal.Clock.GetUtcNow():yyyyMMddHHmmssfff},O=Demo").OrThrow();
        SentRequest request = client.Request(ScepClient.Requested(key, subject, names: null, challenge), key, old: null, served[0]);
        hops.Tell("router", $"made an RSA-2048 key and a signed, encrypted PKCSReq in {Texts.Milliseconds(terminal.Clock.GetElapsedTime(began))}");

        DateTimeOffset sent = terminal.Clock.GetUtcNow();
        Certificate issued = await EnrolAsync(client, request, subject, served, cancel);
        TimeSpan took = terminal.Clock.GetUtcNow() - sent;
        await hops.TellAsync(("SCEP RA", "verified, decrypted, sealed"), request.TransactionId.ToString(), issued, sent, cancel);
        hops.Tell("router", $"got the certificate {Texts.Milliseconds(took)} after sending the request: {issued.Subject}, serial {issued.Serial}");
        PrivateFile.Write(folder.Proof("router.key"), System.Security.Cryptography.PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8()) + "\n");
        PrivateFile.WritePublic(folder.Proof("router.pem"), issued.ToPem() + "\n");
        return issued;
    }

    private async Task<Certificate> EnrolAsync(ScepClient client, SentRequest request, DistinguishedName subject, IReadOnlyList<Certificate> served, CancellationToken cancel)
    {
        long began = terminal.Clock.GetTimestamp();
        CertRep answer = await client.SendAsync(request, served, cancel);
        while (answer.Status == PkiStatus.Pending && terminal.Clock.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(PollInterval, terminal.Clock, cancel);
            answer = await client.SendAsync(ScepClient.Poll(request, served[^1].Subject, subject, served[0]), served, cancel);
        }

        return answer is { Status: PkiStatus.Success, Contents.Certificates: [var certificate, ..] }
            ? certificate
            : throw new CliException($"The enrolment ended with {answer.Status} {answer.FailInfo} {answer.FailInfoText}.", $"The logs are {folder.Log("scep-ra")} and {folder.Log("worker")}.");
    }
}
