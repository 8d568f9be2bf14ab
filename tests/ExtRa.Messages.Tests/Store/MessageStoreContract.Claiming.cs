using TestKit;

namespace ExtRa.Messages.Store;

public abstract partial class MessageStoreContract
{
    [TestMethod]
    public async Task A_claim_takes_the_oldest_and_tells_all_a_worker_needs()
    {
        NewMessage request = Request("first");
        await Store.CreateAsync(request, Cancel);
        await RunAsync("update message set createtime = 1000");
        await CreateAsync("second");

        ClaimedMessage claimed = (await ClaimAsync(limit: 3)).Single(message => message.MessageId == "first");

        Assert.AreEqual(new ClaimedMessage(request.UniqueId, "first", MessageType.Scep, request.Message, request.RequestDigest, 1, 1000, 1), claimed);
        MessageRow row = await RowAsync(request.UniqueId);
        Assert.AreEqual(MessageStatus.InProcess, row.Status);
        Assert.AreEqual("worker", row.LeaseOwner);
        Assert.AreEqual((long)Lease.TotalMilliseconds, row.LeaseUntil - row.ModifyTime);
    }

    [TestMethod]
    [DataRow(-3650, DisplayName = "ten years slow")]
    [DataRow(3650, DisplayName = "ten years fast")]
    public async Task Flaw_F8_An_RA_with_a_wrong_clock_neither_overtakes_nor_starves(int days)
    {
        await CreateAsync("before");
        var wrong = new ManualClock(DateTimeOffset.UtcNow.AddDays(days));
        await using (MessageDatabase database = MessageDatabase.Open(new() { Dialect = Dialect, ConnectionString = connectionString, UseDoorbell = false }, wrong))
        {
            await database.Messages.CreateAsync(Request("of the RA with the wrong clock"), Cancel);
        }

        await CreateAsync("after");

        Dictionary<string, long> stored = (await Store.ListAsync(new(), Cancel)).ToDictionary(row => row.MessageId!, row => row.CreateTime);
        Assert.IsInRange(stored["before"], stored["after"], stored["of the RA with the wrong clock"]);
    }

