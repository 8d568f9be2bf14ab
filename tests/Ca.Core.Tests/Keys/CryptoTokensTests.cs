using Ca.Core.Audit;
using Ca.Core.Keys;
using Pki.Protocols.Trust;
using TestKit;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.Keys;

/// <summary>CA_CORE §3.</summary>
[TestClass]
public sealed class CryptoTokensTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_key_survives_its_process_and_needs_the_PIN_to_come_back()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        using Secret pin = Secret.FromText("1234 öäü");
        using Secret wrong = Secret.FromText("1234");
        (await ca.Get<CryptoTokens>().CreateAsync(ca.Admin, "t", pin, Cancel)).OrThrow();
        TokenKey rsa = (await ca.Get<CryptoTokens>().GenerateKeyAsync(ca.Admin, "t", "rsa key", "RSA2048", Cancel)).OrThrow();
        TokenKey ec = (await ca.Get<CryptoTokens>().GenerateKeyAsync(ca.Admin, "t", "ec key", "P-384", Cancel)).OrThrow();

        await using TestCa other = await ca.AnotherLedgerAsync();
        CryptoTokens tokens = other.Get<CryptoTokens>();
        await Assert.ThrowsExactlyAsync<TokenOfflineException>(() => tokens.ListKeysAsync("t", Cancel));
        Refused(RefusalCode.NotAuthorized, "PIN", await tokens.ActivateAsync(ca.Admin, "t", wrong, Cancel));
        (await tokens.ActivateAsync(ca.Admin, "t", pin, Cancel)).OrThrow();

        TokenKey[] keys = (await tokens.ListKeysAsync("t", Cancel)).OrThrow();
        CollectionAssert.AreEqual(new[] { "ec key", "rsa key" }, keys.Select(k => k.Alias).ToArray());
        Assert.IsTrue(keys[0].PublicKey.SameKeyAs(ec.PublicKey));
        Assert.IsTrue(keys[1].PublicKey.SameKeyAs(rsa.PublicKey));
        (await tokens.TestKeyAsync("t", "ec key", Cancel)).OrThrow();
        (await tokens.TestKeyAsync("t", "rsa key", Cancel)).OrThrow();
        Assert.HasCount(1, await ca.Get<AuditLog>().ListAsync(new() { Event = AuditEvents.CryptoTokenActivation }, Cancel) is var all ? all.Where(a => a.Entry.Status == AuditStatus.Failure) : []);
    }

    [TestMethod]
    public async Task A_key_made_by_one_process_is_found_by_another_that_holds_the_token()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa other = await ca.AnotherProcessAsync(Cancel);
        (await ca.Get<CryptoTokens>().GenerateKeyAsync(ca.Admin, "keys", "new", "P-256", Cancel)).OrThrow();

        (await other.Get<CryptoTokens>().TestKeyAsync("keys", "new", Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task A_token_with_a_PIN_file_is_active_whenever_it_is_needed()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using var folder = new ScratchDirectory();
        string file = Path.Combine(folder.Path, "pin");
        await File.WriteAllTextAsync(file, TestCa.Pin + "\n", Cancel);
        await using TestCa other = await ca.WithPinFileAsync(file);

        (await other.Get<CryptoTokens>().DeactivateAsync(ca.Admin, "keys", Cancel)).OrThrow();
        (await other.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task What_a_CA_uses_cannot_be_removed_and_names_cannot_be_taken_twice()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CryptoTokens tokens = ca.Get<CryptoTokens>();
        using Secret pin = Secret.FromText("x");
        Refused(RefusalCode.Conflict, "uses", await tokens.DeleteAsync(ca.Admin, "keys", Cancel));
        Refused(RefusalCode.Conflict, "uses", await tokens.RemoveKeyAsync(ca.Admin, "keys", "root", Cancel));
        Refused(RefusalCode.Conflict, "already", await tokens.CreateAsync(ca.Admin, "keys", pin, Cancel));
        Refused(RefusalCode.Conflict, "already", await tokens.GenerateKeyAsync(ca.Admin, "keys", "root", "P-256", Cancel));
        Refused(RefusalCode.NotFound, "no key", await tokens.RemoveKeyAsync(ca.Admin, "keys", "none", Cancel));
        Refused(RefusalCode.NotFound, "no crypto token", await tokens.TestKeyAsync("none", "x", Cancel));

        (await tokens.GenerateKeyAsync(ca.Admin, "keys", "spare", "P-256", Cancel)).OrThrow();
        (await tokens.RemoveKeyAsync(ca.Admin, "keys", "spare", Cancel)).OrThrow();
        Refused(RefusalCode.NotFound, "no key", await tokens.TestKeyAsync("keys", "spare", Cancel));
    }

    [TestMethod, NeedsTool("openssl")]
    public async Task The_stored_token_is_a_PKCS12_that_other_tools_open()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using var openssl = new OpenSsl();
        string path = openssl.Write("token.p12", "");
        await File.WriteAllBytesAsync(path, Convert.FromHexString(await ca.ExecuteAsync("select encode(data, 'hex') from crypto_token", Cancel)), Cancel);

        string output = await openssl.RunAsync(Cancel, "pkcs12", "-in", path, "-nodes", "-passin", "pass:" + TestCa.Pin);

        Assert.Contains("friendlyName: root", output);
        Assert.Contains("BEGIN PRIVATE KEY", output);
    }
}
