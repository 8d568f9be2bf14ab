using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests;

/// <summary>OpenSSL's CMP client → the demo's proxy → message database → the worker's engine.</summary>
[TestClass, NeedsTool("openssl")]
public sealed class OpenSslCmpTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_device_enrols_with_a_shared_secret()
    {
        using var openssl = new Tool("openssl");
        (await openssl.RunAsync(["genrsa", "-out", openssl.File("device.key"), "2048"], Cancel)).EndedWith(0);

        (await CmpAsync(openssl, ["-cmd", "ir", "-newkey", openssl.File("device.key"), "-subject", "/O=Interop/CN=cmp-device", "-certout", openssl.File("device.pem")])).EndedWith(0);

        Certificate issued = Certificate.FromPem(await File.ReadAllTextAsync(openssl.File("device.pem"), Cancel)).OrThrow();
        Assert.AreEqual("CN=cmp-device,O=Interop", issued.Subject.ToString());
        (await openssl.RunAsync(["verify", "-CAfile", Demo.Setting("caCertificate"), openssl.File("device.pem")], Cancel)).EndedWith(0);
    }

    [TestMethod]
    public async Task A_wrong_secret_gets_a_CMP_error_and_no_certificate()
    {
        using var openssl = new Tool("openssl");
        (await openssl.RunAsync(["genrsa", "-out", openssl.File("device.key"), "2048"], Cancel)).EndedWith(0);
        await File.WriteAllTextAsync(openssl.File("secret"), "not the secret");

        ToolResult refused = await CmpAsync(openssl, ["-cmd", "ir", "-newkey", openssl.File("device.key"), "-subject", "/O=Interop/CN=stranger", "-certout", openssl.File("device.pem")], openssl.File("secret"));

        Assert.AreNotEqual(0, refused.ExitCode);
        Assert.Contains("badMessageCheck", refused.Out + refused.Error);
        Assert.IsFalse(File.Exists(openssl.File("device.pem")));
    }

    private async Task<ToolResult> CmpAsync(Tool openssl, string[] command, string? secretFile = null)
    {
        var url = new Uri(Demo.Setting("cmpUrl"));
        return await openssl.RunAsync(
            ["cmp", "-server", $"127.0.0.1:{url.Port}", "-path", url.AbsolutePath, "-ref", "device", "-secret", $"file:{secretFile ?? Demo.File("secrets/cmp-secret")}", "-recipient", "/O=Demo/CN=ScepCA", "-unprotected_errors", .. command],
            Cancel);
    }
}
