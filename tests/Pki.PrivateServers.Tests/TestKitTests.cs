using TestKit;

namespace Pki.PrivateServers;

/// <summary>The tests' own tools, where they are more than a line.</summary>
[TestClass]
public sealed class TestKitTests
{
    [TestMethod]
    public void Timers_of_a_manual_clock_fire_in_order_and_at_their_own_time()
    {
        var clock = new ManualClock();
        DateTimeOffset start = clock.GetUtcNow();
        List<string> fired = [];
        void Note(object? name) => fired.Add($"{name}@{(clock.GetUtcNow() - start).TotalSeconds}");
        using ITimer late = clock.CreateTimer(Note, "late", TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using ITimer often = clock.CreateTimer(Note, "often", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using ITimer stopped = clock.CreateTimer(Note, "stopped", TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        clock.Advance(TimeSpan.FromSeconds(6));

        CollectionAssert.AreEqual(new[] { "often@2", "often@4", "late@5", "often@6" }, fired);
    }

    [TestMethod]
    public async Task A_delay_on_a_manual_clock_ends_when_the_clock_is_moved()
    {
        var clock = new ManualClock();
        Task delay = Task.Delay(TimeSpan.FromHours(1), clock);
        Assert.AreEqual(1, clock.WaitingTimers);

        clock.Advance(TimeSpan.FromHours(1));

        await delay;
    }

    [TestMethod]
    public void An_absent_tool_is_named_in_the_reason()
    {
        var attribute = new NeedsToolAttribute("sh", "no-such-tool");

        Assert.Contains("no-such-tool", attribute.IgnoreMessage!);
        Assert.IsTrue(new NeedsToolAttribute("sh").IsConditionMet);
    }
}
