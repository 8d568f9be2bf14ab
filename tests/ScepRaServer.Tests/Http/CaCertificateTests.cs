using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Http;

/// <summary>SCEP.md sections 2, 3 and 4: which CA, which capabilities, which certificates.</summary>
[TestClass]
public sealed class CaCertificateTests
{
    private const string Path = "/scepraserver/scep/pkiclient.exe";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task The_ra_certificate_comes_first_then_the_ca_in_that_order()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACert&message=0", Cancel);
        Assert.AreEqual("application/x-x509-ca-ra-cert", answer.ContentType, "G-01");
        AssertCertificates([world.RaCertificate, world.Ca.Certificate], answer.Body, "G-03");
        Assert.AreEqual(-1, answer.Body.AsSpan().IndexOf("\xA0\x02\x04\x00"u8), "G-04: no eContent");
    }

    [TestMethod]
    [DataRow("GetCACertChain")]
    [DataRow("GetCAChain")]
    public async Task The_old_chain_operation_has_its_own_content_type(string operation)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        RawAnswer answer = await RawHttp.GetAsync(world.Port, $"{Path}?operation={operation}", Cancel);
        Assert.AreEqual("application/x-x509-ca-ra-cert-chain", answer.ContentType, "G-09");
        AssertCertificates([world.RaCertificate, world.Ca.Certificate], answer.Body, "G-09");
    }

    [TestMethod]
    [DataRow("Full", 3, DisplayName = "G-07 root, sub CA and RA")]
    [DataRow("Ca", 2, DisplayName = "G-07 without the root")]
    [DataRow("None", 2, DisplayName = "never without the issuing CA")]
    public async Task The_chain_option_says_how_far_up_the_list_goes(string chain, int count)
    {
        TestCa sub = TestWorld.DefaultCa.Sub("Sub CA");
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            (settings.Ca, settings.Ra) = (sub, TestWorld.NewRa(sub));
            settings.Set("Chain", chain);
        });
        RawAnswer answer = await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACert", Cancel);
        Certificate[] all = [world.RaCertificate, sub.Certificate, TestWorld.DefaultCa.Certificate];
        AssertCertificates(all[..count], answer.Body, chain);
    }

    [TestMethod]
    public async Task The_ca_itself_as_ra_is_one_certificate_in_der()
    {
        TestCa ca = TestWorld.DefaultCa;
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Ra = SelfMade(ca));
        RawAnswer answer = await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACert", Cancel);
        Assert.AreEqual("application/x-x509-ca-cert", answer.ContentType, "G-02");
        CollectionAssert.AreEqual(world.RaCertificate.Encoded.ToArray(), answer.Body, "G-02");
    }

    [TestMethod]
    public async Task A_split_pair_is_listed_signer_first_and_works()
    {
        KeyStore sign = TestWorld.NewRa(TestWorld.DefaultCa, "ra-sign", KeyUsages.DigitalSignature);
        KeyStore open = TestWorld.NewRa(TestWorld.DefaultCa, "ra-open", KeyUsages.KeyEncipherment);
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Ra = sign;
            settings.AddKeyStore(TestSettings.Alias("RaKeyStores:0:SigningKeyStore"), sign);
            settings.AddKeyStore(TestSettings.Alias("RaKeyStores:0:EncryptionKeyStore"), open);
        });
        RawAnswer answer = await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACert", Cancel);
        AssertCertificates([sign.Certificate, open.Certificate, world.Ca.Certificate], answer.Body, "G-05");

        TestClient client = world.NewClient("split");
        client.Recipient = open.Certificate;
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
    }

    [TestMethod]
    public async Task After_a_rollover_only_the_new_key_is_listed_and_the_old_one_still_serves_its_clients()
    {
        KeyStore old = TestWorld.NewRa(TestWorld.DefaultCa, "ra-old");
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.AddKeyStore(TestSettings.Alias("RaKeyStores:0"), settings.Ra);
            settings.AddKeyStore(TestSettings.Alias("RaKeyStores:1"), old);
        });
        RawAnswer answer = await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACert", Cancel);
        AssertCertificates([world.RaCertificate, world.Ca.Certificate], answer.Body, "G-08");

        TestClient client = world.NewClient("rollover");
        client.Recipient = old.Certificate;
        client.MoreRaCertificates = [old.Certificate];
        SentRequest request = client.NewPkcsReq();
        RawAnswer reply = await client.PostAsync(request.Encoded, Cancel);
        CertRep rep = CertRep.Read(reply.Body, request, [old.Certificate], ScepAlgorithmPolicy.Default).OrThrow();
        Assert.AreEqual(PkiStatus.Pending, rep.Status, "L-06: signed with the key the client knows");
    }

    [TestMethod]
    [DataRow("AllowTripleDes", "false", "DES3", DisplayName = "C-06 triple DES")]
    [DataRow("AllowSha1", "false", "SHA-1", DisplayName = "C-06 SHA-1")]
    [DataRow("Renewal:Enabled", "false", "Renewal", DisplayName = "W-08 renewal")]
    [DataRow("HideCapabilities:0", "POSTPKIOperation", "POSTPKIOperation", DisplayName = "C-08 hidden")]
    [DataRow("HideCapabilities:0", "SHA-256", "SCEPStandard", DisplayName = "C-06 SCEPStandard promises SHA-256")]
    [DataRow("HideCapabilities:0", "AES", "SCEPStandard", DisplayName = "C-06 SCEPStandard promises AES")]
    public async Task What_is_off_is_not_told(string option, string value, string absent)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set(option, value));
        RawAnswer answer = await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACaps", Cancel);
        Assert.DoesNotContain(absent, answer.Text.Split('\n'));
        Assert.Contains("SHA-512", answer.Text.Split('\n'));
    }

    [TestMethod]
    public async Task A_legacy_alias_does_not_advertise_what_it_tolerates()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set("Legacy", true));
        string[] caps = (await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACaps", Cancel)).Text.Split('\n');
        Assert.DoesNotContain("DES", caps, "C-07");
        Assert.DoesNotContain("MD5", caps, "C-07");
    }

    [TestMethod]
    public async Task Identifiers_choose_an_alias_and_strict_ones_must_be_known()
    {
        TestCa other = TestCa.Root("Other CA");
        KeyStore otherRa = TestWorld.NewRa(other, "ra-other");
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.AddAlias("phones", otherRa, "Other CA");
            settings.Configuration[TestSettings.Alias("Identifiers:0", "phones")] = "Trustpoint-7";
            settings.Configuration[TestSettings.Alias("StrictIdentifiers", "phones")] = "true";
        });
        async Task<int> StatusAsync(string target) => (await RawHttp.GetAsync(world.Port, target, Cancel)).Status;
        async Task<byte[]> BodyAsync(string target) => (await RawHttp.GetAsync(world.Port, target, Cancel)).Body;

        AssertCertificates([world.RaCertificate, world.Ca.Certificate], await BodyAsync("/scep?operation=GetCACert&message=whatever"), "U-04 a hint only");
        AssertCertificates([otherRa.Certificate, other.Certificate], await BodyAsync("/scep?operation=GetCACert&message=trustpoint-7"), "U-04 a name it has");
        AssertCertificates([otherRa.Certificate, other.Certificate], await BodyAsync("/scep?operation=GetCACert&message=Other%20CA"), "U-04 the CA's name");
        AssertCertificates([otherRa.Certificate, other.Certificate], await BodyAsync("/scep/phones?operation=GetCACert"), "U-03 the path");
        AssertCertificates([world.RaCertificate, world.Ca.Certificate], await BodyAsync("/scep/routers?operation=GetCACert&message=phones"), "U-04 the path wins");
        Assert.AreEqual(404, await StatusAsync("/scep/phones?operation=GetCACert&message=whatever"), "U-04 strict");
        Assert.AreEqual(200, await StatusAsync("/scep/phones?operation=GetCACert&message="), "U-04 strict knows no name");
    }

    private static KeyStore SelfMade(TestCa ca)
    {
        // A CA certificate that may do everything, as a test set-up has it.
        Certificate self = TestCa.SelfSigned("CN=All in one,O=Test", ca.Key);
        return new(ca.Key, self, []);
    }

    private static void AssertCertificates(Certificate[] expected, byte[] certsOnly, string why)
    {
        IReadOnlyList<Certificate> actual = CertsOnly.Decode(certsOnly).OrThrow().Certificates;
        CollectionAssert.AreEqual(
            expected.Select(certificate => certificate.Subject.ToString()).ToList(), actual.Select(certificate => certificate.Subject.ToString()).ToList(), why);
    }
}
