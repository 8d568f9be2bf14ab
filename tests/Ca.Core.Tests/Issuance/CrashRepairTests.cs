using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Pki.Protocols.Trust;

namespace Ca.Core.Tests.Issuance;

/// <summary>ARCHITECTURE §5: a power cut between plan and second commit leaves a plan that the repeat finishes.</summary>
[TestClass]
public sealed class CrashRepairTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_plan_whose_process_is_gone_is_finished_by_another_under_the_same_serial_with_the_same_bytes()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        IssuanceRequest request = ca.Request("device", key: "message-1");
        Issued lost = (await ca.Issuer.IssueAsync(request, new CaWork(), Cancel)).OrThrow(); // signed, never committed
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from certificate where username = 'device'", Cancel));
        ca.Clock.Advance(TimeSpan.FromMinutes(5));

        await using TestCa other = await ca.AnotherProcessAsync(Cancel, o => o.NodeId = "node-2");
        Issued found = (await other.IssueAsync(request with { Actor = other.Admin }, Cancel)).OrThrow();

        Assert.AreEqual(lost.Certificate.Serial, found.Certificate.Serial);
        CollectionAssert.AreEqual(lost.Certificate.TbsEncoded.ToArray(), found.Certificate.TbsEncoded.ToArray());
        Assert.AreEqual("1", await ca.ExecuteAsync("select count(*) from certificate where username = 'device'", Cancel));
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from issuance_plan", Cancel));
    }

    [TestMethod]
    public async Task A_repeat_that_asks_for_something_else_under_the_same_key_does_not_get_the_plan()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await ca.Issuer.IssueAsync(ca.Request("device", key: "message-1"), new CaWork(), Cancel);

        Outcome<Issued> outcome = await ca.IssueAsync(ca.Request("device", key: "message-1"), Cancel); // another key pair

        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotBound, refusal.Code);
    }

    [TestMethod]
    public async Task Two_processes_that_repeat_one_message_make_one_certificate()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa other = await ca.AnotherProcessAsync(Cancel);
        IssuanceRequest request = ca.Request("device", key: "message-1");
        int answered = 0;

        async Task WorkAsync(TestCa process)
        {
            while (true)
            {
                try
                {
                    var work = new CaWork();
                    await process.Issuer.IssueAsync(request, work, Cancel);
                    work.Record(new(request.PlanKey, [1], ca.Clock.GetUtcNow()));
                    await process.Ledger.CommitAsync(work, Cancel);
                    return;
                }
                catch (AlreadyAnsweredException)
                {
                    Interlocked.Increment(ref answered);
                    return;
                }
                catch (Exception e) when (e is ConcurrentChangeException or BusyException)
                {
                    if ((await process.Get<Inbox>().FindAsync([request.PlanKey], Cancel)).Count > 0)
                    {
                        Interlocked.Increment(ref answered);
                        return;
                    }
                }
            }
        }

        await Task.WhenAll(WorkAsync(ca), WorkAsync(other), WorkAsync(ca), WorkAsync(other));

        Assert.AreEqual("1", await ca.ExecuteAsync("select count(*) from certificate where username = 'device'", Cancel));
        Assert.AreEqual(3, answered);
    }

    [TestMethod]
    public async Task A_slow_process_that_comes_after_the_answer_plans_and_signs_nothing()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        IssuanceRequest request = ca.Request("device", key: "message-1");
        var work = new CaWork();
        (await ca.Issuer.IssueAsync(request, work, Cancel)).OrThrow();
        work.Record(new(request.PlanKey, [1], ca.Clock.GetUtcNow()));
        await ca.Ledger.CommitAsync(work, Cancel);

        await Assert.ThrowsExactlyAsync<AlreadyAnsweredException>(() => ca.Issuer.IssueAsync(request, new CaWork(), Cancel));

        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from issuance_plan", Cancel));
        Assert.AreEqual("1", await ca.ExecuteAsync("select count(*) from certificate where username = 'device'", Cancel));
    }

    [TestMethod]
    public async Task A_plan_left_behind_keeps_its_user_busy_for_a_while_and_is_then_abandoned_with_a_record()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Issued lost = (await ca.Issuer.IssueAsync(ca.Request("device"), new CaWork(), Cancel)).OrThrow();
        IssuanceRequest next = ca.Request("device");
        await Assert.ThrowsExactlyAsync<BusyException>(() => ca.Issuer.IssueAsync(next, new CaWork(), Cancel));

        ca.Clock.Advance(TimeSpan.FromMinutes(11));
        Issued issued = (await ca.IssueAsync(next, Cancel)).OrThrow();

        Assert.AreNotEqual(lost.Certificate.Serial, issued.Certificate.Serial);
        AuditView abandoned = (await ca.Get<AuditLog>().ListAsync(new() { SearchDetail1 = lost.Certificate.Serial.ToString(), Event = AuditEvents.CertCreation }, Cancel)).Single();
        Assert.AreEqual(AuditStatus.Failure, abandoned.Entry.Status);
    }

    [TestMethod]
    public async Task The_housekeeping_abandons_plans_that_nobody_came_back_for()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await ca.Issuer.IssueAsync(ca.Request("old"), new CaWork(), Cancel);
        ca.Clock.Advance(TimeSpan.FromDays(1));
        await ca.Issuer.IssueAsync(ca.Request("young"), new CaWork(), Cancel);

        Assert.AreEqual(1, await ca.Issuer.AbandonPlansAsync(ca.Clock.GetUtcNow() - TimeSpan.FromHours(1), Cancel));

        Assert.AreEqual("young", await ca.ExecuteAsync("select username from issuance_plan", Cancel));
        Assert.HasCount(1, await ca.Get<AuditLog>().ListAsync(new() { SearchDetail2 = "old", Event = AuditEvents.CertCreation }, Cancel));
    }

    [TestMethod]
    public async Task A_user_revoked_between_plan_and_repeat_gets_nothing_and_the_plan_is_abandoned()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        IssuanceRequest request = ca.Request("device");
        await ca.Issuer.IssueAsync(request, new CaWork(), Cancel);
        await ca.Get<EndEntityStore>().SetStatusAsync(ca.Admin, "device", EndEntityStatus.Revoked, Cancel);

        Outcome<Issued> outcome = await ca.IssueAsync(request, Cancel);

        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Revoked, refusal.Code);
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from issuance_plan", Cancel));
    }

    [TestMethod]
    public async Task An_end_entity_changed_between_signature_and_commit_stops_the_commit_and_the_repeat_succeeds()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        IssuanceRequest request = ca.Request("device");
        var work = new CaWork();
        Issued signed = (await ca.Issuer.IssueAsync(request, work, Cancel)).OrThrow();
        await ca.ExecuteAsync("update end_entity set email = 'x@y'", Cancel);

        await Assert.ThrowsExactlyAsync<ConcurrentChangeException>(() => ca.Ledger.CommitAsync(work, Cancel));
        Issued again = (await ca.IssueAsync(request, Cancel)).OrThrow();

        Assert.AreEqual(signed.Certificate.Serial, again.Certificate.Serial);
        Assert.HasCount(2, await ca.Get<CertificateStore>().ListAsync(new() { Username = "device" }, Cancel));
    }

    [TestMethod]
    public async Task While_the_token_is_offline_a_request_waits_and_leaves_no_trace()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa cold = await ca.AnotherLedgerAsync();

        TokenOffline(await Assert.ThrowsExactlyAsync<TokenOfflineException>(() => cold.Issuer.IssueAsync(ca.Request("device"), new CaWork(), Cancel)));

        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from issuance_plan", Cancel));
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from end_entity", Cancel));
        static void TokenOffline(TokenOfflineException e) => Assert.AreEqual("keys", e.Token);
    }
}
