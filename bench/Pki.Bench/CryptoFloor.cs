using System.Diagnostics;
using System.Globalization;

namespace Pki.Bench;

/// <summary>
/// What the cryptography alone costs on this machine in this run, from <c>openssl speed</c> (PERFORMANCE.md 2):
/// milliseconds of CPU on one core.
/// </summary>
internal sealed record CryptoFloor(double RsaSign, double RsaVerify, double EcSign, double EcVerify, double EcAgree, double Sha256)
{
    private const int Sha256Block = 32;

    /// <summary>One signed and enveloped link message with P-256 keys: sign, verify, and two agreements on each side.</summary>
    public double LinkMessage => EcSign + EcVerify + (3 * EcAgree);

    /// <summary>
    /// A held SCEP enrolment, RSA-2048 client, RSA-2048 CA, P-256 link: the RA opens the envelope and signs the answer,
    /// the CA signs the certificate; four public operations; a link message each way.
    /// </summary>
    public double ScepEnrolment => (3 * RsaSign) + (4 * RsaVerify) + (2 * LinkMessage);

    /// <summary>
    /// ir and certConf under PasswordBasedMac, P-256 device and link, RSA-2048 CA: a key derived for each request and used for
    /// its answer, the proof of possession, the certificate; a link message each way, twice.
    /// </summary>
    public double CmpByMac(int iterations) => (2 * iterations * Sha256) + EcVerify + RsaSign + (4 * LinkMessage);

    /// <summary>The same signed: a signature verified and one made for each message, the signer's chain known.</summary>
    public double CmpBySignature => (3 * EcVerify) + (3 * RsaSign) + (4 * LinkMessage);

    public static async Task<CryptoFloor> MeasureAsync(CancellationToken cancel)
    {
        string[] lines = await RunAsync("openssl", "speed -seconds 2 -mr rsa2048 ecdsap256 ecdhp256", cancel);
        double[] rsa = Fields(lines, "+F2:", "2048");
        double[] ecdsa = Fields(lines, "+F4:", "256");
        double[] ecdh = Fields(lines, "+F5:", "256");
        // +F:index:sha256:octets a second, of messages of 32 octets: one step of PasswordBasedMac.
        string[] digests = await RunAsync("openssl", $"speed -seconds 1 -bytes {Sha256Block} -mr -evp sha256", cancel);
        double octets = double.Parse(digests.Last(line => line.StartsWith("+F:", StringComparison.Ordinal)).Split(':')[^1], CultureInfo.InvariantCulture);
        return new(1000 / rsa[0], 1000 / rsa[1], 1000 / ecdsa[0], 1000 / ecdsa[1], 1000 / ecdh[0], 1000 * Sha256Block / octets);
    }

    // Machine readable lines: +F2:index:bits:signatures a second:verifications a second, and alike.
    private static double[] Fields(string[] lines, string prefix, string bits)
    {
        string line = lines.First(line => line.StartsWith(prefix, StringComparison.Ordinal));
        string[] fields = line.Split(':');
        int at = Array.IndexOf(fields, bits);
        return [.. fields[(at + 1)..].Select(field => double.Parse(field, CultureInfo.InvariantCulture))];
    }

    private static async Task<string[]> RunAsync(string program, string arguments, CancellationToken cancel)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
        string output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        await errors;
        return output.Split('\n');
    }
}
