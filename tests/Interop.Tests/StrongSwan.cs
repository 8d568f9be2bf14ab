namespace Interop.Tests;

/// <summary>strongSwan's <c>pki</c> as a SCEP client (SCEP_CLIENTS.md 4).</summary>
internal sealed class StrongSwan : IDisposable
{
    private readonly Tool pki = new("/usr/bin/pki");

    /// <summary>The path of a file it made.</summary>
    public string File(string name) => pki.File(name);

    /// <summary>Fetches the RA's and the CA's certificates.</summary>
    public static async Task<StrongSwan> WithCaAsync(CancellationToken cancel)
    {
        var client = new StrongSwan();
        (await client.pki.RunAsync(["--scepca", "--url", Demo.ScepServer, "--caout", client.File("ca.pem"), "--raout", client.File("ra.pem"), "--outform", "pem"], cancel)).EndedWith(0);
        return client;
    }

    /// <summary>Makes an RSA key in a file.</summary>
    public async Task KeyAsync(string file, CancellationToken cancel) =>
        await System.IO.File.WriteAllTextAsync(File(file), (await pki.RunAsync(["--gen", "--type", "rsa", "--size", "2048", "--outform", "pem"], cancel)).EndedWith(0).Out, cancel);

    /// <summary>Asks for a certificate for a key, polls while pending, and writes what comes.</summary>
    public async Task<ToolResult> ScepAsync(string key, string subject, string certificate, CancellationToken cancel, params string[] more)
    {
        ToolResult result = await pki.RunAsync(
            [
                "--scep", "--url", Demo.ScepServer, "--in", File(key), "--dn", subject,
                "--cacert-enc", File("ra.pem"), "--cacert-sig", File("ca.pem"),
                "--interval", "1", "--maxpolltime", "90", "--outform", "pem", .. more,
            ],
            cancel);
        await System.IO.File.WriteAllTextAsync(File(certificate), result.Out, cancel);
        return result;
    }

    public void Dispose() => pki.Dispose();
}
