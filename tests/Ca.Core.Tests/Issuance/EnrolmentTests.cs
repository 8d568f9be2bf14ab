using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.Issuance;

/// <summary>CA_CORE §7.2, §7.3, §8: who may have a certificate, how often, and whose keys and names are whose.</summary>
[TestClass]
public sealed class EnrolmentTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(EndEntityStatus.New, true)]
    [DataRow(EndEntityStatus.Failed, true)]
    [DataRow(EndEntityStatus.InProcess, true)]
    [DataRow(EndEntityStatus.KeyRecovery, true)]
    [DataRow(EndEntityStatus.Generated, false)]
    [DataRow(EndEntityStatus.Revoked, false)]
    [DataRow(EndEntityStatus.Initialized, false)]
    [DataRow(EndEntityStatus.Historical, false)]
    public async Task With_its_secret_an_end_entity_enrols_in_these_states_and_is_GENERATED_afterwards(EndEntityStatus status, bool allowed)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret secret = await RegisterAsync(ca, "user");
        (await ca.Get<EndEntityStore>().SetStatusAsync(ca.Admin, "user", status, Cancel)).OrThrow();

        Outcome<Issued> outcome = await ca.IssueAsync(Own(ca, "user", secret), Cancel);

        Assert.AreEqual(allowed, outcome.Succeeded(out _, out _));
        EndEntityView user = (await ca.Get<EndEntityStore>().FindAsync("user", Cancel))!;
        Assert.AreEqual(allowed ? EndEntityStatus.Generated : status, user.Status);
        Assert.AreEqual(!allowed, user.HasSecret, "A one-time secret is gone when it was used.");
    }

    [TestMethod]
    public async Task A_secret_is_good_for_as_many_certificates_as_were_allowed()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret secret = await RegisterAsync(ca, "user", data => data with { AllowedRequests = null });
        await ca.ExecuteAsync("update end_entity set allowed_requests = 2, requests_left = 2", Cancel);

        (await ca.IssueAsync(Own(ca, "user", secret), Cancel)).OrThrow();
        Assert.AreEqual(EndEntityStatus.New, (await ca.Get<EndEntityStore>().FindAsync("user", Cancel))!.Status);
        (await ca.IssueAsync(Own(ca, "user", secret), Cancel)).OrThrow();

        Refused(RefusalCode.NotAuthorized, "Wrong user name or secret", await ca.IssueAsync(Own(ca, "user", secret), Cancel));
    }

    [TestMethod]
    public async Task Of_two_parallel_enrolments_with_one_request_left_exactly_one_gets_a_certificate()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa other = await ca.AnotherProcessAsync(Cancel);
        using Secret secret = await RegisterAsync(ca, "user");

        Outcome<Issued>[] outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? ca : other).IssueAsync(Own(ca, "user", secret), Cancel)));

        Assert.AreEqual(1, outcomes.Count(o => o.Succeeded(out _, out _)));
        Assert.HasCount(1, await ca.Get<CertificateStore>().ListAsync(new() { Username = "user" }, Cancel));
    }

    [TestMethod]
    [DataRow("end_entity_profile_id", "endEntityProfile")]
    [DataRow("certificate_profile_id", "certificateProfile")]
    [DataRow("ca_id", "caName")]
    public async Task An_end_entity_whose_profile_or_CA_is_gone_gets_no_certificate_by_the_defaults(string column, string named)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret secret = await RegisterAsync(ca, "user");
        await ca.ExecuteAsync($"update end_entity set {column} = 4711", Cancel);

        Refused(RefusalCode.NotFound, $"{named}: what the end entity has (id 4711)", await ca.IssueAsync(Own(ca, "user", secret) with { CaName = null, CertificateProfile = null, EndEntityProfile = null }, Cancel));

        Assert.IsEmpty(await ca.Get<CertificateStore>().ListAsync(new() { Username = "user" }, Cancel));
    }

    [TestMethod]
    public async Task Unknown_user_wrong_secret_and_wrong_status_sound_the_same()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret right = await RegisterAsync(ca, "user");
        using Secret wrong = Secret.FromText("guess");
        using Secret done = await RegisterAsync(ca, "done");
        (await ca.IssueAsync(Own(ca, "done", done), Cancel)).OrThrow();

        string?[] texts = [
            Detail(await ca.IssueAsync(Own(ca, "user", wrong), Cancel)),
            Detail(await ca.IssueAsync(Own(ca, "nobody", wrong), Cancel)),
            Detail(await ca.IssueAsync(Own(ca, "done", done), Cancel))];

        Assert.HasCount(1, texts.Distinct());
        Assert.IsNotNull(texts[0]);
    }

    [TestMethod]
    public async Task Wrong_secrets_lock_out_however_many_arrive_at_once_and_a_right_one_restores_the_count()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret right = await RegisterAsync(ca, "user");
        using Secret wrong = Secret.FromText("guess");
        await ca.ExecuteAsync("update end_entity set max_failed_logins = 3, logins_left = 3, allowed_requests = 5, requests_left = 5", Cancel);

        await ca.IssueAsync(Own(ca, "user", wrong), Cancel);
        (await ca.IssueAsync(Own(ca, "user", right), Cancel)).OrThrow();
        Assert.AreEqual("3", await ca.ExecuteAsync("select logins_left from end_entity", Cancel));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ca.IssueAsync(Own(ca, "user", wrong), Cancel)));
        Refused(RefusalCode.NotAuthorized, "Wrong user name or secret", await ca.IssueAsync(Own(ca, "user", right), Cancel));
        Assert.AreEqual(EndEntityStatus.Generated, (await ca.Get<EndEntityStore>().FindAsync("user", Cancel))!.Status);
    }

    [TestMethod]
    public async Task A_key_and_a_name_belong_to_the_user_they_were_certified_for_first()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CertificationRequest csr = TestCa.Csr("CN=a", KeyPair.Generate("P-256"));
        (await ca.IssueAsync(ca.Request("first", csr) with { SubjectDn = "CN=shared,O=Test" }, Cancel)).OrThrow();

        Refused(RefusalCode.Conflict, "unique public keys", await ca.IssueAsync(ca.Request("second", csr), Cancel));
        Refused(RefusalCode.Conflict, "unique subject names", await ca.IssueAsync(ca.Request("second") with { SubjectDn = "CN=SHARED,O=Test" }, Cancel));
        (await ca.IssueAsync(ca.Request("first", csr) with { SubjectDn = "CN=shared,O=Test" }, Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task Of_many_users_who_ask_for_one_key_at_the_same_moment_one_gets_it()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa other = await ca.AnotherProcessAsync(Cancel);
        CertificationRequest csr = TestCa.Csr("CN=a", KeyPair.Generate("P-256"));

        Outcome<Issued>[] outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? ca : other).IssueAsync(ca.Request($"user{i}", csr), Cancel)));

        Assert.AreEqual(1, outcomes.Count(o => o.Succeeded(out _, out _)));
        Assert.AreEqual("1", await ca.ExecuteAsync("select count(*) from certificate where type = 1", Cancel));
    }

    [TestMethod]
    public async Task A_client_that_repeats_itself_under_a_new_transaction_gets_the_same_certificate_for_a_while()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CertificationRequest csr = TestCa.Csr("CN=device", KeyPair.Generate("P-256"));
        IssuanceRequest Repeat() => ca.Request("device", csr) with { ReuseWindow = TimeSpan.FromHours(1) };
        Issued first = (await ca.IssueAsync(Repeat(), Cancel)).OrThrow();

        ca.Clock.Advance(TimeSpan.FromMinutes(30));
        Issued second = (await ca.IssueAsync(Repeat(), Cancel)).OrThrow();
        Assert.IsTrue(second.Reused);
        CollectionAssert.AreEqual(first.Certificate.Encoded.ToArray(), second.Certificate.Encoded.ToArray());

        Assert.IsFalse((await ca.IssueAsync(Repeat() with { SubjectAltName = "dNSName=other.example" }, Cancel)).OrThrow().Reused);
        ca.Clock.Advance(TimeSpan.FromHours(2));
        Assert.IsFalse((await ca.IssueAsync(Repeat(), Cancel)).OrThrow().Reused);
    }

    [TestMethod]
    public async Task A_revoked_certificate_is_never_handed_out_again()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CertificationRequest csr = TestCa.Csr("CN=device", KeyPair.Generate("P-256"));
        IssuanceRequest Repeat() => ca.Request("device", csr) with { ReuseWindow = TimeSpan.FromHours(1) };
        Issued first = (await ca.IssueAsync(Repeat(), Cancel)).OrThrow();
        var work = new CaWork();
        (await ca.Get<Revoker>().RevokeAsync(new() { Actor = ca.Admin, CaName = TestCa.RootName, Serial = first.Certificate.Serial.ToString(), Reason = RevocationReason.KeyCompromise }, work, Cancel)).OrThrow();
        await ca.Ledger.CommitAsync(work, Cancel);

        Assert.IsFalse((await ca.IssueAsync(Repeat(), Cancel)).OrThrow().Reused);
    }

    [TestMethod]
    public async Task A_device_renews_with_its_old_certificate_in_the_place_of_a_secret()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Issued old = (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        Issued others = (await ca.IssueAsync(ca.Request("other"), Cancel)).OrThrow();
        IssuanceRequest renewal = ca.Request("device") with { CreateOrEditUser = false };

        Refused(RefusalCode.Conflict, "wrong status", await ca.IssueAsync(renewal, Cancel));
        Refused(RefusalCode.NotBound, "another user", await ca.IssueAsync(renewal with { PlanKey = TestCa.Key("b"), RenewedCertificate = others.Certificate }, Cancel));
        Refused(RefusalCode.NotBound, "another subject", await ca.IssueAsync(renewal with { PlanKey = TestCa.Key("c"), RenewedCertificate = old.Certificate, SubjectDn = "CN=changed,O=Test" }, Cancel));
        Issued renewed = (await ca.IssueAsync(renewal with { PlanKey = TestCa.Key("d"), RenewedCertificate = old.Certificate }, Cancel)).OrThrow();
        Assert.AreNotEqual(old.Certificate.Serial, renewed.Certificate.Serial);
    }

    [TestMethod]
    [DataRow("revoked", RefusalCode.Revoked)]
    [DataRow("expired", RefusalCode.Expired)]
    [DataRow("foreign", RefusalCode.UnknownIssuer)]
    public async Task An_old_certificate_that_is_no_longer_good_renews_nothing(string state, RefusalCode code)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Issued old = (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        switch (state)
        {
            case "revoked":
                await ca.ExecuteAsync("update certificate set status = 40, revocation_reason = 4, revoked_at = now() where username = 'device'", Cancel);
                break;
            case "expired":
                ca.Clock.Advance(TimeSpan.FromDays(800));
                break;
            default:
                await ca.ExecuteAsync("delete from certificate where username = 'device'", Cancel);
                break;
        }

        Refused(code, "renewed", await ca.IssueAsync(ca.Request("device") with { RenewedCertificate = old.Certificate }, Cancel));
    }

    [TestMethod]
    public async Task Two_certificates_for_one_user_in_one_unit_of_work_are_made_one_after_the_other()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        var work = new CaWork();
        (await ca.Issuer.IssueAsync(ca.Request("device"), work, Cancel)).OrThrow();
        await Assert.ThrowsExactlyAsync<BusyException>(() => ca.Issuer.IssueAsync(ca.Request("device"), work, Cancel));

        (await ca.Issuer.IssueAsync(ca.Request("another"), work, Cancel)).OrThrow();
        await ca.Ledger.CommitAsync(work, Cancel);
        Assert.AreEqual("2", await ca.ExecuteAsync("select count(*) from certificate where type = 1", Cancel));
    }

    [TestMethod]
    [DataRow("user\0x", DisplayName = "NUL")]
    [DataRow("user\uFFFF", DisplayName = "half a surrogate pair")]
    [DataRow("user;x", DisplayName = "a forbidden character")]
    [DataRow(" user", DisplayName = "a blank at the edge")]
    [DataRow("", DisplayName = "empty")]
    public async Task A_username_that_cannot_be_is_refused_and_disturbs_nobody_in_its_batch(string username)
    {
        username = username.Replace('\uFFFF', '\uD800'); // an attribute cannot hold it
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Task<Outcome<Issued>> bad = ca.IssueAsync(ca.Request("x") with { Username = username }, Cancel);
        Task<Outcome<Issued>> good = ca.IssueAsync(ca.Request("good"), Cancel);

        Refused(RefusalCode.PolicyViolation, "username", await bad);
        (await good).OrThrow();
    }

    private async Task<Secret> RegisterAsync(TestCa ca, string username, Func<EndEntityData, EndEntityData>? change = null)
    {
        Secret secret = Secret.FromText("one-time secret of " + username);
        var data = new EndEntityData { Username = username, SubjectDn = $"CN={username},O=Test", CaName = TestCa.RootName, Secret = secret };
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, change?.Invoke(data) ?? data, Cancel)).OrThrow();
        return secret;
    }

    /// <summary>A request that names nothing but user, secret and key.</summary>
    private static IssuanceRequest Own(TestCa ca, string username, Secret secret) =>
        ca.Request(username) with { CreateOrEditUser = false, Secret = secret, SubjectDn = null, CaName = null, EndEntityProfile = null };

    private static string? Detail(Outcome<Issued> outcome) => outcome.Succeeded(out _, out Refusal? refusal) ? null : refusal.ToString();
}
