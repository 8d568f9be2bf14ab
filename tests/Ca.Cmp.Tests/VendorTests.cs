using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Base stations with a certificate of their vendor (TS 33.310 §9; EXTERNAL_RA X-52; CMP-A-10, A-11, CMP-G-1 to G-5).</summary>
[TestClass]
public sealed class VendorTests
{
    private static readonly KeyPair DeviceKey = KeyPair.Generate("P-256");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_registered_device_enrols_by_its_vendors_certificate_and_renews_by_ours()
    {
        await using CmpCa ca = await StartAsync();
        TestClient device = Device(ca, "4711", Vendors.Line);

        PkiMessage answer = await device.IrAsync("CN=whatever,O=Vendor", Cancel);

        Certificate issued = Answers.CertificateOf(answer);
        Assert.AreEqual("CN=station 4711,O=Operator", issued.Subject.ToString(), "as registered, not as asked for");
        Assert.IsTrue(answer.ExtraCerts.Any(c => c.Read().OrThrow() is { IsSelfIssued: true } root && issued.IsSignedBy(root.PublicKey)), "CMP-G-4: the device has no operator root yet");
        Assert.IsEmpty(((PkiBody.CertificateResponses)answer.Body).Content.CaCertificates);
        Answers.IsConfirmation(await device.ConfirmAsync(issued, Cancel));
        TestClient renewing = TestClient.WithCertificate(ca, device.NewKey, issued);
        Answers.CertificateOf(await renewing.SendAsync(TestClient.Body(renewing.Request(issued.Subject.ToString()), PkiBodyKind.KeyUpdateRequest), Cancel));
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await Device(ca, "4711", Vendors.Line).IrAsync("CN=whatever,O=Vendor", Cancel));
    }

    [TestMethod]
    public async Task A_device_that_nobody_registered_gets_nothing()
    {
        await using CmpCa ca = await StartAsync();

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await Device(ca, "4712", Vendors.Line).IrAsync("SERIALNUMBER=4711,CN=whatever", Cancel));
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CMP_PEERS V4: others' certificates, and those that run out, are revoked or issued by somebody who may not.</summary>
    [TestMethod]
    public async Task V4_Certificates_that_prove_nothing()
    {
        await using CmpCa ca = await StartAsync();

        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await Device(ca, "4711", Vendors.Stranger).IrAsync("CN=x", Cancel));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await Device(ca, "4711", Vendors.NoCa).IrAsync("CN=x", Cancel));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await Device(ca, "4711", Vendors.Line, withChain: false).IrAsync("CN=x", Cancel));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await Device(ca, "4711", Vendors.Line, validUntil: ca.Clock.GetUtcNow().AddDays(-1)).IrAsync("CN=x", Cancel));
        (await ca.Get<Crls>().ImportAsync(ca.Admin, "Vendor", Vendors.CrlOf(Vendors.Line.Certificate), Cancel)).OrThrow();
        Answers.IsError(PkiFailureInfo.CertRevoked, await Device(ca, "4711", Vendors.Line).IrAsync("CN=x", Cancel));
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task A_vendors_certificate_revokes_and_updates_nothing()
    {
        await using CmpCa ca = await StartAsync();
        TestClient device = Device(ca, "4711", Vendors.Line);
        Certificate issued = Answers.CertificateOf(await device.IrAsync("CN=x", Cancel, TestClient.Implicitly));
        TestClient again = Device(ca, "4711", Vendors.Line);

        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.NotAuthorized, await again.SendAsync(RevocationTests.Revocation(issued), Cancel));
        again = Device(ca, "4711", Vendors.Line);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadCertId, await again.SendAsync(TestClient.Body(again.Request("CN=station 4711,O=Operator"), PkiBodyKind.KeyUpdateRequest), Cancel));
    }

    private static TestClient Device(CmpCa ca, string serial, Vendors.Issuer issuer, bool withChain = true, DateTimeOffset? validUntil = null) =>
        TestClient.WithCertificate(ca, DeviceKey, Vendors.Issue($"SERIALNUMBER={serial},O=Vendor", DeviceKey.Public, issuer, isCa: false, validUntil), withChain ? [issuer.Certificate] : []);

    private async Task<CmpCa> StartAsync()
    {
        CmpCa ca = await CmpCa.StartAsync(Cancel);
        (await ca.Get<CertificateAuthorities>().ImportAsync(ca.Admin, "Vendor", [Vendors.Root.Certificate], Cancel)).OrThrow();
        await ca.ChangeAsync(
            alias => alias with
            {
                Mode = CmpMode.Client,
                Authentication = [new(CmpModule.EndEntityCertificate)],
                VendorCas = ["Vendor"],
                UsernameAttribute = "SN",
                NameGeneration = new(Postfix: "_IPSEC"),
                IncludeRootInExtraCerts = true,
            },
            Cancel);
        var data = new EndEntityData { Username = "4711_IPSEC", SubjectDn = "CN=station 4711,O=Operator", CaName = CmpCa.CaName, EndEntityProfile = "EMPTY", CertificateProfile = "ENDUSER" };
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, data, Cancel)).OrThrow();
        return ca;
    }
}
