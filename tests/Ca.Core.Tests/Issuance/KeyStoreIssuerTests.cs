using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.Issuance;

/// <summary>Key and certificate in one call, for the servers of this installation.</summary>
[TestClass]
public sealed class KeyStoreIssuerTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("P-256")]
    [DataRow("RSA2048")]
    public async Task The_key_fits_its_certificate_and_the_certificate_is_stored(string keySpec)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        KeyStore made = (await ca.Get<KeyStoreIssuer>().IssueAsync(Order(ca) with { KeySpec = keySpec, SubjectAltName = "dNSName=ra.example", CertificateProfile = "SERVER" }, Cancel)).OrThrow();

        Assert.IsTrue(made.Certificate.PublicKey.SameKeyAs(made.Key.Public));
        Assert.AreEqual("dNSName=ra.example", made.Certificate.SubjectAltName!.ToString());
        Assert.HasCount(1, made.Chain);
        Assert.IsNotNull(await ca.Get<CertificateStore>().FindAsync(TestCa.RootName, made.Certificate.Serial.ToString(), Cancel));
    }

    [TestMethod]
    public async Task A_refusal_makes_neither_user_nor_certificate()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Refused(RefusalCode.UnsupportedAlgorithm, "RSA12", await ca.Get<KeyStoreIssuer>().IssueAsync(Order(ca) with { KeySpec = "RSA12" }, Cancel));
        Refused(RefusalCode.NotFound, "caName", await ca.Get<KeyStoreIssuer>().IssueAsync(Order(ca) with { CaName = "nowhere", KeySpec = "P-256" }, Cancel));
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from end_entity", Cancel));
    }

    private static KeyStoreRequest Order(TestCa ca) => new() { Actor = ca.Admin, Username = "ra", SubjectDn = "CN=ra,O=Test", CaName = TestCa.RootName };
}
