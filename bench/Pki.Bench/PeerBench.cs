using System.Diagnostics;
using System.Globalization;

namespace Pki.Bench;

/// <summary>
/// The same load on micromdm's scepserver (Debian package scep), which has neither queue nor RA behind it. It listens
/// on all addresses, so it runs only inside a network namespace: bench/run.sh makes one.
/// </summary>
internal static class PeerBench
{
    private const int WarmUp = 50;
    private static readonly Uri Url = new("http://127.0.0.1:8080/scep");

    public static async Task<int> RunAsync(int count, int[] clients, CancellationToken cancel)
    {
        string folder = Directory.CreateTempSubdirectory("pki-peer-").FullName;
        using (Process init = Process.Start(new ProcessStartInfo("scepserver", ["ca", "-init", "-depot", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!)
        {
            await init.WaitForExitAsync(cancel);
        }

        using Process server = Process.Start(new ProcessStartInfo("scepserver", ["-depot", folder, "-challenge", "x", "-allowrenew", "0", "-port", "8080"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _ = server.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _ = server.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await UntilItListensAsync(cancel);
            await MeasureAsync(server, count, clients, cancel);
        }
        finally
        {
            server.Kill();
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(Process server, int count, int[] clients, CancellationToken cancel)
    {
        var keys = SharedPrimeKeys.Make(WarmUp + (count * clients.Length));
        using var load = new LoadGenerator(new Uri(Url, "?operation=PKIOperation"), ScepMessages.IsSuccess);
        await load.RunAsync(await ScepMessages.MakeAsync(Url, "x", "warm", [.. keys.Take(WarmUp)], cancel), 2, cancel);
        for (int i = 0; i < clients.Length; i++)
        {
            IReadOnlyList<byte[]> messages = await ScepMessages.MakeAsync(Url, "x", $"peer{i}", [.. keys.Skip(WarmUp + (i * count)).Take(count)], cancel);
            double before = ProcessCpu.Milliseconds([server.Id]);
            LoadResult result = await load.RunAsync(messages, clients[i], cancel);
            double used = ProcessCpu.Milliseconds([server.Id]) - before;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"scepserver {result}  CPU {used / count:0.00} ms"));
        }
    }

    private static async Task UntilItListensAsync(CancellationToken cancel)
    {
        using var http = new HttpClient();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await http.GetAsync(new Uri(Url, "?operation=GetCACaps"), cancel);
                return;
            }
            catch (HttpRequestException) when (attempt < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancel);
            }
        }
    }
}
