using TestKit;

namespace ExtRa.Messages.Store;

public abstract partial class MessageStoreContract
{
    [TestMethod]
    public async Task An_answer_ends_the_wait_for_it()
    {
        string uniqueId = await CreateAsync("transaction 1");
        await using MessageDatabase worker = Open(connectionString);
        Task<MessageRow?> wait = Store.WaitForAnswerAsync(uniqueId, Soon, Cancel);

        await worker.Messages.AnswerAllAsync([AnswerTo((await ClaimAsync())[0])], Cancel);

        MessageRow? row = await wait;
        Assert.AreEqual(MessageStatus.Processed, row!.Status);
        Assert.AreEqual("YW5zd2Vy", row.Message);
    }

    [TestMethod]
    public async Task An_answer_that_is_there_already_ends_the_wait_at_once()
    {
        string uniqueId = await CreateAsync("transaction 1");
        await Store.AnswerAllAsync([AnswerTo((await ClaimAsync())[0])], Cancel);

        Assert.AreEqual(MessageStatus.Processed, (await Store.WaitForAnswerAsync(uniqueId, Soon, Cancel))!.Status);
    }

    [TestMethod]
    public async Task Setting_a_message_aside_ends_the_wait_too_so_that_its_client_learns_it_is_pending()
    {
        string uniqueId = await CreateAsync("needs an approval");
        Task<MessageRow?> wait = Store.WaitForAnswerAsync(uniqueId, Soon, Cancel);
        ClaimedMessage claimed = (await ClaimAsync())[0];

        await Store.ReleaseAsync(uniqueId, "worker", claimed.Epoch, TimeSpan.FromHours(1), countsAsAttempt: false, Cancel);

        MessageRow? row = await wait;
        Assert.AreEqual(MessageStatus.Waiting, row!.Status);
        Assert.IsNotNull(row.NotBefore);
    }

    [TestMethod]
    public async Task Setting_a_message_aside_for_a_moment_does_not_end_the_wait()
    {
        string uniqueId = await CreateAsync("meets another request of its user");
        Task<MessageRow?> wait = Store.WaitForAnswerAsync(uniqueId, Soon, Cancel);
        await Store.ReleaseAsync(uniqueId, "worker", (await ClaimAsync())[0].Epoch, TimeSpan.FromMilliseconds(50), countsAsAttempt: false, Cancel);

        IReadOnlyList<ClaimedMessage> again = [];
        await Eventually.BecomesTrueAsync(async _ => (again = await ClaimAsync()).Count > 0, Soon, Cancel);
        await Store.AnswerAllAsync([AnswerTo(again[0])], Cancel);

        Assert.AreEqual(MessageStatus.Processed, (await wait)!.Status);
    }

    [TestMethod]
    public async Task After_waking_a_wait_lasts_until_the_answer()
    {
        string uniqueId = await CreateAsync("needs an approval");
        await Store.ReleaseAsync(uniqueId, "worker", (await ClaimAsync())[0].Epoch, TimeSpan.FromHours(1), countsAsAttempt: false, Cancel);
        await Store.WakeAsync([uniqueId], Cancel);
        Task<MessageRow?> wait = Store.WaitForAnswerAsync(uniqueId, Soon, Cancel);

        await Store.AnswerAllAsync([AnswerTo((await ClaimAsync())[0])], Cancel);

        Assert.AreEqual(MessageStatus.Processed, (await wait)!.Status);
    }

    [TestMethod]
    public async Task When_the_time_is_over_the_row_is_told_as_it_is()
    {
        string uniqueId = await CreateAsync("transaction 1");

        Assert.AreEqual(MessageStatus.Waiting, (await Store.WaitForAnswerAsync(uniqueId, TimeSpan.FromMilliseconds(20), Cancel))!.Status);
        Assert.AreEqual(MessageStatus.Waiting, (await Store.WaitForAnswerAsync(uniqueId, TimeSpan.Zero, Cancel))!.Status);
        Assert.IsNull(await Store.WaitForAnswerAsync("x2-unknown", TimeSpan.FromMilliseconds(20), Cancel));
    }

