using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests;

/// <summary>The samples do what they say.</summary>
[TestClass, NeedsTool("initdb")]
public sealed class SampleTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Enrol_asks_through_the_message_database_and_prints_the_certificate()
    {
        using var sample = new Tool(Built.DotNet);
        string printed = (await sample.RunAsync([Built.Program("Enrol", "Enrol"), Demo.Root], TestContext.CancellationToken)).EndedWith(0).Out;
        Certificate issued = Certificate.FromPem(printed).OrThrow();
        Assert.AreEqual("CN=ScepCA,O=Demo", issued.Issuer.ToString());
        Assert.IsTrue(issued.PublicKey.IsEc);
    }

    [TestMethod]
    [DataRow("edit", 0)]
    [DataRow("certificate", 0)]
    [DataRow("keystore", 0)]
    [DataRow("pkcs12", 0)]
    [DataRow("revoke", 0)]
    [DataRow("card", 0)]
    [DataRow("recover", 1, DisplayName = "recover: the demo's CA keeps no keys")]
    public async Task Requests_has_a_verb_for_each(string verb, int exit)
    {
        using var sample = new Tool(Built.DotNet);
        (await sample.RunAsync([Built.Program("Requests", "Requests"), verb, Demo.Root], TestContext.CancellationToken)).EndedWith(exit);
    }
}
