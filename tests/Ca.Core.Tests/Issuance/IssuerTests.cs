using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Issuance;

/// <summary>CA_CORE §8: decide, plan, sign.</summary>
[TestClass]
public sealed class IssuerTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_request_becomes_a_certificate_signed_by_the_CA_and_everything_is_stored_with_it()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        IssuanceRequest request = ca.Request("device");

        Issued issued = (await ca.IssueAsync(request, Cancel)).OrThrow();

        Certificate root = issued.Chain[0];
        Assert.IsTrue(issued.Certificate.IsSignedBy(root.PublicKey));
        Assert.IsTrue(issued.Certificate.Issuer.EncodedEquals(root.Subject));
        Assert.IsTrue(issued.Certificate.PublicKey.SameKeyAs(request.Request.PublicKey));
        Assert.AreEqual("CN=device,O=Test", issued.Certificate.Subject.ToString());

        CertificateView stored = (await ca.Get<CertificateStore>().FindAsync(TestCa.RootName, issued.Certificate.Serial.ToString(), Cancel))!;
        CollectionAssert.AreEqual(issued.Certificate.Encoded.ToArray(), stored.Encoded);
        EndEntityView user = (await ca.Get<EndEntityStore>().FindAsync("device", Cancel))!;
        Assert.AreEqual(EndEntityStatus.Generated, user.Status);
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from issuance_plan", Cancel));
        IReadOnlyList<AuditView> audit = await ca.Get<AuditLog>().ListAsync(new() { SearchDetail2 = "device" }, Cancel);
        CollectionAssert.AreEqual(
            new[] { AuditEvents.CertCreation, AuditEvents.RaAddEndEntity, AuditEvents.CertRequest },
            audit.Select(a => a.Entry.Event).ToArray());
    }
}
