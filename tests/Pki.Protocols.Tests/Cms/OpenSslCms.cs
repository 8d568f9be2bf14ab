using System.Diagnostics;
using TestKit;

namespace Pki.Protocols.Tests.Cms;

/// <summary>The openssl program in a folder of its own: a reader and writer of CMS that is not ours.</summary>
internal sealed class OpenSslCms : IDisposable
{
    private readonly ScratchDirectory folder = new();

    public void Write(string name, ReadOnlySpan<byte> bytes) => File.WriteAllBytes(folder.File(name), bytes.ToArray());

    public void Write(string name, string text) => File.WriteAllText(folder.File(name), text);

    public byte[] Read(string name) => File.ReadAllBytes(folder.File(name));

    public async Task RunAsync(string arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("openssl", arguments) { WorkingDirectory = folder.Path, RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
        string errors = await process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        Assert.AreEqual(0, process.ExitCode, $"openssl {arguments}: {await output}{errors}");
    }

    public void Dispose() => folder.Dispose();
}
