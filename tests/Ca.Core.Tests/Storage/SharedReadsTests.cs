using Ca.Core.Storage;

namespace Ca.Core.Tests.Storage;

/// <summary>Look-ups that are made at the same time share one statement, and nothing else.</summary>
[TestClass]
public sealed class SharedReadsTests
{
    private readonly List<int[]> asked = [];
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task What_waits_while_one_reads_is_read_together_and_each_gets_its_own()
    {
        await using var reads = new SharedReads<int, string>(ReadAsync);
        Task<string> alone = reads.FindAsync(1, Cancel);
        while (asked.Count == 0)
        {
            await Task.Yield();
        }

        Task<string>[] waiting = [.. new[] { 5, 6, 7, 5 }.Select(key => reads.FindAsync(key, Cancel))];
        first.SetResult();
        Assert.AreEqual("1", await alone);
        CollectionAssert.AreEqual(new[] { "5", "6", "7", "5" }, await Task.WhenAll(waiting));
        Assert.HasCount(2, asked);
        CollectionAssert.AreEqual(new[] { 5, 6, 7, 5 }, asked[1]);
    }

    [TestMethod]
    public async Task What_the_database_refuses_fails_alone()
    {
        await using var reads = new SharedReads<int, string>(ReadAsync);
        Task<string> alone = reads.FindAsync(1, Cancel);
        while (asked.Count == 0)
        {
            await Task.Yield();
        }

        Task<string> good = reads.FindAsync(2, Cancel);
        Task<string> bad = reads.FindAsync(-1, Cancel);
        Task<string> alsoGood = reads.FindAsync(3, Cancel);
        first.SetResult();
        Assert.AreEqual("1", await alone);
        Assert.AreEqual("2", await good);
        Assert.AreEqual("3", await alsoGood);
        await Assert.ThrowsExactlyAsync<InvalidDataException>(() => bad);
    }

    [TestMethod]
    public async Task Who_gives_up_disturbs_nobody()
    {
        await using var reads = new SharedReads<int, string>(ReadAsync);
        using var impatient = new CancellationTokenSource();
        Task<string> alone = reads.FindAsync(1, impatient.Token);
        Task<string> patient = reads.FindAsync(2, Cancel);
        await impatient.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => alone);
        first.SetResult();
        Assert.AreEqual("2", await patient);
    }

    /// <summary>The first read takes until the test says so.</summary>
    private async Task<IReadOnlyList<string>> ReadAsync(IReadOnlyList<int> keys)
    {
        asked.Add([.. keys]);
        await first.Task;
        return keys.Contains(-1) ? throw new InvalidDataException("-1") : [.. keys.Select(key => $"{key}")];
    }
}
