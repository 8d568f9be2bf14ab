using TestKit;

namespace Interop.Tests;

/// <summary>micromdm's client knows DES and SHA-1 and nothing else (SCEP_CLIENTS.md 5).</summary>
[TestClass, NeedsTool("initdb", "scepclient")]
public sealed class MicroMdmTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Its_DES_is_refused_where_nobody_allowed_it()
    {
        using var client = new Tool("/usr/bin/scepclient");
        string[] arguments = ["-server-url", Demo.ScepServer, "-private-key", client.File("key.pem"), "-certificate", client.File("cert.pem"), "-cn", "micromdm", "-challenge", Demo.Challenge];
        ToolResult refused = (await client.RunAsync(arguments, TestContext.CancellationToken)).EndedWith(1);
        StringAssert.Contains(refused.Out + refused.Error, "failInfo: badAlg");
        Assert.IsFalse(File.Exists(client.File("cert.pem")));
    }
}
