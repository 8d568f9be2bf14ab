using System.Globalization;
using System.Security.Cryptography;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Bench;

/// <summary>
/// ir and certConf through CMP proxy, message database and CA worker, by MAC and by signature, beside OpenSSL's own mock
/// server and the crypto floor of the same run.
/// </summary>
internal static class CmpBench
{
    private const int Port = 18580;
    private const int WarmUp = 1000;
    private const int MockWarmUp = 20;
    private const int Iterations = 500; // as OpenSSL's client

    public static async Task<int> RunAsync(string pki, int count, int[] clients, CancellationToken cancel)
    {
        CryptoFloor floor = await CryptoFloor.MeasureAsync(cancel);
        Print($"crypto floor of one ir + certConf (P-256 device and link, RSA-2048 CA): by MAC {floor.CmpByMac(Iterations):0.00} ms, by signature {floor.CmpBySignature:0.00} ms");
        string folder = Directory.CreateTempSubdirectory("pki-bench-").FullName;
        try
        {
            string secretText = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            using Secret secret = Secret.FromText(secretText);
            using CmpCredentials mac = CmpCredentials.OfSecret(CmpMock.KeyId, secret, PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(16), Iterations));
            (double byMac, double bySignature) = await MeasureMockAsync(folder, secretText, mac, count, cancel);

            CmpSite.Prepare(folder);
            await using DemoSite site = await DemoSite.StartAsync(pki, folder, Port, cancel);
            using KeyStore ra = await CmpSite.CreateAsync(pki, site, folder, secretText, cancel);
            using CmpCredentials signature = CmpCredentials.OfCertificate(ra);
            await MeasureAsync(site, "MAC", mac, floor.CmpByMac(Iterations), byMac, count, clients, cancel);
            await MeasureAsync(site, "signature", signature, floor.CmpBySignature, bySignature, count, clients, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    /// <summary>The mock has one transaction at a time, so it has one client.</summary>
    private static async Task<(double ByMac, double BySignature)> MeasureMockAsync(string folder, string secret, CmpCredentials mac, int count, CancellationToken cancel)
    {
        using CmpMock mock = await CmpMock.StartAsync(folder, secret, cancel);
        using CmpCredentials signature = CmpCredentials.OfCertificate(mock.Client);
        return (await OneAsync("MAC", mac), await OneAsync("signature", signature));

        async Task<double> OneAsync(string name, CmpCredentials credentials)
        {
            using var load = new CmpLoad(mock.Url, credentials, mock.Server) { ConnectionClose = true };
            await load.RunAsync("warm", MockWarmUp, 1, cancel);
            double before = ProcessCpu.Milliseconds([mock.ProcessId]);
            LoadResult result = await load.RunAsync("mock", count, 1, cancel);
            Print($"openssl mock, {name,-9} {result}  CPU {(ProcessCpu.Milliseconds([mock.ProcessId]) - before) / count:0.00} ms");
            return result.PerSecond;
        }
    }

    private static async Task MeasureAsync(DemoSite site, string name, CmpCredentials credentials, double floor, double mock, int count, int[] clients, CancellationToken cancel)
    {
        Certificate ca = Certificate.FromPem(await File.ReadAllTextAsync(site.Text("caCertificate"), cancel)).OrThrow();
        using var load = new CmpLoad(CmpSite.UrlIn(site), credentials, ca);
        await load.RunAsync($"{name}-warm", WarmUp, 8, cancel);
        foreach (int parallel in clients)
        {
            Usage before = Usage.Of(site, "cmpProxy");
            LoadResult result = await load.RunAsync($"{name}-{parallel}", count, parallel, cancel);
            Usage used = Usage.Of(site, "cmpProxy").Since(before);
            Print($"{name,-9} {result}; {result.PerSecond / mock:0.0} times the mock");
            Print($"      CPU per transaction: proxy {used.FrontEnd / count:0.00} ms, CA {used.Ca / count:0.00} ms, PostgreSQL {used.Database / count:0.00} ms; (proxy + CA) / floor = {(used.FrontEnd + used.Ca) / count / floor:0.00}");
        }
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
