using System.Diagnostics;
using Ca.Core.Cmp;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>OpenSSL's CMP client → a relay → the message database → the worker with the engine (CMP_CLIENTS.md §1).</summary>
[TestClass]
[NeedsTool("openssl")]
public sealed class OpenSslCmpTests
{
    private const string SecretText = "insta rocks";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("ir", "", DisplayName = "ir, confirmed")]
    [DataRow("ir", "-implicit_confirm", DisplayName = "ir, implicitly confirmed")]
    [DataRow("ir", "-digest sha256 -mac hmacWithSHA256", DisplayName = "ir with HMAC-SHA256")]
    [DataRow("cr", "", DisplayName = "cr")]
    public async Task A_certificate_by_a_shared_secret(string command, string options)
    {
        await using TestSystem system = await StartAsync();
        await using var relay = new CmpRelay(system.Client, "devices");
        await OpenSslAsync(system, "ecparam -genkey -name prime256v1 -noout -out new.key");

        await CmpAsync(system, relay, $"-cmd {command} -ref 3078 -secret \"pass:{SecretText}\" -newkey new.key -subject /O=Test/CN=user1 -certout out.pem -cacertsout capubs.pem {options}");

        Assert.AreEqual("CN=user1,O=Test", Read(system, "out.pem").Subject.ToString());
        Assert.AreEqual("CN=IssuingCA,O=Test", Read(system, "capubs.pem").Subject.ToString());
        Assert.AreEqual("2", await system.CountAsync("select state from cmp_transaction", Cancel), "confirmed");
    }

    [TestMethod]
    public async Task A_life_of_a_device_by_signatures_from_a_PKCS10_over_an_update_to_the_end()
    {
        await using TestSystem system = await StartAsync();
        await using var relay = new CmpRelay(system.Client, "devices");
        File.WriteAllText(system.PathOf("ra.pem"), system.Ra.Certificate.ToPem());
        File.WriteAllText(system.PathOf("ra.key"), PemOf(system.Ra.Key));
        File.WriteAllText(system.PathOf("ca.pem"), (await system.Get<Ca.Core.Authorities.CertificateAuthorities>().FindAsync("IssuingCA", Cancel))!.Certificate.ToPem());
        await OpenSslAsync(system, "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout one.key -subj /O=Test/CN=device -out one.csr");
        await OpenSslAsync(system, "ecparam -genkey -name prime256v1 -noout -out two.key");

        await CmpAsync(system, relay, "-cmd p10cr -csr one.csr -cert ra.pem -key ra.key -trusted ca.pem -certout one.pem");
        await CmpAsync(system, relay, "-cmd kur -cert one.pem -key one.key -trusted ca.pem -newkey two.key -certout two.pem");
        await CmpAsync(system, relay, "-cmd genm -infotype caCerts -cert two.pem -key two.key -trusted ca.pem", mayLackType: true);
        await CmpAsync(system, relay, "-cmd rr -cert two.pem -key two.key -trusted ca.pem -oldcert two.pem -revreason 4");

        Assert.AreEqual(Read(system, "one.pem").Subject, Read(system, "two.pem").Subject);
        Assert.AreEqual(Read(system, "two.pem").Serial.ToString(), await system.CountAsync("select serial from certificate where status = 40 and revocation_reason = 4", Cancel));
    }

    [TestMethod]
    public async Task A_wrong_secret_brings_nothing()
    {
        await using TestSystem system = await StartAsync();
        await using var relay = new CmpRelay(system.Client, "devices");
        await OpenSslAsync(system, "ecparam -genkey -name prime256v1 -noout -out new.key");

        string output = await RunAsync(system, $"cmp -config '' -batch -server 127.0.0.1:{relay.Port} -unprotected_errors -cmd ir -ref 3078 -secret pass:wrong -newkey new.key -subject /CN=user1 -certout out.pem", mustSucceed: false);

        StringAssert.Contains(output, "badMessageCheck");
        Assert.IsFalse(File.Exists(system.PathOf("out.pem")));
    }

    internal static async Task<TestSystem> PrepareAsync(CancellationToken cancel)
    {
        TestSystem system = await TestSystem.CreateAsync(cancel);
        Actor admin = Actor.Internal("test");
        var alias = new CmpAlias { CaName = "IssuingCA", Mode = CmpMode.Ra, Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate, "ManagementCA")] };
        (await system.Get<CmpAliases>().SetAsync(admin, "devices", alias, cancel)).OrThrow();
        using Secret secret = Secret.FromText(SecretText);
        (await system.Get<CmpSecrets>().SetAsync(admin, "devices", "", secret, keepOthers: false, cancel)).OrThrow();
        return system;
    }

    private static Certificate Read(TestSystem system, string file) => Certificate.FromPem(File.ReadAllText(system.PathOf(file))).OrThrow();

    private static string PemOf(KeyPair key) => System.Security.Cryptography.PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8());

    private async Task<TestSystem> StartAsync()
    {
        TestSystem system = await PrepareAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        return system;
    }

    private async Task CmpAsync(TestSystem system, CmpRelay relay, string arguments, bool mayLackType = false)
    {
        string output = await RunAsync(system, $"cmp -config '' -batch -server 127.0.0.1:{relay.Port} -msg_timeout 30 {arguments}", mustSucceed: !mayLackType);
        if (mayLackType && output.Contains("unknown info type", StringComparison.OrdinalIgnoreCase))
        {
            await CmpAsync(system, relay, arguments.Replace("caCerts", "currentCRL", StringComparison.Ordinal)); // OpenSSL 3.0 does not know it yet
        }
    }

    private Task OpenSslAsync(TestSystem system, string arguments) => RunAsync(system, arguments, mustSucceed: true);

    private async Task<string> RunAsync(TestSystem system, string arguments, bool mustSucceed)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "openssl " + arguments + " 2>&1"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(system.PathOf("x"))!,
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.IsTrue(!mustSucceed || process.ExitCode == 0, $"openssl {arguments}\n{output}");
        return output;
    }
}