    [TestMethod]
    public async Task Two_hundred_clients_each_get_their_own_answer()
    {
        string[] ids = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => CreateAsync($"transaction {i}")));
        Task<MessageRow?>[] waits = [.. ids.Select(id => Store.WaitForAnswerAsync(id, Soon, Cancel))];
        await using MessageDatabase worker = Open(connectionString);

        IReadOnlyList<ClaimedMessage> claimed = await ClaimAsync(limit: 200);
        await worker.Messages.AnswerAllAsync([.. claimed.Select(message => AnswerTo(message, text: message.UniqueId))], Cancel);

        foreach (MessageRow? row in await Task.WhenAll(waits))
        {
            Assert.AreEqual(row!.UniqueId, row.Message);
        }
    }

    [TestMethod]
    public async Task Several_may_wait_for_one_answer_and_one_may_give_up()
    {
        string uniqueId = await CreateAsync("transaction 1");
        using var impatient = new CancellationTokenSource();
        Task<MessageRow?> first = Store.WaitForAnswerAsync(uniqueId, Soon, Cancel);
        Task<MessageRow?> second = Store.WaitForAnswerAsync(uniqueId, Soon, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => second);

        await Store.AnswerAllAsync([AnswerTo((await ClaimAsync())[0])], Cancel);

        Assert.AreEqual(MessageStatus.Processed, (await first)!.Status);
    }

    [TestMethod]
    public async Task A_new_request_rings_the_workers_bell()
    {
        await using MessageDatabase worker = Open(connectionString);
        await RingsAsync(worker.NewRequests, () => CreateAsync("transaction 1"));
        string uniqueId = (await ClaimAsync()).Single().UniqueId;

        await Store.ReleaseAsync(uniqueId, "worker", 1, TimeSpan.FromHours(1), countsAsAttempt: false, Cancel);
        await RingsAsync(worker.NewRequests, () => Store.WakeAsync([uniqueId], Cancel));
    }

    [TestMethod]
    public async Task A_ring_between_two_waits_is_not_lost()
    {
        await Database.NewRequests.WaitAsync(TimeSpan.FromMilliseconds(1), Cancel); // the bell listens from the first wait on
        await RingsAsync(Database.NewRequests, () => CreateAsync("heard"));
        await CreateAsync("between");
        Task<MessageRow?> served = Store.WaitForAnswerAsync((await ClaimAsync())[0].UniqueId, TimeSpan.FromMilliseconds(20), Cancel);
        await served;

        await Database.NewRequests.WaitAsync(Long, Cancel).WaitAsync(Soon, Cancel);
    }

    [TestMethod]
    public async Task Without_a_bell_polling_finds_requests_and_answers()
    {
        await using MessageDatabase silent = Open(connectionString, options => options.UseDoorbell = false);
        string uniqueId = await CreateAsync("transaction 1");
        Task<MessageRow?> wait = silent.Messages.WaitForAnswerAsync(uniqueId, Soon, Cancel);
        await silent.NewRequests.WaitAsync(Soon, Cancel);

        await Store.AnswerAllAsync([AnswerTo((await ClaimAsync())[0])], Cancel);

        Assert.AreEqual(MessageStatus.Processed, (await wait)!.Status);
    }

    [TestMethod]
    public async Task A_restart_of_the_server_is_survived_by_whoever_waits()
    {
        await using OwnServer server = await StartServerAsync();
        await using MessageDatabase here = Open(server.ConnectionString);
        await here.CreateSchemaAsync(Cancel);
        NewMessage request = Request("before the restart");
        await here.Messages.CreateAsync(request, Cancel);
        Task<MessageRow?> wait = here.Messages.WaitForAnswerAsync(request.UniqueId, Long, Cancel);
        Task bell = here.NewRequests.WaitAsync(Long, Cancel);

        await server.StopAsync();
        MessageStoreUnavailableException failure = await Assert.ThrowsExactlyAsync<MessageStoreUnavailableException>(() => here.Messages.CreateAsync(Request("while it is away"), Cancel));
        Assert.IsTrue(failure.IsTransient);
        Assert.DoesNotContain("assword", failure.Message);
        await server.StartAsync();

        Assert.AreEqual(CreateResult.Created, await here.Messages.CreateAsync(Request("after the restart"), Cancel));
        await bell;
        IReadOnlyList<ClaimedMessage> claimed = await here.Messages.ClaimAsync(new("worker", Lease, 10, AllTypes), Cancel);
        Assert.HasCount(2, claimed);
        await here.Messages.AnswerAllAsync([.. claimed.Select(message => AnswerTo(message))], Cancel);
        Assert.AreEqual(MessageStatus.Processed, (await wait)!.Status);
    }

    // The bell needs a moment to connect, and connecting rings it too: so ring until a wait ends that had begun in silence.
    private async Task RingsAsync(IDoorbell bell, Func<Task> ring)
    {
        await bell.WaitAsync(TimeSpan.FromMilliseconds(500), Cancel);
        Task wait = bell.WaitAsync(Long, Cancel);
        await ring();
        await wait.WaitAsync(Soon, Cancel);
    }
}
