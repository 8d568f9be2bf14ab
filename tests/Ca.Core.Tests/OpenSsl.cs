using System.Diagnostics;
using Pki.Protocols.X509;

namespace Ca.Core.Tests;

/// <summary>The openssl program as a stranger who looks at what we made.</summary>
internal sealed class OpenSsl : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ca-core-");

    public string Write(string name, string pem)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, pem);
        return path;
    }

    public string Write(string name, IEnumerable<Certificate> certificates) => Write(name, string.Concat(certificates.Select(c => c.ToPem() + "\n")));

    /// <summary>Its output, both streams; fails the test when it fails.</summary>
    public async Task<string> RunAsync(CancellationToken cancel, params string[] arguments)
    {
        (int exit, string output) = await TryAsync(cancel, arguments);
        Assert.AreEqual(0, exit, output);
        return output;
    }

    public async Task<(int Exit, string Output)> TryAsync(CancellationToken cancel, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.FullName })!;
        string[] output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, string.Concat(output));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
