using System.Text.RegularExpressions;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;

namespace Interop.Tests;

/// <summary>certmonger's helper <c>scep-submit</c>: carries messages by GET and checks the replies (SCEP_CLIENTS.md 3).</summary>
internal sealed partial class ScepSubmit : IDisposable
{
    public const int Issued = 0;
    public const int Pending = 1;
    public const int Rejected = 2;

    private readonly Tool helper = new("/usr/lib/certmonger/scep-submit");

    /// <summary>The RA's certificate, as the helper found it.</summary>
    public required Certificate Ra { get; init; }

    /// <summary>Fetches RA and CA, which the helper tells apart by itself.</summary>
    public static async Task<ScepSubmit> WithCaAsync(CancellationToken cancel)
    {
        using var first = new Tool("/usr/lib/certmonger/scep-submit");
        string printed = (await first.RunAsync(["-u", Demo.ScepServer, "-C"], cancel)).EndedWith(Issued).Out;
        string[] pem = [.. Certificates.Matches(printed).Select(match => match.Value)];
        Assert.HasCount(2, pem);
        var client = new ScepSubmit { Ra = Certificate.FromPem(pem[0]).OrThrow() };
        await File.WriteAllTextAsync(client.helper.File("ra.pem"), pem[0] + "\n", cancel);
        await File.WriteAllTextAsync(client.helper.File("ca.pem"), pem[1] + "\n", cancel);
        return client;
    }

    /// <summary>What the server says it can do.</summary>
    public async Task<ToolResult> CapabilitiesAsync(CancellationToken cancel) => await helper.RunAsync(["-u", Demo.ScepServer, "-c"], cancel);

    /// <summary>Sends a message; the same message again is a poll.</summary>
    public async Task<ToolResult> SendAsync(SentRequest message, CancellationToken cancel)
    {
        await OwnClient.WriteAsync(message, helper.File("message.pem"), cancel);
        return await helper.RunAsync(["-u", Demo.ScepServer, "-r", helper.File("ra.pem"), "-N", helper.File("ca.pem"), "-p", helper.File("message.pem")], cancel);
    }

    /// <summary>Sends a message again and again until it is decided: on a busy machine the RA may say "pending" to anything.</summary>
    public async Task<ToolResult> UntilDecidedAsync(SentRequest message, CancellationToken cancel)
    {
        ToolResult last = await SendAsync(message, cancel);
        while (last.ExitCode == Pending)
        {
            last = await SendAsync(message, cancel);
        }

        return last;
    }

    public void Dispose() => helper.Dispose();

    [GeneratedRegex("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Certificates { get; }
}
