using TestKit;

namespace Interop.Tests;

/// <summary>OpenSSL's judgement of what our CA issues.</summary>
[TestClass, NeedsTool("initdb", "openssl")]
public sealed class OpenSslTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("ScepCA", "proof/router.pem", DisplayName = "a device, RSA")]
    [DataRow("ScepCA", "certs/scep-ra.pem", DisplayName = "the RA")]
    [DataRow("ManagementCA", "certs/ra-link.pem", DisplayName = "a link key, elliptic")]
    [DataRow("ManagementCA", "certs/worker.pem", DisplayName = "the worker")]
    public async Task It_accepts_the_chain_strictly_and_finds_nothing_revoked(string ca, string certificate)
    {
        ToolResult result = await RunAsync(
            "verify", "-x509_strict", "-crl_check", "-CAfile", Demo.File($"certs/{ca}.pem"), "-CRLfile", Demo.File($"certs/{ca}.crl"), Demo.File(certificate));
        StringAssert.EndsWith(result.Out.TrimEnd(), ": OK");
    }

    [TestMethod]
    [DataRow("certs/ScepCA.pem", "CA:TRUE", DisplayName = "the CA")]
    [DataRow("proof/router.pem", "TLS Web Client Authentication", DisplayName = "a device")]
    [DataRow("certs/worker.pem", "Key Agreement", DisplayName = "a link key")]
    public async Task It_reads_every_extension(string certificate, string expected)
    {
        string text = (await RunAsync("x509", "-in", Demo.File(certificate), "-noout", "-text", "-certopt", "ext_error")).Out;
        StringAssert.Contains(text, expected);
        Assert.DoesNotContain("Not Supported", text);
        Assert.DoesNotContain("Parse Error", text);
    }

    [TestMethod]
    [DataRow("ScepCA")]
    [DataRow("ManagementCA")]
    public async Task It_accepts_the_CRL_and_its_signature(string ca)
    {
        ToolResult result = await RunAsync("crl", "-inform", "DER", "-in", Demo.File($"certs/{ca}.crl"), "-CAfile", Demo.File($"certs/{ca}.pem"), "-noout", "-text");
        StringAssert.Contains(result.Out, "X509v3 CRL Number");
        StringAssert.Contains(result.Error, "verify OK");
    }

    private async Task<ToolResult> RunAsync(params string[] arguments)
    {
        using var openssl = new Tool("openssl");
        return (await openssl.RunAsync(arguments, TestContext.CancellationToken)).EndedWith(0);
    }
}
