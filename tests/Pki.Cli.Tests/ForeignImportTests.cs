using Pki.Protocols.X509;
using TestKit;

namespace Pki.Cli.Tests;

/// <summary>CAs that are elsewhere, with their CRLs and certificates (CMP-A-11 vendors; MIGRATION 6.5 a CA that stays where it is).</summary>
[TestClass]
public sealed class ForeignImportTests
{
    private static readonly CertificateShape Shape = new() { NotBefore = DateTimeOffset.UtcNow.AddDays(-1), NotAfter = DateTimeOffset.UtcNow.AddYears(1) };

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_foreign_CA_its_certificates_and_its_CRL_are_taken_and_a_strangers_are_not()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        using var vendor = new TestPki("CN=Vendor,O=Elsewhere");
        using var stranger = new TestPki("CN=Vendor,O=Elsewhere");
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate good = vendor.Certify("CN=good", key.Public, Shape);
        Certificate bad = vendor.Certify("CN=bad", key.Public, Shape);
        string root = Write(ca, "vendor.pem", vendor.Certificate.ToPem());
        string crl = Write(ca, "vendor.crl", vendor.Crl(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(1), [bad]).ToPem());
        Directory.CreateDirectory(Path.Combine(ca.Folder.Root, "issued"));
        Write(ca, "issued/1.pem", good.ToPem());
        await File.WriteAllBytesAsync(Path.Combine(ca.Folder.Root, "issued", "2.der"), bad.Encoded.ToArray(), TestContext.CancellationToken);

        await ca.MustAsync("ca", "import", "Vendor", "--certificate", root);
        await ca.MustAsync("cert", "import", "Vendor", "--from", Path.Combine(ca.Folder.Root, "issued"));
        await ca.MustAsync("crl", "import", "Vendor", "--from", crl);

        Run listed = await ca.MustAsync("cert", "list", "--ca", "Vendor", "--json");
        CollectionAssert.AreEquivalent(new[] { "CN=good", "CN=bad" }, listed.Records.Select(r => r!["subjectDn"]!.GetValue<string>()).ToArray());
        Run shown = await ca.MustAsync("crl", "show", "Vendor");
        StringAssert.Contains(shown.Out, bad.Serial.ToString(), StringComparison.Ordinal);

        Write(ca, "issued/3.pem", stranger.Certify("CN=stranger", key.Public, Shape).ToPem());
        Run refused = await ca.PkiAsync("cert", "import", "Vendor", "--from", Path.Combine(ca.Folder.Root, "issued", "3.pem"));
        Assert.AreEqual(ExitCode.FunctionalError, refused.Code);
        StringAssert.Contains(refused.Error, "has not issued this certificate", StringComparison.Ordinal);
        string forged = Write(ca, "forged.crl", stranger.Crl(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1)).ToPem());
        Assert.AreEqual(ExitCode.FunctionalError, (await ca.PkiAsync("crl", "import", "Vendor", "--from", forged)).Code);
        Assert.AreEqual(ExitCode.FunctionalError, (await ca.PkiAsync("ca", "import", "Other", "--certificate", crl)).Code, "no certificate");
    }

    [TestMethod]
    public async Task A_certificate_comes_in_as_what_the_CRL_says_and_all_of_a_file_do()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        using var vendor = new TestPki("CN=Vendor,O=Elsewhere");
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate good = vendor.Certify("CN=good", key.Public, Shape);
        Certificate bad = vendor.Certify("CN=bad", key.Public, Shape);
        await ca.MustAsync("ca", "import", "Vendor", "--certificate", Write(ca, "vendor.pem", vendor.Certificate.ToPem()));
        await ca.MustAsync("crl", "import", "Vendor", "--from", Write(ca, "vendor.crl", vendor.Crl(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(1), [bad]).ToPem()));

        await ca.MustAsync("cert", "import", "Vendor", "--from", Write(ca, "both.pem", good.ToPem() + bad.ToPem()));

        Run listed = await ca.MustAsync("cert", "list", "--ca", "Vendor", "--json");
        CollectionAssert.AreEquivalent(new[] { "CN=good active", "CN=bad revoked" }, listed.Records.Select(r => $"{r!["subjectDn"]} {r["status"]}").ToArray());
    }

    [TestMethod]
    public async Task What_a_CA_of_this_installation_issued_elsewhere_is_not_taken_one_by_one()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string any = Write(ca, "any.pem", new TestPki("CN=Any").Certificate.ToPem());

        Run refused = await ca.PkiAsync("cert", "import", "ScepCA", "--from", any);

        Assert.AreEqual(ExitCode.FunctionalError, refused.Code);
        StringAssert.Contains(refused.Error, "pki import ejbca", StringComparison.Ordinal);
    }

    private static string Write(SmallCa ca, string name, string text)
    {
        string file = Path.Combine(ca.Folder.Root, name);
        File.WriteAllText(file, text);
        return file;
    }
}
