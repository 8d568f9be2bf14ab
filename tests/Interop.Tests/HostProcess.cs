using System.Collections.Concurrent;
using System.Diagnostics;
using TestKit;

namespace Interop.Tests;

/// <summary>A host of the product beside those of the demo. It stops when we do.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    private readonly Process process;
    private readonly ConcurrentQueue<string?> output = [];

    private HostProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts it with a configuration file.</summary>
    public static HostProcess Start(string project, string configuration) => new(
        new ProcessStartInfo(Built.DotNet, [Built.Program(project, project), "--config", configuration, "--ExitWithParent", "true"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });

    /// <summary>Waits until somebody answers there, whatever he says.</summary>
    public async Task AnswersAsync(Uri url)
    {
        using var http = new HttpClient();
        await Eventually.BecomesTrueAsync(
            async cancel =>
            {
                Assert.IsFalse(process.HasExited, string.Join('\n', output));
                try
                {
                    using HttpResponseMessage response = await http.GetAsync(url, cancel);
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            Patience,
            CancellationToken.None,
            $"somebody answers at {url}");
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
