using CmpProxy.Backends;
using TestKit;

namespace CmpProxy.Tests.Backends;

/// <summary>What the proxy remembers of another server's answers is bounded in time, number and octets (CMP-T-17, CMP-L-4).</summary>
[TestClass]
public sealed class AnswerMemoryTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly ManualClock clock = new();
    private int asked;

    [TestMethod]
    public async Task An_answer_is_remembered_for_its_window()
    {
        var memory = new AnswerMemory(clock, Window);
        await JoinAsync(memory, 1, 100);
        await JoinAsync(memory, 1, 100);
        Assert.AreEqual(1, asked);

        clock.Advance(Window + TimeSpan.FromSeconds(1));
        await JoinAsync(memory, 1, 100);
        Assert.AreEqual(2, asked);
    }

    [TestMethod]
    public async Task The_oldest_make_way_where_all_together_are_too_many_octets()
    {
        var memory = new AnswerMemory(clock, Window, maxOctets: 1000);
        foreach (byte request in (byte[])[1, 2, 3])
        {
            await JoinAsync(memory, request, 400);
        }

        await JoinAsync(memory, 3, 400);
        await JoinAsync(memory, 2, 400);
        Assert.AreEqual(3, asked, "two have room");
        await JoinAsync(memory, 1, 400);
        Assert.AreEqual(4, asked, "the first was forgotten");
        await JoinAsync(memory, 9, 5000);
        await JoinAsync(memory, 9, 5000);
        Assert.AreEqual(6, asked, "what is larger than all room is not kept, and the rest of the room is there again");
        await JoinAsync(memory, 8, 900);
        await JoinAsync(memory, 8, 900);
        Assert.AreEqual(7, asked);
    }

    [TestMethod]
    public async Task What_is_no_answer_is_not_remembered()
    {
        var memory = new AnswerMemory(clock, Window);
        for (int i = 0; i < 2; i++)
        {
            await memory.Join([1], () =>
            {
                asked++;
                return Task.FromResult<BackendAnswer>(BackendAnswer.Unreachable.Instance);
            });
        }

        Assert.AreEqual(2, asked);
    }

    private Task<BackendAnswer> JoinAsync(AnswerMemory memory, byte request, int octets) => memory.Join([request], () =>
    {
        Interlocked.Increment(ref asked);
        return Task.FromResult<BackendAnswer>(new BackendAnswer.Answered(new byte[octets]));
    });
}
