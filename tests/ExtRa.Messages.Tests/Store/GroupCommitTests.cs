using TestKit;

namespace ExtRa.Messages.Store;

/// <summary>Sharing a commit: who shares, who is not delayed, and who is not spoilt.</summary>
[TestClass]
public sealed class GroupCommitTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task What_comes_during_a_commit_shares_the_next_one()
    {
        List<int> batches = [];
        var firstHasBegun = new TaskCompletionSource();
        var firstMayEnd = new TaskCompletionSource();
        await using var group = new GroupCommit<int, string>(3, async items =>
        {
            batches.Add(items.Count);
            firstHasBegun.TrySetResult();
            await (batches.Count == 1 ? firstMayEnd.Task : Task.CompletedTask);
            return [.. items.Select(item => $"done {item}")];
        });

        Task<string> alone = group.CommitAsync(0, Cancel);
        await firstHasBegun.Task.WaitAsync(Eventually.Patience, Cancel);
        Task<string>[] others = [.. Enumerable.Range(1, 5).Select(i => group.CommitAsync(i, Cancel))];
        firstMayEnd.SetResult();

        Assert.AreEqual("done 0", await alone);
        CollectionAssert.AreEqual(new[] { "done 1", "done 2", "done 3", "done 4", "done 5" }, await Task.WhenAll(others));
        CollectionAssert.AreEqual(new[] { 1, 3, 2 }, batches, "A lone item goes at once; a batch has at most three.");
    }

    [TestMethod]
    public async Task One_bad_item_spoils_it_for_itself_only()
    {
        var firstMayEnd = new TaskCompletionSource();
        await using var group = new GroupCommit<int, int>(10, async items =>
        {
            await firstMayEnd.Task;
            return items.Contains(13) ? throw new MessageStoreUnavailableException("22021", isTransient: false, new InvalidOperationException()) : [.. items];
        });
        Task<int> opener = group.CommitAsync(0, Cancel);
        Task<int>[] batch = [group.CommitAsync(1, Cancel), group.CommitAsync(13, Cancel), group.CommitAsync(2, Cancel)];
        firstMayEnd.SetResult();

        Assert.AreEqual(0, await opener);
        Assert.AreEqual(1, await batch[0]);
        Assert.AreEqual(2, await batch[2]);
        await Assert.ThrowsExactlyAsync<MessageStoreUnavailableException>(() => batch[1]);
    }

    [TestMethod]
    public async Task An_absent_database_fails_all_at_once_and_the_next_batch_tries_again()
    {
        int calls = 0;
        await using var group = new GroupCommit<int, int>(10, items => ++calls == 1
            ? throw new MessageStoreUnavailableException("no connection", isTransient: true, new InvalidOperationException())
            : Task.FromResult<IReadOnlyList<int>>([.. items]));

        await Assert.ThrowsExactlyAsync<MessageStoreUnavailableException>(() => group.CommitAsync(1, Cancel));
        Assert.AreEqual(2, await group.CommitAsync(2, Cancel));
    }

    [TestMethod]
    public async Task Who_gives_up_before_its_turn_is_not_committed()
    {
        List<int> committed = [];
        var firstMayEnd = new TaskCompletionSource();
        var group = new GroupCommit<int, int>(10, async items =>
        {
            await firstMayEnd.Task;
            committed.AddRange(items);
            return [.. items];
        });
        using var giveUp = new CancellationTokenSource();
        Task<int> first = group.CommitAsync(1, Cancel);
        Task<int> second = group.CommitAsync(2, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => second);
        firstMayEnd.SetResult();
        await first;
        await group.DisposeAsync();

        Assert.DoesNotContain(3, committed);
        Assert.Contains(1, committed);
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => group.CommitAsync(3, Cancel));
    }
}
