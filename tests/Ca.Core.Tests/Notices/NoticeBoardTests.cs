using Ca.Core.Approvals;
using Ca.Core.Notices;
using Ca.Core.Profiles;
using Ca.Core.Tests.Approvals;

namespace Ca.Core.Tests.Notices;

/// <summary>Who has to be told, once for each threshold and target, whatever crashes and however many look.</summary>
[TestClass]
public sealed class NoticeBoardTests
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_certificate_is_due_once_for_each_threshold_and_target()
    {
        await using TestCa ca = await WithDeviceAsync("router", endsIn: TimeSpan.FromDays(20));
        NoticeBoard board = ca.Get<NoticeBoard>();

        DueNotice due = (await board.ExpiringAsync("mail", Month, Week, 10, Cancel)).Single();
        Assert.AreEqual("CN=router,O=Test", due.Values[NoticeNames.SubjectDn]);
        Assert.AreEqual("20", due.Values[NoticeNames.DaysLeft]);
        CollectionAssert.AreEquivalent(NoticeNames.Of(NoticeKind.Expiring).ToArray(), due.Values.Keys.ToArray());
        Assert.IsEmpty(await board.ExpiringAsync("mail", Week, TimeSpan.Zero, 10, Cancel), "It is not that late yet.");

        await board.SentAsync((await board.ClaimAsync(due, Cancel))!, Cancel);
        Assert.IsEmpty(await board.ExpiringAsync("mail", Month, Week, 10, Cancel));
        Assert.HasCount(1, await board.ExpiringAsync("webhook", Month, Week, 10, Cancel));

        ca.Clock.Advance(TimeSpan.FromDays(14));
        Assert.IsEmpty(await board.ExpiringAsync("webhook", Month, Week, 10, Cancel), "The shorter threshold has taken over.");
        Assert.HasCount(1, await board.ExpiringAsync("mail", Week, TimeSpan.Zero, 10, Cancel));
        ca.Clock.Advance(TimeSpan.FromDays(7));
        Assert.IsEmpty(await board.ExpiringAsync("mail", Week, TimeSpan.Zero, 10, Cancel), "It has ended.");
    }

    [TestMethod]
    public async Task Nobody_hears_of_what_is_revoked_or_renewed()
    {
        await using TestCa ca = await WithDeviceAsync("router", endsIn: TimeSpan.FromDays(20));
        NoticeBoard board = ca.Get<NoticeBoard>();
        await ca.ExecuteAsync("update certificate set status = 40 where username = 'router'; select 1", Cancel);
        Assert.IsEmpty(await board.ExpiringAsync("mail", Month, Week, 10, Cancel));
        await ca.ExecuteAsync("update certificate set status = 20 where username = 'router'; select 1", Cancel);
        Assert.HasCount(1, await board.ExpiringAsync("mail", Month, Week, 10, Cancel));

        (await ca.IssueAsync(ca.Request("router") with { CertificateProfile = FixedProfiles.Certificate[0].Name }, Cancel)).OrThrow();
        await ca.ExecuteAsync("update certificate set certificate_profile_id = (select max(certificate_profile_id) from certificate where username = 'router') where username = 'router'; select 1", Cancel);
        Assert.IsEmpty(await board.ExpiringAsync("mail", Month, Week, 10, Cancel), "A later one of the same profile is there.");
        await ca.ExecuteAsync("update certificate set status = 40 where username = 'router' and expire_at > (select min(expire_at) from certificate where username = 'router'); select 1", Cancel);
        Assert.HasCount(1, await board.ExpiringAsync("mail", Month, Week, 10, Cancel), "The later one is revoked.");
    }

    [TestMethod]
    public async Task Of_many_workers_one_makes_the_attempt()
    {
        await using TestCa ca = await WithDeviceAsync("router", endsIn: TimeSpan.FromDays(20));
        await using TestCa other = await ca.AnotherLedgerAsync();
        NoticeBoard[] boards = [ca.Get<NoticeBoard>(), other.Get<NoticeBoard>()];
        DueNotice due = (await boards[0].ExpiringAsync("mail", Month, Week, 10, Cancel)).Single();

        DueNotice?[] claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => boards[i % 2].ClaimAsync(due, Cancel)));
        DueNotice won = claims.Single(claim => claim is not null)!;
        Assert.IsTrue(await boards[0].FailedAsync(won, 3, Cancel));

        ca.Clock.Advance(TimeSpan.FromMinutes(2));
        DueNotice again = (await boards[0].ExpiringAsync("mail", Month, Week, 10, Cancel)).Single();
        Assert.AreEqual(2, again.Attempt);
        claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => boards[i % 2].ClaimAsync(again, Cancel)));
        Assert.ContainsSingle(claims.OfType<DueNotice>());
    }

    [TestMethod]
    public async Task An_attempt_that_nobody_finished_is_made_again_and_who_took_too_long_changes_nothing()
    {
        await using TestCa ca = await WithDeviceAsync("router", endsIn: TimeSpan.FromDays(20));
        NoticeBoard board = ca.Get<NoticeBoard>();
        DueNotice crashed = (await board.ClaimAsync((await board.ExpiringAsync("mail", Month, Week, 10, Cancel)).Single(), Cancel))!;
        Assert.IsEmpty(await board.ExpiringAsync("mail", Month, Week, 10, Cancel), "Somebody is at it.");

        ca.Clock.Advance(NoticeBoard.Lease + TimeSpan.FromSeconds(1));
        DueNotice second = (await board.ClaimAsync((await board.ExpiringAsync("mail", Month, Week, 10, Cancel)).Single(), Cancel))!;
        Assert.AreEqual(2, second.Attempt);
        await board.FailedAsync(crashed, 1, Cancel);
        Assert.AreEqual("0/2", await ca.ExecuteAsync("select state || '/' || attempts from notice", Cancel), "The late one is not heard.");
        await board.SentAsync(second, Cancel);
        Assert.AreEqual("1/2", await ca.ExecuteAsync("select state || '/' || attempts from notice", Cancel));
    }

    [TestMethod]
    public async Task It_is_tried_so_often_and_no_more_and_forgotten_after_its_time()
    {
        await using TestCa ca = await WithDeviceAsync("router", endsIn: TimeSpan.FromDays(29));
        NoticeBoard board = ca.Get<NoticeBoard>();
        foreach (int attempt in Enumerable.Range(1, 4))
        {
            DueNotice due = (await board.ClaimAsync((await board.ExpiringAsync("mail", Month, Week, 10, Cancel)).Single(), Cancel))!;
            Assert.AreEqual(attempt < 4, await board.FailedAsync(due, 4, Cancel));
            Assert.IsEmpty(await board.ExpiringAsync("mail", Month, Week, 10, Cancel), "There is a pause.");
            ca.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.IsEmpty(await board.ExpiringAsync("mail", Month, Week, 10, Cancel));
        Assert.AreEqual(0, await board.PurgeAsync(ca.Clock.GetUtcNow() - TimeSpan.FromHours(1), Cancel));
        Assert.AreEqual(1, await board.PurgeAsync(ca.Clock.GetUtcNow(), Cancel));
    }

    [TestMethod]
    public async Task An_approval_is_due_while_it_waits()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new() { AddEditEndEntity = 2 });
        NoticeBoard board = world.Ca.Get<NoticeBoard>();
        long first = await world.WaitsAsync(world.Enrol("router"), Cancel);
        long second = await world.WaitsAsync(world.Enrol("switch"), Cancel);
        IReadOnlyList<DueNotice> due = await board.ApprovalsAsync("mail", 10, Cancel);
        CollectionAssert.AreEqual(new[] { $"{first}", $"{second}" }, due.Select(d => d.Key.About).ToArray());
        CollectionAssert.AreEquivalent(NoticeNames.Of(NoticeKind.Approval).ToArray(), due[0].Values.Keys.ToArray());
        Assert.AreEqual(nameof(ApprovalType.AddEndEntity), due[0].Values[NoticeNames.Type]);
        Assert.AreEqual("2", due[0].Values[NoticeNames.Missing]);

        await board.SentAsync((await board.ClaimAsync(due[0], Cancel))!, Cancel);
        await world.RejectAsync(second, Cancel);
        Assert.IsEmpty(await board.ApprovalsAsync("mail", 10, Cancel));
        Assert.HasCount(1, await board.ApprovalsAsync("webhook", 10, Cancel));
    }

    private async Task<TestCa> WithDeviceAsync(string name, TimeSpan endsIn)
    {
        TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.IssueAsync(ca.Request(name), Cancel)).OrThrow();
        await ca.ExecuteAsync($"update certificate set expire_at = '{ca.Clock.GetUtcNow() + endsIn:u}' where username = '{name}'; select 1", Cancel);
        return ca;
    }
}