    [TestMethod]
    public async Task Flaw_F5_Eight_workers_share_500_messages_and_none_is_taken_twice()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Store.CreateAsync(Request($"transaction {i}"), Cancel)));
        await using MessageDatabase otherNode = Open(connectionString);

        IEnumerable<string>[] taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            List<string> mine = [];
            await Eventually.BecomesTrueAsync(
                async cancel =>
                {
                    IMessageStore store = worker % 2 == 0 ? Store : otherNode.Messages;
                    mine.AddRange((await store.ClaimAsync(new($"worker {worker}", Lease, 7, AllTypes), cancel)).Select(message => message.UniqueId));
                    return (await Store.StatsAsync(cancel)).Waiting == 0;
                },
                Soon,
                Cancel);
            return mine;
        }));

        string[] all = [.. taken.SelectMany(mine => mine)];
        Assert.HasCount(500, all);
        Assert.AreEqual(500, all.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Flaw A3: 32 messages of the largest size would be 192 Mi characters.</summary>
    [TestMethod]
    public async Task Large_messages_are_claimed_fewer_at_a_time_and_each_of_them_comes()
    {
        string[] large = [.. Enumerable.Range(0, 9).Select(i => $"large {i}")];
        foreach (string name in large)
        {
            await Store.CreateAsync(Request(name, new('x', MessageLimits.MessageLength)), Cancel);
        }

        await CreateAsync("small");
        List<string> claimed = [];
        for (int i = 0; i < 3; i++)
        {
            IReadOnlyList<ClaimedMessage> some = await ClaimAsync(limit: 32);
            Assert.IsNotEmpty(some);
            Assert.IsLessThanOrEqualTo(MessageLimits.ClaimLength, some.Sum(message => message.Message.Length));
            Assert.IsTrue(some.All(message => message.Attempts == 1));
            claimed.AddRange(some.Select(message => message.MessageId));
        }

        CollectionAssert.AreEquivalent(large.Append("small").ToArray(), claimed, "none twice and none left");
    }

    /// <summary>Flaw F9 holds for large messages too: old ones that fill each claim do not keep the newest from being seen.</summary>
    [TestMethod]
    public async Task Large_old_messages_leave_a_place_for_the_newest()
    {
        for (int i = 0; i < 6; i++)
        {
            await Store.CreateAsync(Request($"large {i}", new('x', MessageLimits.MessageLength)), Cancel);
        }

        await RunAsync("update message set createtime = 1000, modifytime = 1000");
        await CreateAsync("newest");
        Assert.Contains("newest", (await ClaimAsync(limit: 32)).Select(message => message.MessageId));
    }

    [TestMethod]
    public async Task Flaw_F1_A_dead_workers_messages_come_back_when_its_lease_ends()
    {
        string uniqueId = await CreateAsync("transaction 1");
        await ClaimAsync("dead worker");
        Assert.IsEmpty(await ClaimAsync("heir"), "The lease is still running.");

        await RunAsync("update message set leaseuntil = 1");

        ClaimedMessage inherited = (await ClaimAsync("heir")).Single();
        Assert.AreEqual(uniqueId, inherited.UniqueId);
        Assert.AreEqual(2, inherited.Attempts);
    }

    [TestMethod]
    public async Task Flaw_F1_A_lease_ends_by_the_databases_clock()
    {
        await CreateAsync("transaction 1");
        await Store.ClaimAsync(new("dead worker", TimeSpan.FromMilliseconds(1), 1, AllTypes), Cancel);

        await Eventually.BecomesTrueAsync(async _ => (await ClaimAsync("heir")).Count == 1, Soon, Cancel);
    }

    [TestMethod]
    public async Task Flaw_F5_A_zombies_late_answer_is_refused()
    {
        string uniqueId = await CreateAsync("transaction 1");
        ClaimedMessage first = (await ClaimAsync("worker"))[0];
        await RunAsync("update message set leaseuntil = 1");
        ClaimedMessage second = (await ClaimAsync("worker"))[0]; // the same name: only the epoch tells them apart

        Assert.AreEqual(0, await Store.AnswerAllAsync([AnswerTo(first, text: "em9tYmll")], Cancel));
        Assert.AreEqual(0, await Store.AnswerAllAsync([AnswerTo(second, owner: "stranger")], Cancel));
        Assert.AreEqual(1, await Store.AnswerAllAsync([AnswerTo(second)], Cancel));
        Assert.AreEqual(0, await Store.AnswerAllAsync([AnswerTo(second, text: "dHdpY2U=")], Cancel));

        MessageRow row = await RowAsync(uniqueId);
        Assert.AreEqual("YW5zd2Vy", row.Message);
        Assert.AreEqual(MessageStatus.Processed, row.Status);
        Assert.IsNull(row.LeaseOwner);
    }

    [TestMethod]
    public async Task Flaw_F6_An_answer_neither_replaces_a_newer_request_nor_revives_a_deleted_row()
    {
        await CreateAsync("replaced");
        await CreateAsync("deleted");
        IReadOnlyList<ClaimedMessage> claimed = await ClaimAsync();
        // A legacy client stores anew and a legacy worker takes it: neither touches our columns.
        await RunAsync("update message set message = 'newer request' where messageid = 'replaced'");
        await RunAsync("delete from message where messageid = 'deleted'");

        Assert.AreEqual(0, await Store.AnswerAllAsync([.. claimed.Select(message => AnswerTo(message) with { RequestMessage = message.Message })], Cancel));

        Assert.AreEqual("newer request\n", await RunAsync("select message from message"));
    }

    [TestMethod]
    public async Task A_batch_of_answers_is_stored_as_far_as_the_claims_are_valid()
    {
        for (int i = 0; i < 70; i++)
        {
            await CreateAsync($"transaction {i}");
        }

        IReadOnlyList<ClaimedMessage> claimed = await ClaimAsync(limit: 100);
        MessageAnswer[] answers = [.. claimed.Select((message, i) => AnswerTo(message) with { Epoch = i < 5 ? 9 : message.Epoch })];

        Assert.HasCount(70, claimed);
        Assert.AreEqual(65, await Store.AnswerAllAsync(answers, Cancel));
        Assert.AreEqual(0, await Store.AnswerAllAsync([], Cancel));
    }

    [TestMethod]
    [DataRow(1, 4, DisplayName = "one message at a time")]
    [DataRow(4, 1, DisplayName = "four at a time")]
    [DataRow(16, 1, DisplayName = "sixteen at a time")]
    public async Task Flaw_F9_A_flood_of_back_dated_messages_starves_nobody(int limit, int claims)
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Store.CreateAsync(Request($"flood {i}"), Cancel)));
        await RunAsync("update message set createtime = 0");
        string honest = await CreateAsync("honest");

        List<string> served = [];
        for (int i = 0; i < claims; i++)
        {
            served.AddRange((await ClaimAsync(limit: limit)).Select(message => message.UniqueId));
        }

        CollectionAssert.Contains(served, honest);
        Assert.HasCount(limit * claims, served);
    }

    [TestMethod]
    public async Task Flaw_F4_Equal_ids_of_different_kinds_hinder_nobody()
    {
        await CreateAsync("same", MessageType.ExtRa);
        await CreateAsync("same", MessageType.Scep);
        await CreateAsync("behind", MessageType.Scep);

        Assert.HasCount(3, await ClaimAsync());
    }

    [TestMethod]
    public async Task Flaw_F11_A_worker_gets_the_kinds_it_serves_and_no_others()
    {
        string scep = await CreateAsync("transaction", MessageType.Scep);
        await CreateAsync("transaction", MessageType.ExtRa);

        Assert.IsEmpty(await ClaimAsync("cmp worker", 10, MessageType.Cmp));
        Assert.AreEqual(scep, (await ClaimAsync("scep worker", 10, MessageType.Scep)).Single().UniqueId);
        await RunAsync("update message set leaseuntil = 1");
        Assert.IsEmpty(await ClaimAsync("cmp worker", 10, MessageType.Cmp), "An expired lease is not a way around it.");
    }
}
