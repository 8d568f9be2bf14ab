using Ca.Core.EndEntities;
using Ca.Core.Roles;
using ExtRa.Messages.Contract;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Requests;

/// <summary>PKCS10Request: what it does and each line of SEMANTICS.md 4.1.</summary>
[TestClass]
public sealed class Pkcs10Tests
{
    private static readonly Actor Admin = Actor.Internal("test");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task A_certificate_and_its_chain_come_back_and_the_end_entity_is_done(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        KeyPair key = KeyPair.Generate("P-256");
        var response = (PKCS10Response)await system.AskAsync(TestSystem.Enrol("router", key), Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        Certificate issued = Der.Decode<Certificate>(response.Certificate).OrThrow();
        Assert.IsTrue(issued.PublicKey.SameKeyAs(key.Public));
        Assert.AreEqual("CN=router,O=Test", issued.Subject.ToString());
        Assert.HasCount(2, CertsOnly.Decode(response.Pkcs7).OrThrow().Certificates);
        EndEntityView user = (await system.Get<EndEntityStore>().FindAsync("router", Cancel))!;
        Assert.AreEqual(EndEntityStatus.Generated, user.Status);
        Assert.IsFalse(user.HasSecret);
    }

    [TestMethod]
    public async Task An_encrypted_request_without_a_signature_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Assert.AreEqual(RefusalCode.DecryptionFailed, (await system.AskAsync(LinkMode.Encrypted, TestSystem.Enrol("router"), Cancel)).Reason);
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E3_E6_What_cannot_be_issued_is_refused_and_changes_nothing(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        (await system.Get<EndEntityStore>().SetStatusAsync(Admin, await EnrolledAsync(system, "revoked"), EndEntityStatus.Revoked, Cancel)).OrThrow();
        string before = await system.StateAsync(Cancel);
        PKCS10Request good = TestSystem.Enrol("router");
        byte[] notItsKey = [.. good.Pkcs10];
        notItsKey[^3] ^= 1;
        foreach ((RefusalCode code, PKCS10Request request) in new[]
        {
            (RefusalCode.Malformed, good with { Pkcs10 = "badly encoded request"u8.ToArray() }),
            (RefusalCode.Malformed, good with { Pkcs10 = [0x30, 0x00] }),
            (RefusalCode.Malformed, good with { Pkcs10 = [.. good.Pkcs10, 0] }),
            (RefusalCode.BadSignature, good with { Pkcs10 = notItsKey }),
            (RefusalCode.NotFound, good with { CaName = "NoSuchCA" }),
            (RefusalCode.NotFound, good with { EndEntityProfileName = "NOBODY" }),
            (RefusalCode.NotFound, good with { CertificateProfileName = "NOTHING" }),
            (RefusalCode.NotAuthorized, good with { CaName = "ManagementCA" }),
            (RefusalCode.PolicyViolation, good with { SubjectDn = "O=no common name" }),
            (RefusalCode.PolicyViolation, good with { Username = "" }),
            (RefusalCode.PolicyViolation, good with { Username = new string('x', 251) }),
            (RefusalCode.NotAuthorized, good with { Username = "nobody", CreateOrEditUser = false }),
            (RefusalCode.Revoked, TestSystem.Enrol("revoked")),
        })
        {
            await system.RefusedAsync<PKCS10Response>(code, request, Cancel);
        }

        Assert.AreEqual(before, await system.StateAsync(Cancel));
    }

    private async Task<string> EnrolledAsync(TestSystem system, string name)
    {
        Assert.IsTrue((await system.AskAsync(TestSystem.Enrol(name), Cancel)).Success);
        return name;
    }

    private async Task<TestSystem> StartAsync(LinkMode mode)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        await system.StartWorkerAsync(Cancel);
        return system;
    }
}
