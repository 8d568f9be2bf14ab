using System.Diagnostics;
using System.Globalization;
using Pki.Protocols.X509;

namespace Pki.Bench;

/// <summary>
/// OpenSSL's own CMP server, which has neither database nor CA behind it: it hands out one certificate it was given, to one
/// client at a time. On a port of its choice, for seconds; it cannot be told an address.
/// </summary>
internal sealed class CmpMock : IDisposable
{
    public const string KeyId = "3078";
    private const string Ready = "ACCEPT ";
    private readonly Process process;

    private CmpMock(Process process, int port, Certificate server, KeyStore client)
    {
        this.process = process;
        Url = new($"http://127.0.0.1:{port}/pkix/");
        Server = server;
        Client = client;
    }

    public Uri Url { get; }

    public int ProcessId => process.Id;

    /// <summary>What signs its answers.</summary>
    public Certificate Server { get; }

    /// <summary>The client it trusts.</summary>
    public KeyStore Client { get; }

    public static async Task<CmpMock> StartAsync(string folder, string secret, CancellationToken cancel)
    {
        foreach (string name in (string[])["server", "client"])
        {
            using Process make = Start(folder, $"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name} -keyout {name}.key -out {name}.crt");
            await make.WaitForExitAsync(cancel);
        }

        Process process = Start(folder, $"cmp -config \"\" -port 0 -srv_ref {KeyId} -srv_secret pass:{secret} -srv_cert server.crt -srv_key server.key -srv_trusted client.crt -rsp_cert server.crt");
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                // What it says from here on must be read, or it stops with a full pipe.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                var client = new KeyStore(KeyPair.FromPem(Read("client.key")), Certificate.FromPem(Read("client.crt")).OrThrow(), []);
                return new(process, int.Parse(line.Split(' ')[1].Split(':')[^1], CultureInfo.InvariantCulture), Certificate.FromPem(Read("server.crt")).OrThrow(), client);
            }
        }

        throw new InvalidOperationException($"openssl does not listen: {await process.StandardError.ReadToEndAsync(cancel)}");

        string Read(string name) => File.ReadAllText(Path.Combine(folder, name));
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
        Client.Dispose();
    }

    private static Process Start(string folder, string arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
