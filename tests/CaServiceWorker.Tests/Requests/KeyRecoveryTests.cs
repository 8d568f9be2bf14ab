using Ca.Core.EndEntities;
using Ca.Core.Roles;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>KeyRecoveryRequest: what it does and each line of SEMANTICS.md 4.3.</summary>
[TestClass]
public sealed class KeyRecoveryTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task A_kept_key_comes_back_with_the_certificate_it_had(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.KeepKeysAsync(Cancel);
        var made = (PKCS12Response)await system.AskAsync(mode, Stored("jdoe"), Cancel);
        using KeyStore first = KeyFiles.Open(made.KeyStore);

        ExtRaAnswer answer = (await system.ClientOf(mode).SendAsync([Recover(first)], Eventually.Patience, Cancel)).OrThrow();
        var response = (PKCS12Response)answer.Responses.Single();

        Assert.IsTrue(response.Success, response.FailInfo);
        using KeyStore again = KeyFiles.Open(response.KeyStore);
        Assert.IsTrue(again.Key.Public.SameKeyAs(first.Key.Public));
        Assert.IsTrue(again.Certificate.Encoded.Span.SequenceEqual(first.Certificate.Encoded.Span));
        Assert.HasCount(1, again.Chain);
        Assert.AreEqual(EndEntityStatus.Generated, (await system.Get<EndEntityStore>().FindAsync("jdoe", Cancel))!.Status);
        Assert.AreEqual("1,1", await system.CountAsync(
            "select (select count(*) from audit_record where event = 'KEYRECOVERY_ADDDATA') || ',' || (select count(*) from audit_record where event = 'KEYRECOVERY_SENT')", Cancel));
        await system.AssertNowhereAsync(again.Key, Cancel);
    }

    [TestMethod]
    public async Task An_encrypted_request_without_a_signature_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        KeyRecoveryRequest request = new() { Username = "jdoe", Password = Secret.FromText("x"), IssuerDn = "CN=IssuingCA,O=Test", CertificateSn = "1" };
        Assert.AreEqual(RefusalCode.DecryptionFailed, (await system.AskAsync(LinkMode.Encrypted, request, Cancel)).Reason);
    }

    [TestMethod]
    public async Task A_new_certificate_for_the_old_key_can_be_had_and_is_kept_again()
    {
        await using TestSystem system = await StartAsync();
        using KeyStore first = await StoreAsync(system, "jdoe");
        var response = (PKCS12Response)await system.AskAsync(Renew(first), Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        using KeyStore second = KeyFiles.Open(response.KeyStore);
        Assert.IsTrue(second.Key.Public.SameKeyAs(first.Key.Public));
        Assert.AreNotEqual(first.Certificate.Serial, second.Certificate.Serial);
        Assert.AreEqual("CN=Jane,O=Test", second.Certificate.Subject.ToString());
        using KeyStore third = KeyFiles.Open(((PKCS12Response)await system.AskAsync(Recover(second) with { Username = "jdoe" }, Cancel)).KeyStore);
        Assert.IsTrue(third.Key.Public.SameKeyAs(first.Key.Public));
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E6_A_refused_recovery_changes_nothing(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        using KeyStore mine = await StoreAsync(system, "mine");
        using KeyStore theirs = await StoreAsync(system, "theirs");
        using KeyStore notKept = KeyFiles.Open(((PKCS12Response)await system.AskAsync(KeyFiles.Pkcs12("mine"), Cancel)).KeyStore);
        string before = await system.StateAsync(Cancel);
        KeyRecoveryRequest good = Recover(mine);
        foreach ((RefusalCode code, KeyRecoveryRequest request) in new[]
        {
            (RefusalCode.NotFound, Recover(theirs) with { Username = "mine" }),
            (RefusalCode.NotFound, Recover(notKept)),
            (RefusalCode.NotFound, good with { Username = "nobody" }),
            (RefusalCode.NotFound, good with { CertificateSn = "4711" }),
            (RefusalCode.NotFound, good with { IssuerDn = "CN=Nobody" }),
            (RefusalCode.NotAuthorized, good with { IssuerDn = "CN=ManagementCA,O=Test" }),
            (RefusalCode.PolicyViolation, good with { Password = Secret.FromText("") }),
            (RefusalCode.PolicyViolation, good with { Password = Secret.FromText("foo123") }),
            (RefusalCode.Malformed, good with { ReuseCertificate = false }),
            (RefusalCode.NotFound, Renew(mine) with { CaName = "NoSuchCA" }),
            (RefusalCode.PolicyViolation, Renew(mine) with { EndEntityProfileName = "EMPTY" }),
            (RefusalCode.PolicyViolation, Renew(mine) with { SubjectDn = "O=no common name" }),
        })
        {
            await system.RefusedAsync<ExtRAResponse>(code, request, Cancel);
        }

        Assert.AreEqual(before, await system.StateAsync(Cancel));
        Assert.AreEqual("0", await system.CountAsync("select count(*) from audit_record where event = 'KEYRECOVERY_SENT'", Cancel));
    }

    [TestMethod]
    public async Task Without_the_right_to_recover_no_key_leaves()
    {
        await using TestSystem system = await StartAsync();
        using KeyStore store = await StoreAsync(system, "jdoe");
        (await system.Get<RoleStore>().RemoveRuleAsync(Actor.Internal("test"), "RA", AccessResources.KeyRecovery, Cancel)).OrThrow();
        await system.StopWorkersAsync();
        await system.StartWorkerAsync(Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotAuthorized, Recover(store), Cancel);
    }

    [TestMethod]
    public async Task The_key_of_a_revoked_user_whose_certificate_is_revoked_stays_where_it_is()
    {
        await using TestSystem system = await StartAsync();
        using KeyStore store = await StoreAsync(system, "jdoe");
        Assert.IsTrue((await system.AskAsync(new RevocationRequest { Username = "jdoe", RevokeAll = true }, Cancel)).Success);
        Assert.IsTrue((await system.AskAsync(Recover(store), Cancel)).Success, "the user is not revoked and may want to read old mail");
        Assert.IsTrue((await system.AskAsync(new RevocationRequest { Username = "jdoe", RevokeUser = true }, Cancel)).Success);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Revoked, Recover(store), Cancel);
    }

    [TestMethod]
    public async Task Kept_keys_that_were_swapped_in_the_database_do_not_open()
    {
        await using TestSystem system = await StartAsync();
        using KeyStore mine = await StoreAsync(system, "mine");
        using KeyStore theirs = await StoreAsync(system, "theirs");
        await TestDatabases.RunPostgreSqlAsync(
            system.CaDatabase, "update key_escrow set sealed_key = (select sealed_key from key_escrow where username = 'theirs') where username = 'mine'", Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.InternalFailure, Recover(mine), Cancel);
    }

    private static PKCS12Request Stored(string name) => KeyFiles.Pkcs12(name) with { StoreKeys = true };

    private static KeyRecoveryRequest Recover(KeyStore store) => new()
    {
        RequestId = 13,
        Username = store.Certificate.Subject.ToString().Split(',')[0][3..],
        Password = Secret.FromText(KeyFiles.Password),
        IssuerDn = store.Certificate.Issuer.ToString(),
        CertificateSn = store.Certificate.Serial.ToString(),
        ReuseCertificate = true,
    };

    private static KeyRecoveryRequest Renew(KeyStore store) => Recover(store) with
    {
        ReuseCertificate = false,
        SubjectDn = "CN=Jane,O=Test",
        CaName = "IssuingCA",
        EndEntityProfileName = "KEYS",
        CertificateProfileName = "ENDUSER",
    };

    private async Task<KeyStore> StoreAsync(TestSystem system, string name) =>
        KeyFiles.Open(((PKCS12Response)await system.AskAsync(Stored(name), Cancel)).KeyStore);

    private async Task<TestSystem> StartAsync(LinkMode mode = LinkMode.Both)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        await system.KeepKeysAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        return system;
    }
}
