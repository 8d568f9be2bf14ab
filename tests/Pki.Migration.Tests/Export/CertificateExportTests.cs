using System.Diagnostics;
using Pki.Cli;
using Pki.Cli.Export;
using Pki.Migration.Tests.World;
using Pki.Protocols.X509;
using TestKit;

namespace Pki.Migration.Tests.Export;

/// <summary>EXTERNAL_RA.md X-70: all certificates by CA and status, as PEM files in folders, zipped.</summary>
[TestClass]
[NeedsTool("unzip", "openssl")]
public sealed class CertificateExportTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task All_certificates_are_exported_by_CA_and_status()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, TestContext.CancellationToken);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, 60);
        Assert.AreEqual(ExitCode.Success, (await site.ImportAsync(dump)).Code);

        string zip = site.File("all.zip");
        await site.MustAsync("cert", "export", "--all", "--out", zip);
        string unpacked = site.File("unpacked");
        Run("unzip", "-q", zip, "-d", unpacked);
        for (int i = 1; i < 60; i++)
        {
            int status = OldSite.StatusHereOf(i);
            string file = Path.Combine(unpacked, NewSite.CaName, $"{status}", new SerialNumber(1_000_000L + i) + ".pem");
            Assert.Contains($"device{i}", Run("openssl", "x509", "-in", file, "-noout", "-subject"));
        }

        Assert.HasCount(60, Directory.GetFiles(unpacked, "*.pem", SearchOption.AllDirectories));
        string folder = site.File("folder");
        await site.MustAsync("cert", "export", "--all", "--out", folder);
        Run("diff", "-r", unpacked, folder);
        (ExitCode code, _, string error) = await site.PkiAsync("cert", "export", "--all", "--out", folder);
        Assert.AreEqual(ExitCode.FunctionalError, code, "nothing is overwritten");
        Assert.Contains("exists", error);
    }

    [TestMethod]
    [DataRow("../x", "%2E.%2Fx", DisplayName = "up and out")]
    [DataRow("..", "%2E.", DisplayName = "the folder above")]
    [DataRow(".", "%2E", DisplayName = "the folder itself")]
    [DataRow("/etc", "%2Fetc", DisplayName = "an absolute path")]
    [DataRow("a\\b\0c\nd", "a%5Cb%00c%0Ad", DisplayName = "what other systems stumble over")]
    [DataRow("a%2Fb", "a%252Fb", DisplayName = "different names stay different")]
    [DataRow("Läden AG", "L%C3%A4den AG", DisplayName = "other letters")]
    [DataRow("", "%00", DisplayName = "no name")]
    public void A_name_stays_in_its_folder(string name, string expected) => Assert.AreEqual(expected, SafeName.Of(name));

    [TestMethod]
    public async Task A_CA_cannot_write_outside()
    {
        using var scratch = new ScratchDirectory();
        string root = Path.Combine(scratch.Path, "out");
        await using (CertificateTree tree = CertificateTree.Create(root))
        {
            await tree.AddAsync(new() { CaName = "../../escaped", Serial = "../1", Fingerprint = "", SubjectDn = "", Encoded = [1], Status = Ca.Core.Certificates.CertificateStatus.Active }, TestContext.CancellationToken);
            await tree.FinishAsync();
        }

        string file = Directory.GetFiles(scratch.Path, "*", SearchOption.AllDirectories).Single();
        Assert.StartsWith(root + "/", file);
    }

    [TestMethod]
    public void Long_names_stay_short_and_different()
    {
        (string a, string b) = (SafeName.Of(new string('ä', 200) + "1"), SafeName.Of(new string('ä', 200) + "2"));
        Assert.IsLessThan(256, a.Length);
        Assert.AreNotEqual(a, b);
    }

    private static string Run(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output);
        return output;
    }
}
