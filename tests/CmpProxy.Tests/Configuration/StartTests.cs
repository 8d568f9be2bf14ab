using CmpProxy.Configuration;
using CmpProxy.Tests.World;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Pki.Hosting;

namespace CmpProxy.Tests.Configuration;

/// <summary>A wrong configuration stops the start with a text that names the key; a loose one is said aloud.</summary>
[TestClass]
public sealed class StartTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("CmpProxy:Alises:cmp:HoldTimeout", "x", "Alises", DisplayName = "an unknown key")]
    [DataRow("CmpProxy:Aliases:cmp:HoldTimeot", "x", "HoldTimeot", DisplayName = "an unknown key of an alias")]
    [DataRow("CmpProxy:Aliases:cmp:HoldTimeout", "01:00:00", "HoldTimeout", DisplayName = "held for an hour")]
    [DataRow("CmpProxy:Aliases:cmp:MaxMessageBytes", "2000000", "MaxMessageBytes", DisplayName = "T-12 above the cap")]
    [DataRow("CmpProxy:Aliases:cmp:Operations:0", "xr", "Operations", DisplayName = "an operation that is none")]
    [DataRow("CmpProxy:Aliases:with space:HeldCalls", "5", "with space", DisplayName = "T-10 a name that no path can have")]
    [DataRow("CmpProxy:Aliases:cmp:Upstream:Url", "ftp://ca/", "Upstream:Url", DisplayName = "an upstream that is no web server")]
    [DataRow("CmpProxy:Aliases:cmp:Upstream:Timeout", "01:00:00", "Timeout", DisplayName = "an upstream that may take an hour")]
    [DataRow("CmpProxy:Aliases:cmp:Gate:RequireMac", "true", "Gate:MacKeys", DisplayName = "P-4 a gate that nobody can pass")]
    [DataRow("CmpProxy:Aliases:cmp:Gate:RequireSignature", "true", "Gate:TrustedIssuers", DisplayName = "P-4 nobody to believe")]
    [DataRow("CmpProxy:Aliases:cmp:Gate:RequireCrl", "true", "Gate:Crls", DisplayName = "P-4 no CRL to look at")]
    [DataRow("CmpProxy:Aliases:cmp:Gate:MacKeys:0:KeyId", "x", "Gate:MacKeys:0", DisplayName = "a key without secret")]
    [DataRow("CmpProxy:Names:shop:Alias", "nobody", "CmpProxy:Names:shop", DisplayName = "T-8 a name for no alias")]
    [DataRow("CmpProxy:Names:cmp:Operations:enrol:Alias", "cmp", "CmpProxy:Names:cmp:Operations:enrol", DisplayName = "T-8 an operation that is none")]
    [DataRow("CmpProxy:RootListen:nobody", "http://127.0.0.1:0", "CmpProxy:RootListen", DisplayName = "T-9 a root for no alias")]
    [DataRow("CmpProxy:Listen:0", "127.0.0.1:8081", "CmpProxy:Listen", DisplayName = "an address that is no URL")]
    [DataRow("CmpProxy:AdminListen", "x", "CmpProxy:AdminListen")]
    [DataRow("CmpProxy:TrustedProxies:0", "proxy", "CmpProxy:TrustedProxies")]
    [DataRow("CmpProxy:Link:WorkerCertificates:0", null, "CmpProxy:Link", DisplayName = "no worker to believe")]
    [DataRow("CmpProxy:Database:ConnectionString", "", "CmpProxy:Database", DisplayName = "no database")]
    [DataRow("CmpProxy:Limits:HeldCalls", "0", "HeldCalls")]
    public async Task A_wrong_configuration_names_its_key(string key, string? value, string named)
    {
        Exception problem = await Assert.ThrowsAsync<Exception>(() => ProxyWorld.StartAsync(Cancel, settings => settings.Configuration[key] = value));
        Assert.IsTrue(problem is OptionsValidationException or InvalidOperationException, problem.ToString());
        Assert.Contains(named, HostProgram.Explain(problem));
    }

    [TestMethod]
    [DataRow("CmpProxy:Link:EncryptionRequired", "false", "EncryptionRequired")]
    [DataRow("CmpProxy:Aliases:cmp:ReplayWindow", "00:00:00", "ReplayWindow")]
    [DataRow("CmpProxy:Aliases:cmp:Upstream:Url", "http://ca/", "plain HTTP")]
    [DataRow("CmpProxy:Aliases:cmp:Gate:AllowSha1", "true", "AllowSha1")]
    public async Task A_loose_configuration_is_said_aloud(string key, string value, string said)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Configuration[key] = value);
        Assert.Contains(said, world.Log.OfId(2007).Single().Text);
    }

    [TestMethod]
    public async Task CMP_P_5_a_secret_in_the_DMZ_is_said_aloud()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Gate:RequireMac", true);
            settings.Set("Gate:MacKeys:0:KeyId", "a");
            settings.Set("Gate:MacKeys:0:SecretFile", settings.WriteFile("secret", "hidden-from-logs"));
        });
        Assert.Contains("CMP-P-5", world.Log.OfId(2007).Single().Text);
        Assert.DoesNotContain("hidden-from-logs", world.Log.Text);
    }

    [TestMethod]
    public void The_example_in_deploy_is_a_valid_configuration()
    {
        string file = Path.Combine(Root(), "deploy", "cmp-proxy.example.json");
        var options = new CmpProxyOptions();
        new ConfigurationBuilder().AddJsonFile(file).Build().GetSection(CmpProxyOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        ValidateOptionsResult result = new CmpProxyRules().Validate(null, options);
        Assert.IsTrue(result.Succeeded, result.FailureMessage);
        Assert.IsTrue(new CmpProxyFieldRules().Validate(null, options).Succeeded);
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetFullPath("../../..", Path.GetDirectoryName(path)!);
}
