using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Requests;

/// <summary>RevocationRequest: what it does and each line of SEMANTICS.md 4.7.</summary>
[TestClass]
public sealed class RevocationTests
{
    private const string Issuer = "CN=IssuingCA,O=Test";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task A_certificate_is_revoked_by_issuer_and_serial_number(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        string serial = await IssueAsync(system, "router");
        Response response = await system.AskAsync(mode, Revoke(serial, 4), Cancel);

        Assert.IsInstanceOfType<ExtRAResponse>(response);
        Assert.IsTrue(response.Success, response.FailInfo);
        CertificateView view = await FindAsync(system, serial);
        Assert.AreEqual(CertificateStatus.Revoked, view.Status);
        Assert.AreEqual(RevocationReason.Superseded, view.Reason);
    }

    [TestMethod]
    public async Task An_encrypted_request_without_a_signature_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Assert.AreEqual(RefusalCode.DecryptionFailed, (await system.AskAsync(LinkMode.Encrypted, Revoke("1", 0), Cancel)).Reason);
    }

    [TestMethod]
    [DataRow(8)]
    [DataRow(-1)]
    public async Task A_hold_is_lifted_and_nothing_else_is(int release)
    {
        await using TestSystem system = await StartAsync();
        string serial = await IssueAsync(system, "router");
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Conflict, Revoke(serial, release), Cancel);
        Assert.IsTrue((await system.AskAsync(Revoke(serial, 6), Cancel)).Success);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Conflict, Revoke(serial, 6), Cancel);
        Assert.IsTrue((await system.AskAsync(Revoke(serial, release), Cancel)).Success);
        Assert.AreEqual(CertificateStatus.Active, (await FindAsync(system, serial)).Status);
        Assert.IsTrue((await system.AskAsync(Revoke(serial, 1), Cancel)).Success);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Conflict, Revoke(serial, release), Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Conflict, Revoke(serial, 1), Cancel);
    }

    [TestMethod]
    [DataRow(true, EndEntityStatus.Revoked, DisplayName = "with the user")]
    [DataRow(false, EndEntityStatus.Generated, DisplayName = "the certificates alone: the user stays as it was")]
    public async Task All_certificates_of_a_user_are_revoked(bool user, EndEntityStatus after)
    {
        await using TestSystem system = await StartAsync();
        string[] serials = [await IssueAsync(system, "router"), await IssueAsync(system, "router")];
        var request = new RevocationRequest { Username = "router", IssuerDn = "", CertificateSn = "-1", RevokeAll = true, RevokeUser = user };
        Assert.IsTrue((await system.AskAsync(request, Cancel)).Success);

        foreach (string serial in serials)
        {
            Assert.AreEqual(CertificateStatus.Revoked, (await FindAsync(system, serial)).Status);
        }

        Assert.AreEqual(after, (await system.Get<EndEntityStore>().FindAsync("router", Cancel))!.Status);
        Assert.AreEqual(user ? RefusalCode.Conflict : null, (await system.AskAsync(request, Cancel)).Reason, "a revoked user is not revoked again");
    }

    [TestMethod]
    public async Task The_owner_of_a_certificate_is_found_and_revoked_with_all_it_has()
    {
        await using TestSystem system = await StartAsync();
        string[] serials = [await IssueAsync(system, "router"), await IssueAsync(system, "router")];
        Assert.IsTrue((await system.AskAsync(Revoke(serials[0], 5) with { RevokeUser = true }, Cancel)).Success);
        Assert.AreEqual(CertificateStatus.Revoked, (await FindAsync(system, serials[1])).Status);
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E13_A_certificate_and_a_user_named_together_must_belong_together(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        string mine = await IssueAsync(system, "mine");
        string theirs = await IssueAsync(system, "theirs");
        foreach (RevocationRequest request in (RevocationRequest[])[Revoke(theirs, 1), Revoke(theirs, 1) with { RevokeAll = true }, Revoke(theirs, 1) with { RevokeUser = true }])
        {
            await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotFound, request with { Username = "mine" }, Cancel);
        }

        Assert.AreEqual(CertificateStatus.Active, (await FindAsync(system, theirs)).Status);
        Assert.IsTrue((await system.AskAsync(Revoke(mine, 1) with { Username = "mine" }, Cancel)).Success);
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task What_cannot_be_revoked_is_refused_and_nothing_is_changed(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        string serial = await IssueAsync(system, "router");
        string before = await system.StateAsync(Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Malformed, new RevocationRequest(), Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Malformed, new RevocationRequest { Username = "router" }, Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotFound, Revoke("4711", 1), Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotFound, Revoke("no number", 1), Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotFound, Revoke(serial, 1) with { IssuerDn = "CN=Nobody" }, Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotFound, Revoke(serial, 1) with { IssuerDn = "no name" }, Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotFound, new RevocationRequest { Username = "nobody", RevokeUser = true }, Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.PolicyViolation, Revoke(serial, 7), Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.PolicyViolation, new RevocationRequest { Username = "router", RevokeUser = true, RevocationReason = 8 }, Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotAuthorized, Revoke(system.Ra.Certificate.Serial.ToString(), 1) with { IssuerDn = "CN=ManagementCA,O=Test" }, Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotAuthorized, new RevocationRequest { Username = "ra1", RevokeUser = true }, Cancel);
        Assert.AreEqual(before, await system.StateAsync(Cancel));
    }

    [TestMethod]
    public async Task One_certificate_beyond_the_RAs_rights_and_none_of_the_users_is_revoked()
    {
        await using TestSystem system = await StartAsync();
        string serial = await IssueAsync(system, "router");
        await TestKit.TestDatabases.RunPostgreSqlAsync(system.CaDatabase, "update certificate set username = 'router' where username = 'ra1'", Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotAuthorized, new RevocationRequest { Username = "router", RevokeUser = true }, Cancel);
        Assert.AreEqual(CertificateStatus.Active, (await FindAsync(system, serial)).Status);
    }

    [TestMethod]
    public async Task A_CA_that_lists_revocations_at_once_gets_its_CRL_from_the_job()
    {
        await using TestSystem system = await StartAsync();
        await IssueAsync(system, "router");
        var admin = Actor.Internal("test");
        Ca.Core.Authorities.CertificateAuthorities cas = system.Get<Ca.Core.Authorities.CertificateAuthorities>();
        (await cas.SetSettingsAsync(admin, "IssuingCA", new() { GenerateCrlUponRevocation = true }, Cancel)).OrThrow();
        Crls crls = system.Get<Crls>();
        Assert.IsEmpty(await crls.CreateDueAsync(admin, Cancel));
        Assert.IsTrue((await system.AskAsync(new RevocationRequest { Username = "router", RevokeUser = true, RevocationReason = 1 }, Cancel)).Success);
        Assert.AreEqual("IssuingCA", (await crls.CreateDueAsync(admin, Cancel)).Single().CaName);
    }

    private static RevocationRequest Revoke(string serial, int reason) =>
        new() { RequestId = 7, IssuerDn = Issuer, CertificateSn = serial, RevocationReason = reason };

    private async Task<string> IssueAsync(TestSystem system, string name)
    {
        var issuer = system.Get<Ca.Core.Issuance.KeyStoreIssuer>();
        using KeyStore store = (await issuer.IssueAsync(new()
        {
            Actor = Actor.Internal("test"),
            Username = name,
            SubjectDn = $"CN={name},O=Test",
            CaName = "IssuingCA",
            CertificateProfile = "ENDUSER",
            KeySpec = "P-256",
        }, Cancel)).OrThrow();
        return store.Certificate.Serial.ToString();
    }

    private async Task<CertificateView> FindAsync(TestSystem system, string serial) =>
        (await system.Get<CertificateStore>().FindAsync("IssuingCA", serial, Cancel))!;

    private async Task<TestSystem> StartAsync(LinkMode mode = LinkMode.Both)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        await system.StartWorkerAsync(Cancel);
        return system;
    }
}
