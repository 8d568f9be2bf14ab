using AdminWeb.Configuration;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using TestKit;

namespace AdminWeb.Tests;

/// <summary>What is wrong in the configuration is said at the start, with its key.</summary>
[TestClass]
[NeedsTool("postgres")]
public sealed class ConfigurationTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("AdminWeb:Lisen", "x", "Lisen")]
    [DataRow("AdminWeb:DemoLink:Tokenfile2", "x", "Tokenfile2")]
    [DataRow("Ca:NodeIdentity", "x", "NodeIdentity")]
    [DataRow("DataSources:dmz1:Dialekt", "x", "Dialekt")]
    [DataRow("AdminWeb:Listen:0", "http://127.0.0.1:0", "AdminWeb:Listen:0")]
    [DataRow("AdminWeb:AdministratorIssuer", "", "AdministratorIssuer")]
    [DataRow("AdminWeb:KeyStore:Path", "", "AdminWeb:KeyStore:Path")]
    [DataRow("AdminWeb:KeyStore:Path", "{scratch}/missing.p12", "AdminWeb:KeyStore:Path")]
    [DataRow("AdminWeb:DemoLink:TokenFile", "{scratch}/token", "AdminWeb:DemoLink:Role")]
    public async Task The_key_is_named(string key, string value, string named)
    {
        Exception fault = await Assert.ThrowsAsync<Exception>(() =>
            Web.StartAsync(TestContext.CancellationToken, new Dictionary<string, string?>(StringComparer.Ordinal) { [key] = value }));
        Assert.IsTrue(fault is OptionsValidationException or InvalidOperationException or KeyStoreException, fault.ToString());
        StringAssert.Contains(HostProgram.Explain(fault), named);
    }

    [TestMethod]
    [DataRow("https://127.0.0.1:8443", true)]
    [DataRow("https://[::1]:8443", true)]
    [DataRow("https://localhost:8443", true)]
    [DataRow("https://0.0.0.0:8443", false)]
    [DataRow("https://*:8443", false)]
    [DataRow("https://ca.example:8443", false)]
    public void Loopback_is_told_from_the_rest(string address, bool isLoopback) => Assert.AreEqual(isLoopback, AdminWebRules.IsLoopback(address));
}
