using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.EndEntities;

/// <summary>Enrolment codes that open again (CMP-M-2), and what spends them.</summary>
[TestClass]
public sealed class EnrolmentCodesTests
{
    private const string Code = "Only once 4711";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_code_opens_again_only_where_the_profile_keeps_it_so()
    {
        await using TestCa ca = await StartAsync();
        await RegisterAsync(ca, "hashed", "EMPTY");

        Assert.IsNull(await ca.Get<EnrolmentCodes>().FindAsync("hashed", Cancel));
        Assert.IsFalse((await ca.Get<EndEntityStore>().FindAsync("hashed", Cancel))!.SecretOpens);
        using Secret opened = await ca.Get<EnrolmentCodes>().OpenAsync((await ca.Get<EnrolmentCodes>().FindAsync("device", Cancel))!, Cancel);
        Assert.AreEqual(Code, opened.LendText(text => text));
        Assert.IsTrue((await ca.Get<EndEntityStore>().FindAsync("device", Cancel))!.SecretOpens);
    }

    /// <summary>Set by itself, too; the new one takes the place of the old in both forms.</summary>
    [TestMethod]
    public async Task A_new_secret_replaces_both_forms()
    {
        await using TestCa ca = await StartAsync();
        using Secret next = Secret.FromText("the next one 0815");

        (await ca.Get<EndEntityStore>().SetSecretAsync(ca.Admin, "device", next, Cancel)).OrThrow();

        using Secret opened = await ca.Get<EnrolmentCodes>().OpenAsync((await ca.Get<EnrolmentCodes>().FindAsync("device", Cancel))!, Cancel);
        Assert.IsTrue(opened.EqualsInConstantTime(next));
        (await ca.IssueAsync(ca.Request("device") with { CreateOrEditUser = false, Secret = next, SubjectDn = null, EndEntityProfile = null }, Cancel)).OrThrow();
        await IsForgottenAsync(ca);
    }

    [TestMethod]
    public async Task What_spends_or_ends_a_secret_ends_both_forms()
    {
        await using TestCa issued = await StartAsync();
        (await issued.IssueAsync(issued.Request("device") with { CreateOrEditUser = false, ProvenCode = await issued.Get<EnrolmentCodes>().FindAsync("device", Cancel), SubjectDn = null, EndEntityProfile = null }, Cancel)).OrThrow();
        await IsForgottenAsync(issued);

        await using TestCa edited = await StartAsync();
        (await edited.IssueAsync(edited.Request("device"), Cancel)).OrThrow(); // by an RA
        await IsForgottenAsync(edited);

        await using TestCa revoked = await StartAsync();
        var work = new CaWork();
        (await revoked.Get<Revoker>().RevokeUserAsync(revoked.Admin, "device", RevocationReason.Superseded, work, Cancel)).OrThrow();
        await revoked.Ledger.CommitAsync(work, Cancel);
        await IsForgottenAsync(revoked);
    }

    /// <summary>A MAC may have been verified with what is no longer the code, or with somebody else's.</summary>
    [TestMethod]
    public async Task A_code_that_is_not_the_one_there_is_proves_nothing()
    {
        await using TestCa ca = await StartAsync();
        await RegisterAsync(ca, "other", "Reversible");
        EnrolmentCodes codes = ca.Get<EnrolmentCodes>();
        SealedCode earlier = (await codes.FindAsync("device", Cancel))!;
        await RegisterAsync(ca, "device", "Reversible");

        foreach (SealedCode wrong in (SealedCode[])[earlier, (await codes.FindAsync("other", Cancel))!, new("device", [])])
        {
            Refused(RefusalCode.NotAuthorized, "secret", await ca.IssueAsync(ca.Request("device") with { CreateOrEditUser = false, ProvenCode = wrong, SubjectDn = null, EndEntityProfile = null }, Cancel));
        }

        (await ca.IssueAsync(ca.Request("device") with { CreateOrEditUser = false, ProvenCode = await codes.FindAsync("device", Cancel), SubjectDn = null, EndEntityProfile = null }, Cancel)).OrThrow();
    }

    /// <summary>CA_CORE §7.3: however many guess at a time, no more are compared than are left.</summary>
    [TestMethod]
    public async Task Parallel_guesses_get_no_more_attempts_than_there_are()
    {
        await using TestCa ca = await StartAsync();
        await ca.ExecuteAsync("update end_entity set max_failed_logins = 3, logins_left = 3", Cancel);
        EnrolmentCodes codes = ca.Get<EnrolmentCodes>();
        SealedCode code = (await codes.FindAsync("device", Cancel))!;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => codes.TryAsync<object>(code, _ => null, Cancel)));

        Assert.AreEqual(EndEntityStatus.Generated, (await ca.Get<EndEntityStore>().FindAsync("device", Cancel))!.Status);
        Assert.IsNull(await codes.FindAsync("device", Cancel));
    }

    [TestMethod]
    public async Task Without_the_token_nothing_is_compared_and_nothing_is_counted()
    {
        await using TestCa ca = await StartAsync();
        await ca.ExecuteAsync("update end_entity set max_failed_logins = 1, logins_left = 1", Cancel);
        EnrolmentCodes codes = ca.Get<EnrolmentCodes>();
        SealedCode code = (await codes.FindAsync("device", Cancel))!;
        (await ca.Get<CryptoTokens>().DeactivateAsync(ca.Admin, "keys", Cancel)).OrThrow();

        await Assert.ThrowsExactlyAsync<TokenOfflineException>(() => codes.TryAsync<object>(code, _ => null, Cancel));
        Assert.IsNotNull(await codes.FindAsync("device", Cancel));
    }

    private async Task IsForgottenAsync(TestCa ca)
    {
        EndEntityView user = (await ca.Get<EndEntityStore>().FindAsync("device", Cancel))!;
        Assert.IsFalse(user.HasSecret || user.SecretOpens, user.Status.ToString());
    }

    private async Task<TestCa> StartAsync()
    {
        TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "Reversible", FixedProfiles.Empty with { Password = new() { Reversible = true } }, Cancel)).OrThrow();
        await RegisterAsync(ca, "device", "Reversible");
        return ca;
    }

    private async Task RegisterAsync(TestCa ca, string name, string profile)
    {
        using Secret secret = Secret.FromText(Code);
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, new() { Username = name, SubjectDn = $"CN={name},O=Test", CaName = TestCa.RootName, EndEntityProfile = profile, Secret = secret }, Cancel)).OrThrow();
    }
}
