using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;
using TestKit;

namespace ScepRaServer.Tests.Configuration;

/// <summary>A wrong configuration stops the start with a text that names the key; a loose one is said aloud.</summary>
[TestClass]
public sealed class StartTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("ScepRa:Aliases:routers:CaName", null, "CaName", DisplayName = "no CA")]
    [DataRow("ScepRa:Aliases:routers:EndEntityProfile", null, "EndEntityProfile", DisplayName = "no end entity profile")]
    [DataRow("ScepRa:Aliases:routers:MinRsaBits", "512", "MinRsaBits", DisplayName = "S-08 the floor of 1024")]
    [DataRow("ScepRa:Aliases:routers:ReplyWait", "00:01:00", "ReplyWait", DisplayName = "R-13 at most 20 s")]
    [DataRow("ScepRa:Aliases:routers:Challenge:Mode", "Static", "ScepRa:Aliases:routers:Challenge", DisplayName = "a static challenge without secret")]
    [DataRow("ScepRa:Aliases:routers:Challenge:Mode", "OneTime", "MacKeyFile", DisplayName = "one-time challenges without key")]
    [DataRow("ScepRa:Aliases:routers:Names:Scheme", "Fixed", "Names:Fixed", DisplayName = "a fixed name without name")]
    [DataRow("ScepRa:Aliases:routers:Names:Subject:CN", "(", "Names", DisplayName = "a rule that is no expression")]
    [DataRow("ScepRa:Aliases:routers:Names:Subject:CN", "(?=x)", "Names", DisplayName = "a rule that backtracks")]
    [DataRow("ScepRa:Aliases:routers:Names:Subject:XYZ", "x", "Names", DisplayName = "a rule for no attribute")]
    [DataRow("ScepRa:Aliases:noca:CaName", "x", "noca", DisplayName = "a reserved alias")]
    [DataRow("ScepRa:DefaultAlias", "nobody", "ScepRa:DefaultAlias", DisplayName = "an unknown default")]
    [DataRow("ScepRa:Listen:0", "127.0.0.1:8080", "ScepRa:Listen", DisplayName = "an address that is no URL")]
    [DataRow("ScepRa:TrustedProxies:0", "proxy", "ScepRa:TrustedProxies", DisplayName = "a proxy that is no address")]
    [DataRow("ScepRa:Link:WorkerCertificates:0", null, "ScepRa:Link", DisplayName = "nobody to believe")]
    [DataRow("ScepRa:Database:ConnectionString", "", "ScepRa:Database", DisplayName = "no database")]
    [DataRow("ScepRa:Limits:MaxMessageBytes", "1", "MaxMessageBytes", DisplayName = "a limit below reason")]
    [DataRow("ScepRa:Alises:routers:CaName", "x", "Alises", DisplayName = "an unknown key")]
    [DataRow("ScepRa:Aliases:routers:Legazy", "true", "Legazy", DisplayName = "an unknown key of an alias")]
    public async Task A_wrong_configuration_names_its_key(string key, string? value, string named)
    {
        Exception problem = await Assert.ThrowsAsync<Exception>(() => TestWorld.StartAsync(Cancel, settings => settings.Configuration[key] = value));
        Assert.IsTrue(problem is OptionsValidationException or InvalidOperationException, problem.ToString());
        Assert.Contains(named, HostProgram.Explain(problem));
    }

    [TestMethod]
    public async Task Two_aliases_need_a_default()
    {
        Exception problem = await Assert.ThrowsAsync<Exception>(() => TestWorld.StartAsync(Cancel, settings =>
        {
            settings.AddAlias("phones", TestWorld.NewRa(TestWorld.DefaultCa), "SCEP CA");
            settings.Configuration.Remove("ScepRa:DefaultAlias");
        }));
        Assert.Contains("ScepRa:DefaultAlias", problem.Message);
    }

    [TestMethod]
    public async Task An_ra_key_is_rsa_and_may_do_what_it_is_for()
    {
        async Task<string> WhyAsync(KeyStore ra) =>
            (await Assert.ThrowsAsync<KeyStoreException>(() => TestWorld.StartAsync(Cancel, settings => settings.Ra = ra))).Message;

        TestCa ca = TestWorld.DefaultCa;
        string elliptic = await WhyAsync(TestWorld.NewRa(ca, "ec", spec: "P-256"));
        Assert.Contains("SCEP needs an RSA key", elliptic, "K-05");
        Assert.Contains("ScepRa:Aliases:routers:RaKeyStores:0", elliptic);
        Assert.Contains("KeyEncipherment is needed", await WhyAsync(TestWorld.NewRa(ca, "ra", KeyUsages.DigitalSignature)), "G-05");
        Assert.Contains("DigitalSignature is needed", await WhyAsync(TestWorld.NewRa(ca, "ra", KeyUsages.KeyEncipherment)), "G-05");
        KeyStore alone = TestWorld.NewRa(ca) with { Chain = [] };
        Assert.Contains("CaCertificate", await WhyAsync(alone));
    }

    [TestMethod]
    public async Task An_ra_certificate_of_another_ca_is_warned_of()
    {
        TestCa foreign = TestCa.Root("Foreign CA");
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Ra = TestWorld.NewRa(foreign);
            settings.Set("CaCertificate", settings.WriteFile("ca.pem", TestWorld.DefaultCa.Certificate.ToPem()));
        });
        Assert.IsTrue(world.Log.OfId(1009).Any(line => line.Text.Contains("G-06", StringComparison.Ordinal)), "G-06");
        TestClient client = world.NewClient("g06");
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.IsTrue((await client.PollAsync(Cancel)).Certificate.IsSignedBy(world.Ca.Key.Public));
    }

    [TestMethod]
    public async Task Fingerprints_are_logged_at_start()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        string text = string.Join('\n', world.Log.OfId(1008).Select(line => line.Text));
        Assert.Contains(Convert.ToHexString(world.RaCertificate.Sha256Fingerprint()), text, "G-12");
        Assert.Contains(Convert.ToHexString(world.Ca.Certificate.Sha1Fingerprint()), text, "G-12");
        Assert.DoesNotContain(TestCa.KeyStorePassword, world.Log.Text, "CVE-2021-40086");
    }

    [TestMethod]
    [DataRow("Legacy", "true", "Legacy is on")]
    [DataRow("AllowSeparateSignerKey", "true", "AllowSeparateSignerKey is on")]
    [DataRow("AllowMissingSenderNonce", "true", "AllowMissingSenderNonce is on")]
    [DataRow("MinRsaBits", "1024", "MinRsaBits is 1024")]
    [DataRow("Renewal:ExpiredGrace", "1.00:00:00", "Renewal:ExpiredGrace")]
    [DataRow("Challenge:Mode", "None", "no challenge")]
    public async Task A_loosening_is_said_at_start(string option, string value, string said)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set(option, value));
        Assert.IsTrue(world.Log.OfId(1009).Any(line => line.Level == LogLevel.Warning && line.Text.Contains(said, StringComparison.Ordinal)), world.Log.Text);
    }

    /// <summary>Encryption alone protects nothing that can be changed on the way, and answers have nobody to be encrypted to.</summary>
    [TestMethod]
    public async Task Flaw_D3_A_link_that_encrypts_and_does_not_sign_is_refused_at_start()
    {
        Exception problem = await Assert.ThrowsAsync<Exception>(() => TestWorld.StartAsync(Cancel, settings => settings.Configuration["ScepRa:Link:SignatureRequired"] = "false"));
        Assert.Contains("ScepRa:Link:EncryptionRequired needs ScepRa:Link:SignatureRequired", HostProgram.Explain(problem));
    }

    [TestMethod]
    public async Task An_unprotected_link_is_said_at_start_and_works()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Configuration["ScepRa:Link:SignatureRequired"] = "false";
            settings.Configuration["ScepRa:Link:EncryptionRequired"] = "false";
        });
        Assert.HasCount(2, world.Log.OfId(1009).Where(line => line.Text.Contains("ScepRa:Link", StringComparison.Ordinal)).ToList());
        Assert.Contains("PKCS10Request", System.Text.Encoding.Latin1.GetString(await RowAsync(world)), "X-37: what is off is off");
    }

    [TestMethod]
    public async Task An_ra_certificate_about_to_end_is_said_every_day()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
            settings.Ra = TestWorld.NewRa(TestWorld.DefaultCa, "short", until: TestWorld.Start.AddDays(8)));
        await Eventually.BecomesTrueAsync(() => world.Log.OfId(1010).Any(), Eventually.Patience, Cancel);
        Assert.Contains("ends in 8 days", world.Log.OfId(1010).First().Text, "L-08");
        await Eventually.BecomesTrueAsync(
            () =>
            {
                world.Clock.Advance(TimeSpan.FromDays(1));
                return world.Log.OfId(1011).Any();
            },
            Eventually.Patience,
            Cancel,
            "L-08: and after its end");
        (await world.NewClient("l08").EnrolAsync(Cancel)).MustBe(Pki.Protocols.Scep.PkiStatus.Pending);
    }

    private async Task<byte[]> RowAsync(TestWorld world)
    {
        await world.NewClient("x37").EnrolAsync(Cancel);
        return Convert.FromBase64String(world.Store.Rows.Single().Message!);
    }
}
