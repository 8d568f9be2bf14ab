using Ca.Core.Approvals;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Approvals;

/// <summary>The rules of APPROVALS §7.</summary>
[TestClass]
public sealed class ConcurrencyTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Of_two_people_at_the_same_instant_one_decides_and_the_other_is_told_so()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        await using TestCa other = await world.Ca.AnotherProcessAsync(Cancel, o => o.NodeId = "node-2");
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);

        Outcome<ApprovalView>[] both = await Task.WhenAll(
            world.Desk.ApproveAsync(world.Anna, id, null, Cancel), other.Get<ApprovalDesk>().RejectAsync(world.Berit, id, null, Cancel));

        Refusal[] refusals = [.. both.Where(o => !o.Succeeded(out _, out _)).Select(DecisionTests.Refused)];
        Assert.HasCount(1, refusals);
        Assert.AreEqual(RefusalCode.Conflict, refusals[0].Code);
        Assert.AreEqual("1", await world.Ca.ExecuteAsync("select count(*) from approval_decision", Cancel));
    }

    [TestMethod]
    public async Task Many_people_at_the_same_instant_are_each_counted_once_and_never_more_than_needed()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 3 });
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);

        Outcome<ApprovalView>[] all = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => world.Desk.ApproveAsync(ApprovalWorld.Approver($"CN=admin{i}"), id, null, Cancel)));

        Assert.AreEqual(3, all.Count(o => o.Succeeded(out _, out _)));
        ApprovalView view = await world.ViewAsync(id, Cancel);
        Assert.AreEqual((ApprovalStatus.Approved, 3), (view.Status, view.Given));
    }

    [TestMethod]
    public async Task A_double_click_counts_once()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 2 });
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);
        Outcome<ApprovalView>[] both = await Task.WhenAll(world.Desk.ApproveAsync(world.Anna, id, null, Cancel), world.Desk.ApproveAsync(world.Anna, id, null, Cancel));
        Assert.AreEqual(1, both.Count(o => o.Succeeded(out _, out _)));
        Assert.AreEqual(1, (await world.ViewAsync(id, Cancel)).Given);
    }

    [TestMethod]
    public async Task Two_workers_with_one_content_open_one_request()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        KeyPair key = KeyPair.Generate("P-256");
        long[] ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.WaitsAsync(world.Enrol("router", key), Cancel)));
        Assert.HasCount(1, ids.Distinct());
        Assert.AreEqual(1, await world.RowsAsync(Cancel));
    }

    [TestMethod]
    public async Task Two_messages_with_one_approved_content_get_one_certificate()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        await using TestCa other = await world.Ca.AnotherProcessAsync(Cancel, o => o.NodeId = "node-2");
        KeyPair key = KeyPair.Generate("P-256");
        IssuanceRequest one = world.Enrol("router", key), two = world.Enrol("router", key);
        await world.ApproveAsync(await world.WaitsAsync(one, Cancel), Cancel);

        await Task.WhenAll(TryAsync(world.Ca, one, world.Message()), TryAsync(other, two, world.Message()));

        Assert.AreEqual("1", await world.Ca.ExecuteAsync("select count(*) from certificate where username = 'router'", Cancel));
        Assert.AreEqual("1", await world.Ca.ExecuteAsync("select count(*) from approval where status = -5", Cancel));
    }

    [TestMethod]
    public async Task After_a_crash_between_plan_and_certificate_the_repeat_spends_the_approval_on_the_planned_one()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        await world.ApproveAsync(id, Cancel);
        (await world.Ca.Issuer.IssueAsync(request, new CaWork(world.Message()), Cancel)).OrThrow(); // signed, never committed
        Assert.AreEqual(ApprovalStatus.Approved, (await world.ViewAsync(id, Cancel)).Status);
        string planned = await world.Ca.ExecuteAsync("select serial from issuance_plan", Cancel);

        Issued issued = await world.IssuedAsync(request, Cancel);

        Assert.AreEqual(planned, issued.Certificate.Serial.ToString());
        Assert.AreEqual(ApprovalStatus.Executed, (await world.ViewAsync(id, Cancel)).Status);
    }

    [TestMethod]
    public async Task A_plan_whose_approval_no_longer_stands_is_not_finished()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        await world.ApproveAsync(await world.WaitsAsync(request, Cancel), Cancel);
        (await world.Ca.Issuer.IssueAsync(request, new CaWork(world.Message()), Cancel)).OrThrow();
        world.Ca.Clock.Advance(TimeSpan.FromHours(9));
        Assert.AreEqual(1, await world.Keeper.ExpireAsync(Cancel));

        Assert.AreEqual(RefusalCode.Conflict, (await world.RefusedAsync(request, Cancel)).Code);
        Assert.AreEqual("0", await world.Ca.ExecuteAsync("select count(*) from issuance_plan", Cancel));
    }

    [TestMethod]
    public async Task Nothing_of_a_work_is_done_when_its_approval_was_spent_by_another()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        Actor actor = world.Ra;
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);
        await world.ApproveAsync(id, Cancel);
        CaWork Spending()
        {
            var work = new CaWork();
            ApprovalChanges.Spend(work, id, actor, "something", world.Ca.Clock.GetUtcNow());
            return work;
        }

        CaWork first = Spending(), second = Spending();
        await world.Ca.Ledger.CommitAsync(first, Cancel);
        await Assert.ThrowsExactlyAsync<ConcurrentChangeException>(() => world.Ca.Ledger.CommitAsync(second, Cancel));
        Assert.AreEqual(1, (await world.EventsAsync(Cancel)).Count(e => e == "APPROVAL_EXECUTE:1"));
    }

    private async Task TryAsync(TestCa ca, IssuanceRequest request, WorkOrigin origin)
    {
        while (true)
        {
            try
            {
                var work = new CaWork(origin);
                await ca.Issuer.IssueAsync(request, work, Cancel);
                await ca.Ledger.CommitAsync(work, Cancel);
                return;
            }
            catch (ApprovalPendingException)
            {
                return;
            }
            catch (Exception e) when (e is BusyException or ConcurrentChangeException)
            {
                await Task.Yield();
            }
        }
    }
}
