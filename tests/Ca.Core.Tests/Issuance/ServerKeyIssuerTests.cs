using Ca.Core.Authorities;
using Ca.Core.Issuance;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Recovery;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.Issuance;

/// <summary>Keys made at the CA: what a crash leaves, and what is refused before a key is made (decision 0010).</summary>
[TestClass]
public sealed class ServerKeyIssuerTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Flaw_E14_After_a_crash_the_repeat_brings_the_same_key_and_the_same_certificate()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel, options => options.KeyRecovery = true);
        IssuanceRequest request = Request(ca, "crash");
        using KeyStore lost = (await IssueAsync(ca, request, commit: false)).OrThrow();
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from certificate where username = 'device'", Cancel));

        await using TestCa survivor = await ca.AnotherProcessAsync(Cancel, options => options.KeyRecovery = true);
        using KeyStore found = (await IssueAsync(survivor, request, commit: true)).OrThrow();

        Assert.IsTrue(found.Key.Public.SameKeyAs(lost.Key.Public));
        Assert.AreEqual(lost.Certificate.Serial, found.Certificate.Serial);
        Assert.AreEqual("1,0", await ca.ExecuteAsync(
            "select (select count(*) from certificate where username = 'device') || ',' || (select count(*) from issuance_plan)", Cancel));
    }

    [TestMethod]
    public async Task The_key_that_opens_kept_keys_is_not_removed_and_after_a_change_of_alias_old_keys_still_open()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel, options => options.KeyRecovery = true);
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "KEYS", FixedProfiles.Empty with { KeyRecoverable = true }, Cancel)).OrThrow();
        using KeyStore old = (await IssueAsync(ca, Kept(ca, "old"), commit: true)).OrThrow();
        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(ca.Admin, TestCa.RootName, new() { KeyEncryptionAlias = "second" }, Cancel)).OrThrow();
        using KeyStore young = (await IssueAsync(ca, Kept(ca, "young"), commit: true)).OrThrow();

        Refused(RefusalCode.Conflict, "kept keys", await ca.Get<CryptoTokens>().RemoveKeyAsync(ca.Admin, "keys", "keyEncryptKey", Cancel));
        foreach (KeyStore store in new[] { old, young })
        {
            RecoveryOrder order = new() { Actor = ca.Admin, Username = "device", IssuerDn = "CN=Root,O=Test,C=SE", Serial = store.Certificate.Serial.ToString() };
            using KeyStore found = (await ca.Get<KeyEscrow>().RecoverAsync(order, new(), Cancel)).OrThrow();
            Assert.IsTrue(found.Key.Public.SameKeyAs(store.Key.Public));
        }
    }

    [TestMethod]
    public async Task Two_workers_with_the_same_request_make_one_certificate()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa other = await ca.AnotherProcessAsync(Cancel);
        IssuanceRequest request = Request(ca, "twice");
        Outcome<KeyStore>[] outcomes = await Task.WhenAll(PatientlyAsync(ca, request), PatientlyAsync(other, request));

        Assert.AreEqual(1, outcomes.Count(outcome => outcome.Succeeded(out _, out _)), "the other one is told that it is answered");
        Assert.AreEqual("1", await ca.ExecuteAsync("select count(*) from certificate where username = 'device'", Cancel));
    }

    [TestMethod]
    public async Task A_refused_request_leaves_neither_plan_nor_key()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Refused(RefusalCode.PolicyViolation, "not enabled", await IssueAsync(ca, Request(ca, "kept") with { KeyRecoverable = true }, commit: true));
        Refused(RefusalCode.WeakKey, "not allowed", await IssueAsync(ca, Request(ca, "large"), commit: true, "RSA7168"));
        Refused(RefusalCode.PolicyViolation, "subject", await IssueAsync(ca, Request(ca, "nameless") with { SubjectDn = "O=Test" }, commit: true));
        Assert.AreEqual("0", await ca.ExecuteAsync("select (select count(*) from issuance_plan) + (select count(*) from key_escrow)", Cancel));
    }

    private static IssuanceRequest Kept(TestCa ca, string key) => Request(ca, key) with { EndEntityProfile = "KEYS", KeyRecoverable = true };

    private static IssuanceRequest Request(TestCa ca, string key) =>
        ca.Request("device", TestCa.Csr("CN=device"), key) with { Request = RequestedKey.MadeHere, EndEntityProfile = FixedProfiles.Empty.Name };

    private async Task<Outcome<KeyStore>> IssueAsync(TestCa ca, IssuanceRequest request, bool commit, string keySpec = "P-256")
    {
        var work = new CaWork();
        Outcome<KeyStore> outcome = await ca.Get<ServerKeyIssuer>().IssueAsync(request, keySpec, work, Cancel);
        if (commit)
        {
            work.Record(new(request.PlanKey, [1], ca.Clock.GetUtcNow()));
            await ca.Ledger.CommitAsync(work, Cancel);
        }

        return outcome;
    }

    /// <summary>As a worker does: again while it is busy, and never once it is answered.</summary>
    private async Task<Outcome<KeyStore>> PatientlyAsync(TestCa ca, IssuanceRequest request)
    {
        while (true)
        {
            try
            {
                return await IssueAsync(ca, request, commit: true);
            }
            catch (AlreadyAnsweredException)
            {
                return new Refusal(RefusalCode.Conflict, "answered");
            }
            catch (Exception e) when (e is BusyException or ConcurrentChangeException)
            {
                await Task.Yield();
            }
        }
    }
}
