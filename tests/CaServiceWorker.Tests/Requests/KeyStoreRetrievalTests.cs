using System.Text;
using Ca.Core.EndEntities;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>KeyStoreRetrievalRequest: what it does and each line of SEMANTICS.md 4.4.</summary>
[TestClass]
public sealed class KeyStoreRetrievalTests
{
    private const int P12 = 2;
    private const int Jks = 3;
    private const int Pem = 4;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task A_registered_end_entity_gets_its_key_store_and_once_only(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await CertificateRequestTests.RegisterAsync(system, "jdoe", P12);
        var response = (KeyStoreRetrievalResponse)await system.AskAsync(mode, Retrieve("jdoe"), Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        Assert.AreEqual(P12, response.KeyStoreType);
        using KeyStore store = KeyFiles.Open(response.KeyStore);
        Assert.AreEqual("CN=jdoe,O=Test", store.Certificate.Subject.ToString());
        Assert.AreEqual(2048, store.Key.Public.KeySizeBits);
        var second = await system.ClientOf(mode).SendAsync([Retrieve("jdoe")], Eventually.Patience, Cancel);
        Assert.AreEqual(RefusalCode.NotAuthorized, second.OrThrow().Responses.Single().Reason);
    }

    [TestMethod]
    public async Task An_encrypted_request_without_a_signature_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Assert.AreEqual(RefusalCode.DecryptionFailed, (await system.AskAsync(LinkMode.Encrypted, Retrieve("jdoe"), Cancel)).Reason);
    }

    [TestMethod, NeedsTool("openssl")]
    public async Task A_PEM_key_store_holds_an_encrypted_key_the_certificate_and_its_CA()
    {
        await using TestSystem system = await StartAsync();
        await CertificateRequestTests.RegisterAsync(system, "jdoe", Pem);
        var response = (KeyStoreRetrievalResponse)await system.AskAsync(Retrieve("jdoe"), Cancel);

        Assert.AreEqual(Pem, response.KeyStoreType);
        string text = Encoding.ASCII.GetString(response.KeyStore!);
        StringAssert.StartsWith(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----");
        Assert.HasCount(3, text.Split("-----BEGIN CERTIFICATE-----"));
        string key = await system.OpenSslAsync(response.KeyStore!, Cancel, "pkey", "-passin", "env:PASSWORD", "-pubout");
        Assert.AreEqual(key, await system.OpenSslAsync(response.KeyStore!, Cancel, "x509", "-noout", "-pubkey"), "the key fits the certificate");
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E8_What_cannot_be_delivered_is_refused_and_the_end_entity_stays_as_it_was(LinkMode mode)
    {
        await using TestSystem system = await StartAsync(mode);
        await CertificateRequestTests.RegisterAsync(system, "own", 1);
        await CertificateRequestTests.RegisterAsync(system, "java", Jks);
        await CertificateRequestTests.RegisterAsync(system, "jdoe", P12);
        string before = await system.StateAsync(Cancel);
        foreach ((RefusalCode code, KeyStoreRetrievalRequest request) in new[]
        {
            (RefusalCode.PolicyViolation, Retrieve("own")),
            (RefusalCode.UnsupportedAlgorithm, Retrieve("java")),
            (RefusalCode.NotAuthorized, Retrieve("java") with { Password = Secret.FromText("wrong") }),
            (RefusalCode.NotAuthorized, Retrieve("jdoe") with { Password = Secret.FromText("wrong") }),
            (RefusalCode.NotAuthorized, Retrieve("jdoe") with { Password = Secret.FromText("") }),
            (RefusalCode.NotAuthorized, Retrieve("nobody")),
            (RefusalCode.Malformed, Retrieve("no\0body")),
        })
        {
            await system.RefusedAsync<KeyStoreRetrievalResponse>(code, request, Cancel);
        }

        Assert.AreEqual(before, await system.StateAsync(Cancel));
    }

    [TestMethod]
    [DataRow(true, DisplayName = "with the certificate it had")]
    [DataRow(false, DisplayName = "with a new certificate")]
    public async Task Flaw_E1_A_marked_key_is_recovered_by_the_right_password_and_by_no_other(bool reuse)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.KeepKeysAsync(Cancel, reuse);
        await system.StartWorkerAsync(Cancel);
        using KeyStore first = KeyFiles.Open(((PKCS12Response)await system.AskAsync(KeyFiles.Pkcs12("jdoe") with { StoreKeys = true }, Cancel)).KeyStore);
        Assert.IsTrue((await system.AskAsync(Mark("jdoe"), Cancel)).Success);

        await system.RefusedAsync<KeyStoreRetrievalResponse>(RefusalCode.NotAuthorized, Retrieve("jdoe") with { Password = Secret.FromText("wrong") }, Cancel);
        var response = (KeyStoreRetrievalResponse)await system.AskAsync(Retrieve("jdoe"), Cancel);

        Assert.IsTrue(response.Success, response.FailInfo);
        using KeyStore again = KeyFiles.Open(response.KeyStore);
        Assert.IsTrue(again.Key.Public.SameKeyAs(first.Key.Public));
        Assert.AreEqual(reuse, again.Certificate.Serial.Equals(first.Certificate.Serial));
        Assert.AreEqual(EndEntityStatus.Generated, (await system.Get<EndEntityStore>().FindAsync("jdoe", Cancel))!.Status);
        Assert.AreEqual("0", await system.CountAsync("select count(*) from key_escrow where is_marked", Cancel));
        await system.RefusedAsync<KeyStoreRetrievalResponse>(RefusalCode.NotAuthorized, Retrieve("jdoe"), Cancel);
    }

    [TestMethod]
    public async Task Only_a_user_whose_key_is_kept_gets_the_status_for_recovery()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.KeepKeysAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        await system.AskAsync(KeyFiles.Pkcs12("jdoe"), Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.NotFound, Mark("jdoe"), Cancel);
        Assert.AreEqual(EndEntityStatus.Generated, (await system.Get<EndEntityStore>().FindAsync("jdoe", Cancel))!.Status);
    }

    private static KeyStoreRetrievalRequest Retrieve(string name) =>
        new() { RequestId = 14, Username = name, Password = Secret.FromText(KeyFiles.Password) };

    private static EditUserRequest Mark(string name) => EditUserTests.Edit(name) with
    {
        EndEntityProfileName = "KEYS",
        Password = Secret.FromText(KeyFiles.Password),
        Status = 70,
        TokenName = "P12",
    };

    private async Task<TestSystem> StartAsync(LinkMode mode = LinkMode.Both)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        await system.StartWorkerAsync(Cancel);
        return system;
    }
}
