using Ca.Core.Audit;
using Ca.Core.Ledger;

namespace Ca.Core.Tests.Ledger;

/// <summary>A step of a work that fails leaves nothing in it.</summary>
[TestClass]
public sealed class CaWorkTests
{
    [TestMethod]
    public async Task A_step_that_fails_is_taken_back_and_what_was_there_before_stays()
    {
        var work = new CaWork();
        Add(work, "before");

        await Assert.ThrowsExactlyAsync<InvalidDataException>(() => work.AttemptAsync<int>(() =>
        {
            Add(work, "half");
            throw new InvalidDataException();
        }));

        Assert.HasCount(1, work.Changes);
        Assert.HasCount(1, work.AuditEntries);
        Assert.AreEqual("before", Assert.ContainsSingle(work.InboxEntries).Key.UniqueId);
        Assert.AreEqual("before", Assert.ContainsSingle(work.OpenKeys).UniqueId);
        Assert.IsTrue(work.Holds("before"));
        Assert.IsFalse(work.Holds("half"), "the same user may be tried again");
    }

    [TestMethod]
    public async Task A_step_that_succeeds_stays()
    {
        var work = new CaWork();

        Assert.AreEqual(7, await work.AttemptAsync(() =>
        {
            Add(work, "done");
            return Task.FromResult(7);
        }));

        Assert.HasCount(1, work.Changes);
        Assert.IsTrue(work.Holds("done"));
    }

    private static void Add(CaWork work, string name)
    {
        work.Stage(_ => { });
        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, name));
        work.Record(new InboxEntry(new(name, [], 0), [], default));
        work.RequireUnanswered(new(name, [], 0));
        Assert.IsTrue(work.Claim(name));
    }
}
