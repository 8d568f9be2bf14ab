using System.Collections.Concurrent;
using TestKit;

namespace ExtRa.Messages.Store;

/// <summary>Waiting for answers, with time moved by hand: rings, lost rings, an absent database.</summary>
[TestClass]
public sealed class AnswerWaitersTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = Eventually.Patience;
    private static readonly TimeSpan Long = TimeSpan.FromDays(40); // by the clock of the test, which is moved fast
    private readonly ManualClock clock = new();
    private readonly HashSet<string> answered = [];
    private readonly ConcurrentQueue<string[]> looks = [];
    private bool absent;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_ring_looks_only_for_whom_it_names_and_ignores_strangers()
    {
        await using AnswerWaiters waiters = NewWaiters();
        Task<MessageRow?> first = waiters.WaitAsync("first", Long, Cancel);
        Task<MessageRow?> second = waiters.WaitAsync("second", Long, Cancel);
        await BothWereLookedForAsync();
        answered.UnionWith(["first", "second"]);

        waiters.Ring(["first", "somebody else's"]);

        Assert.AreEqual("first", (await first)!.UniqueId);
        Assert.IsFalse(second.IsCompleted);
        CollectionAssert.AreEqual(new[] { "first" }, looks.Last());
    }

    [TestMethod]
    public async Task A_lost_ring_costs_one_interval_also_while_others_ring()
    {
        await using AnswerWaiters waiters = NewWaiters();
        Task<MessageRow?> lost = waiters.WaitAsync("lost", Long, Cancel);
        Task<MessageRow?> noisy = waiters.WaitAsync("noisy", Long, Cancel);
        await BothWereLookedForAsync();
        answered.Add("lost");

        for (int i = 0; i < 4; i++)
        {
            int before = looks.Count;
            clock.Advance(Interval / 4);
            waiters.Ring(["noisy"]);
            await Eventually.BecomesTrueAsync(() => looks.Count > before, Soon, Cancel);
        }

        Assert.AreEqual("lost", (await lost)!.UniqueId);
        Assert.IsFalse(noisy.IsCompleted);
    }

    [TestMethod]
    public async Task An_absent_database_is_asked_again_at_the_next_interval()
    {
        await using AnswerWaiters waiters = NewWaiters();
        absent = true;
        Task<MessageRow?> wait = waiters.WaitAsync("patient", Long, Cancel);
        await Eventually.BecomesTrueAsync(() => looks.Count == 1, Soon, Cancel);
        absent = false;
        answered.Add("patient");

        await Eventually.BecomesTrueAsync(
            () =>
            {
                clock.Advance(Interval);
                return wait.IsCompleted;
            },
            Soon,
            Cancel);

        Assert.AreEqual("patient", (await wait)!.UniqueId);
    }

    [TestMethod]
    public async Task The_wait_ends_with_nothing_when_its_time_is_over()
    {
        await using AnswerWaiters waiters = NewWaiters();
        Task<MessageRow?> wait = waiters.WaitAsync("never", TimeSpan.FromSeconds(3), Cancel);

        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.IsNull(await wait);
    }

    [TestMethod]
    public void Polling_slackens_when_idle_and_quickens_with_traffic()
    {
        PollingPace pace = PollingPace.Adaptive();
        Assert.AreEqual(TimeSpan.FromMilliseconds(5), pace.Current);
        for (int i = 0; i < 20; i++)
        {
            pace.Slacken();
        }

        Assert.AreEqual(TimeSpan.FromMilliseconds(250), pace.Current);
        pace.Quicken();
        Assert.AreEqual(TimeSpan.FromMilliseconds(5), pace.Current);
    }

    private AnswerWaiters NewWaiters() => new(Find, PollingPace.Steady(Interval), () => { }, clock);

    private Task<List<MessageRow>> Find(IReadOnlyList<string> uniqueIds, CancellationToken cancel)
    {
        looks.Enqueue([.. uniqueIds]);
        return absent
            ? throw new MessageStoreUnavailableException("no connection", isTransient: true, new InvalidOperationException())
            : Task.FromResult<List<MessageRow>>([.. uniqueIds.Where(answered.Contains).Select(id => new MessageRow(id, "", MessageType.Scep, MessageStatus.Processed, 0, 0, "", null, 1, null, null, null))]);
    }

    private Task BothWereLookedForAsync() => Eventually.BecomesTrueAsync(() => looks.Sum(look => look.Length) == 2, Soon, Cancel);
}
