using System.Globalization;
using System.Security.Cryptography;

namespace Pki.Bench;

/// <summary>Enrolments through SCEP RA, message database and CA worker, beside the crypto floor of the same run.</summary>
internal static class ScepBench
{
    private const int Port = 18480;
    private const int WarmUp = 1500; // until the runtime has compiled what it finds hot

    public static async Task<int> RunAsync(string pki, string? running, int count, int[] clients, CancellationToken cancel)
    {
        CryptoFloor floor = await CryptoFloor.MeasureAsync(cancel);
        Print($"openssl speed, one core: RSA-2048 sign {floor.RsaSign:0.000} ms, verify {floor.RsaVerify:0.000} ms; P-256 sign {floor.EcSign:0.000}, verify {floor.EcVerify:0.000}, agree {floor.EcAgree:0.000} ms");
        Print($"crypto floor of one enrolment (held, P-256 link, RSA-2048 CA): {floor.ScepEnrolment:0.00} ms");
        Print($"making {WarmUp + (count * clients.Length)} keys ...");
        IReadOnlyList<RSAParameters> keys = SharedPrimeKeys.Make(WarmUp + (count * clients.Length));

        if (running is not null)
        {
            await using DemoSite there = DemoSite.Attach(running);
            await MeasureAsync(there, floor, keys, count, clients, cancel);
            return 0;
        }

        string folder = Directory.CreateTempSubdirectory("pki-bench-").FullName;
        try
        {
            await using DemoSite site = await DemoSite.StartAsync(pki, folder, Port, cancel);
            await MeasureAsync(site, floor, keys, count, clients, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(DemoSite site, CryptoFloor floor, IReadOnlyList<RSAParameters> keys, int count, int[] clients, CancellationToken cancel)
    {
        using var load = new LoadGenerator(new Uri(site.ScepUrl, "?operation=PKIOperation"), ScepMessages.IsSuccess);
        string run = $"b{Environment.ProcessId}";
        await load.RunAsync(await ScepMessages.MakeAsync(site.ScepUrl, site.Challenge, run + "-warm", [.. keys.Take(WarmUp)], cancel), 8, cancel);
        for (int i = 0; i < clients.Length; i++)
        {
            RSAParameters[] mine = [.. keys.Skip(WarmUp + (i * count)).Take(count)];
            IReadOnlyList<byte[]> messages = await ScepMessages.MakeAsync(site.ScepUrl, site.Challenge, $"{run}-{i}", mine, cancel);
            Usage before = Usage.Of(site, "scepRa");
            LoadResult result = await load.RunAsync(messages, clients[i], cancel);
            Usage used = Usage.Of(site, "scepRa").Since(before);
            Print($"{result}");
            Print($"      CPU per enrolment: RA {used.FrontEnd / count:0.00} ms, CA {used.Ca / count:0.00} ms, PostgreSQL {used.Database / count:0.00} ms; (RA + CA) / floor = {(used.FrontEnd + used.Ca) / count / floor.ScepEnrolment:0.00}");
        }
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
