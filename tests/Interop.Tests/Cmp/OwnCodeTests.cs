using System.Security.Cryptography;
using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests.Cmp;

/// <summary><c>openssl cmp</c> as a device whose enrolment code makes the MAC (CMP-M-1, M-2).</summary>
[TestClass, NeedsTool("openssl")]
public sealed class OwnCodeTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_device_enrols_confirms_and_has_spent_its_code()
    {
        CmpSite site = await CmpSite.GetAsync();
        string device = $"code-{Guid.NewGuid():n}"[..16];
        using var openssl = new Tool("openssl");
        using KeyPair key = KeyPair.Generate("P-256");
        string code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        await File.WriteAllTextAsync(openssl.File("code"), code + "\n", Cancel);
        await File.WriteAllTextAsync(openssl.File("new.key"), PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8()) + "\n", Cancel);
        await site.RegisterAsync(device, openssl.File("code"));

        (await EnrolAsync(openssl, site, device, "-certout", "out.pem")).EndedWith(0); // ir and certConf, whose salt is another one

        Certificate issued = Certificate.FromPem(await File.ReadAllTextAsync(openssl.File("out.pem"), Cancel)).OrThrow();
        Assert.AreEqual($"CN={device},O=Interop", issued.Subject.ToString());
        Assert.AreEqual("40|2", await AskAsync($"select e.status || '|' || t.state from end_entity e join cmp_transaction t on t.code_owner = e.username where e.username = '{device}'"), "generated, confirmed");
        ToolResult again = await EnrolAsync(openssl, site, device, "-certout", "second.pem");
        Assert.AreNotEqual(0, again.ExitCode);
        Assert.Contains("badMessageCheck", again.Out + again.Error);
        Assert.IsFalse(File.Exists(openssl.File("second.pem")));
        Assert.AreEqual("0", await AskAsync($"select count(*) from audit_record where details like '%{code}%'"));
    }

    private Task<ToolResult> EnrolAsync(Tool openssl, CmpSite site, string device, params string[] more)
    {
        Uri url = site.Url(CmpSite.Codes);
        return openssl.RunAsync(
            ["cmp", "-config", "", "-batch", "-cmd", "ir", "-server", $"127.0.0.1:{url.Port}", "-path", url.AbsolutePath, "-total_timeout", "100", "-unprotected_errors",
             "-ref", device, "-secret", "file:code", "-newkey", "new.key", "-subject", $"/O=Interop/CN={device}", .. more],
            Cancel);
    }

    private async Task<string> AskAsync(string sql) => (await TestDatabases.RunPostgreSqlAsync(Demo.Setting("caDatabase"), sql, Cancel)).TrimEnd('\n');
}
