using Ca.Core.EndEntities;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>PKCS12Request: what it does and each line of SEMANTICS.md 4.2.</summary>
[TestClass]
public sealed class PKCS12Tests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task A_key_and_its_certificate_come_back_under_the_password_of_the_request(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.KeepKeysAsync(Cancel);
        var response = (PKCS12Response)await system.AskAsync(mode, KeyFiles.Pkcs12("jdoe"), Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        using KeyStore store = KeyFiles.Open(response.KeyStore);
        Assert.AreEqual("CN=jdoe,O=Test", store.Certificate.Subject.ToString());
        Assert.IsTrue(store.Certificate.PublicKey.SameKeyAs(store.Key.Public));
        Assert.IsTrue(store.Certificate.IsSignedBy(store.Chain.Single().PublicKey));
        EndEntityView user = (await system.Get<EndEntityStore>().FindAsync("jdoe", Cancel))!;
        Assert.AreEqual(EndEntityStatus.Generated, user.Status);
        Assert.IsFalse(user.HasSecret, "nobody can enrol as this user by a password (FLAWS E2)");
        Assert.AreEqual("0", await system.CountAsync("select (select count(*) from key_escrow) + (select count(*) from issuance_plan)", Cancel));
        await system.AssertNowhereAsync(store.Key, Cancel);
    }

    [TestMethod]
    public async Task An_encrypted_request_without_a_signature_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Assert.AreEqual(RefusalCode.DecryptionFailed, (await system.AskAsync(LinkMode.Encrypted, KeyFiles.Pkcs12("jdoe"), Cancel)).Reason);
    }

    [TestMethod, NeedsTool("openssl")]
    [DataRow(1, "2048", "RSA", DisplayName = "RSA")]
    [DataRow(2, "prime256v1", "P-256", DisplayName = "a curve by its X9.62 name")]
    [DataRow(2, "secp384r1", "P-384", DisplayName = "a curve by its SEC name")]
    public async Task OpenSSL_reads_every_kind_of_key(int keyAlg, string keySpec, string kind)
    {
        await using TestSystem system = await StartAsync();
        var response = (PKCS12Response)await system.AskAsync(KeyFiles.Pkcs12("jdoe") with { KeyAlg = keyAlg, KeySpec = keySpec }, Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        string text = await system.OpenSslAsync(response.KeyStore!, Cancel, "pkcs12", "-noenc", "-passin", "env:PASSWORD");
        Assert.Contains("friendlyName: jdoe", text);
        Assert.Contains("BEGIN PRIVATE KEY", text);
        Assert.HasCount(3, text.Split("BEGIN CERTIFICATE"), "certificate and CA");
        using KeyStore store = KeyFiles.Open(response.KeyStore);
        Assert.Contains(kind, store.Key.Public.Description);
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E7_E8_What_cannot_be_delivered_is_refused_before_anything_is_made(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        string before = await system.StateAsync(Cancel);
        PKCS12Request good = KeyFiles.Pkcs12("jdoe");
        foreach ((RefusalCode code, PKCS12Request request) in new[]
        {
            (RefusalCode.PolicyViolation, good with { Password = Secret.FromText("") }),
            (RefusalCode.PolicyViolation, good with { Password = Secret.FromText("foo123") }),
            (RefusalCode.UnsupportedAlgorithm, good with { KeyAlg = 3 }),
            (RefusalCode.UnsupportedAlgorithm, good with { KeyAlg = 1, KeySpec = "abc" }),
            (RefusalCode.UnsupportedAlgorithm, good with { KeyAlg = 1, KeySpec = "1024" }),
            (RefusalCode.UnsupportedAlgorithm, good with { KeyAlg = 1, KeySpec = "secp256r1" }),
            (RefusalCode.UnsupportedAlgorithm, good with { KeyAlg = 2, KeySpec = "2048" }),
            (RefusalCode.UnsupportedAlgorithm, good with { KeyAlg = 2, KeySpec = "prime192v1" }),
            (RefusalCode.UnsupportedAlgorithm, good with { KeyAlg = 2, KeySpec = "" }),
            (RefusalCode.NotFound, good with { CaName = "NoSuchCA" }),
            (RefusalCode.NotFound, good with { EndEntityProfileName = "NOBODY" }),
            (RefusalCode.NotFound, good with { CertificateProfileName = "NOTHING" }),
            (RefusalCode.NotAuthorized, good with { CaName = "ManagementCA" }),
            (RefusalCode.PolicyViolation, good with { SubjectDn = "O=no common name" }),
            (RefusalCode.PolicyViolation, good with { EndEntityProfileName = "EMPTY", StoreKeys = true }),
        })
        {
            await system.RefusedAsync<PKCS12Response>(code, request, Cancel);
        }

        Assert.AreEqual(before, await system.StateAsync(Cancel));
    }

    [TestMethod]
    public async Task Where_key_recovery_is_off_a_request_to_keep_the_key_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.KeepKeysAsync(Cancel);
        system.Configuration["Ca"]!["KeyRecovery"] = false;
        await system.StartWorkerAsync(Cancel);
        await system.RefusedAsync<PKCS12Response>(RefusalCode.PolicyViolation, KeyFiles.Pkcs12("jdoe") with { StoreKeys = true }, Cancel);
        Assert.IsTrue((await system.AskAsync(KeyFiles.Pkcs12("jdoe"), Cancel)).Success);
    }

    [TestMethod]
    public async Task Flaw_E4_An_existing_end_entity_becomes_what_the_request_says()
    {
        await using TestSystem system = await StartAsync();
        await system.AskAsync(EditUserTests.Edit("jdoe"), Cancel);
        var response = (PKCS12Response)await system.AskAsync(KeyFiles.Pkcs12("jdoe") with { SubjectDn = "CN=Jane,O=Test" }, Cancel);
        using KeyStore store = KeyFiles.Open(response.KeyStore);
        Assert.AreEqual("CN=Jane,O=Test", store.Certificate.Subject.ToString());
    }

    [TestMethod]
    public async Task Flaw_E5_A_revoked_end_entity_gets_no_key()
    {
        await using TestSystem system = await StartAsync();
        await system.AskAsync(KeyFiles.Pkcs12("jdoe"), Cancel);
        Assert.IsTrue((await system.AskAsync(new RevocationRequest { Username = "jdoe", RevokeUser = true }, Cancel)).Success);
        await system.RefusedAsync<PKCS12Response>(RefusalCode.Revoked, KeyFiles.Pkcs12("jdoe"), Cancel);
    }

    private async Task<TestSystem> StartAsync(LinkMode mode = LinkMode.Both)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        await system.KeepKeysAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        return system;
    }
}
