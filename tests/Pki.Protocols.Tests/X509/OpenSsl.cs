using System.Diagnostics;

namespace Pki.Protocols.Tests.X509;

/// <summary>The openssl program in a scratch folder of its own: a reader and writer that is not ours.</summary>
internal sealed class OpenSsl : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openssl-");

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return name;
    }

    public string Write(string name, ReadOnlyMemory<byte> bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes.ToArray());
        return name;
    }

    public byte[] ReadBytes(string name) => File.ReadAllBytes(PathOf(name));

    public string ReadText(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Runs a command that must succeed; what it printed, errors included.</summary>
    public async Task<string> RunAsync(string arguments, CancellationToken cancel)
    {
        (int code, string output) = await TryAsync(arguments, cancel);
        Assert.AreEqual(0, code, $"openssl {arguments}: {output}");
        return output;
    }

    /// <summary>Runs a command that may fail.</summary>
    public async Task<(int Code, string Output)> TryAsync(string arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("openssl", arguments) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Process? started = null;
        try
        {
            started = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Inconclusive("The openssl program is not installed.");
        }

        using Process process = started!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
        string output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, output + await errors);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(folder.FullName, name);
}
