using Ca.Core.Approvals;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Pki.Protocols.Trust;

namespace Ca.Core.Tests.Approvals;

/// <summary>How long what is remembered (APPROVALS §2.2, §6.3, §6.4).</summary>
[TestClass]
public sealed class TimeTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task After_an_hour_without_a_decision_the_queued_message_asks_anew()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        WorkOrigin message = world.Message();
        long first = await world.WaitsAsync(request, Cancel, message);
        world.Ca.Clock.Advance(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(1));
        Assert.AreEqual(first, await world.WaitsAsync(request, Cancel, message));

        world.Ca.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.AreEqual(ApprovalStatus.Expired, (await world.ViewAsync(first, Cancel)).Status, "Who reads sees the end before any sweep.");
        Assert.AreEqual(RefusalCode.Conflict, DecisionTests.Refused(await world.Desk.ApproveAsync(world.Anna, first, null, Cancel)).Code);
        long second = await world.WaitsAsync(request, Cancel, message);
        Assert.AreNotEqual(first, second);
        Assert.AreEqual(2, await world.RowsAsync(Cancel));
        Assert.AreEqual(1, (await world.Desk.FindAsync(world.Anna, second, Cancel)).OrThrow().Earlier);
    }

    [TestMethod]
    public async Task What_an_administrator_asks_for_waits_eight_hours()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        var data = new EndEntityData { Username = "router", SubjectDn = "CN=router", CaName = TestCa.RootName };
        ApprovalPendingException pending = await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => world.Ca.Get<EndEntityStore>().SetAsync(world.Ra, data, Cancel));
        Assert.AreEqual(world.Ca.Clock.GetUtcNow() + TimeSpan.FromHours(8), pending.ExpireAt);
    }

    [TestMethod]
    public async Task Flaw_E9_a_rejection_is_remembered_thirty_minutes_from_the_decision()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        world.Ca.Clock.Advance(TimeSpan.FromMinutes(45));
        await world.RejectAsync(id, Cancel);
        Assert.AreEqual(RefusalCode.Rejected, (await world.RefusedAsync(request, Cancel)).Code);

        world.Ca.Clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1)); // minute 75 of the request: legacy has forgotten it long ago
        Assert.AreEqual(RefusalCode.Rejected, (await world.RefusedAsync(request with { PlanKey = TestCa.Key("again") }, Cancel)).Code);
        Assert.AreEqual(1, await world.RowsAsync(Cancel), "A repeat opened a request.");
        Assert.AreEqual(2, (await world.ViewAsync(id, Cancel)).Repeats);

        world.Ca.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.AreNotEqual(id, await world.WaitsAsync(request, Cancel));
    }

    [TestMethod]
    [DataRow(RejectionScope.Username, false, DisplayName = "as documented: nothing for this user")]
    [DataRow(RejectionScope.Content, true, DisplayName = "the content only: the corrected name is asked at once")]
    public async Task A_rejection_covers_what_is_configured(RejectionScope scope, bool corrected)
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, configure: o => o.Approvals.RejectionScope = scope);
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        await world.RejectAsync(id, Cancel);
        Look look = await world.LookAsync(request with { SubjectDn = "CN=router,O=Corrected" }, Cancel);
        Assert.AreEqual(corrected, look.Pending is not null);
        Assert.AreEqual(corrected ? null : RefusalCode.Rejected, look.Refusal?.Code);
    }

    [TestMethod]
    public async Task An_administrator_lifts_the_memory_of_a_rejection()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        await world.RejectAsync(id, Cancel);
        (await world.Desk.ForgetAsync(world.Anna, id, Cancel)).OrThrow();
        Assert.AreNotEqual(id, await world.WaitsAsync(request, Cancel));
    }

    [TestMethod]
    public async Task An_approval_that_nobody_uses_in_eight_hours_is_void()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        await world.ApproveAsync(id, Cancel);
        world.Ca.Clock.Advance(TimeSpan.FromHours(8));
        Assert.AreNotEqual(id, await world.WaitsAsync(request, Cancel));
        Assert.AreEqual(ApprovalStatus.Expired, (await world.ViewAsync(id, Cancel)).Status);
    }

    [TestMethod]
    public async Task An_extension_gives_more_time_and_revives_what_expired_undecided()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router");
        long id = await world.WaitsAsync(request, Cancel);
        (await world.Desk.ExtendAsync(world.Anna, id, TimeSpan.FromHours(3), Cancel)).OrThrow();
        world.Ca.Clock.Advance(TimeSpan.FromHours(2));
        Assert.AreEqual(id, await world.WaitsAsync(request, Cancel));

        world.Ca.Clock.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(1, await world.Keeper.ExpireAsync(Cancel));
        (await world.Desk.ExtendAsync(world.Anna, id, TimeSpan.FromHours(1), Cancel)).OrThrow();
        await world.ApproveAsync(id, Cancel);
        await world.IssuedAsync(request, Cancel);
        Assert.AreEqual(RefusalCode.Conflict, DecisionTests.Refused(await world.Desk.ExtendAsync(world.Anna, id, TimeSpan.FromHours(1), Cancel)).Code);
    }

    [TestMethod]
    [DataRow(0, DisplayName = "no time")]
    [DataRow(25, DisplayName = "more than a day")]
    public async Task An_extension_has_a_limit(int hours)
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);
        Assert.AreEqual(RefusalCode.PolicyViolation, DecisionTests.Refused(await world.Desk.ExtendAsync(world.Anna, id, TimeSpan.FromHours(hours), Cancel)).Code);
    }

    [TestMethod]
    public async Task The_sweep_ends_what_is_over_and_removes_what_is_old()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);
        world.Ca.Clock.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(1, await world.Keeper.ExpireAsync(Cancel));
        Assert.AreEqual(0, await world.Keeper.ExpireAsync(Cancel));
        CollectionAssert.AreEqual((string[])["APPROVAL_ADD:1", "APPROVAL_EXPIRE:1"], (await world.EventsAsync(Cancel)).ToArray());
        Assert.AreEqual(0, await world.Keeper.PurgeAsync(Cancel));
        world.Ca.Clock.Advance(TimeSpan.FromDays(91));
        Assert.AreEqual(1, await world.Keeper.PurgeAsync(Cancel));
        Assert.AreEqual(RefusalCode.NotFound, DecisionTests.Refused(await world.Desk.FindAsync(world.Anna, id, Cancel)).Code);
    }
}
