namespace ExtRa.Messages.Store;

public abstract partial class MessageStoreContract
{
    [TestMethod]
    public async Task Only_old_answers_are_purged_and_never_more_than_asked_for()
    {
        for (int i = 0; i < 12; i++)
        {
            await CreateAsync($"transaction {i}");
        }

        IReadOnlyList<ClaimedMessage> claimed = await ClaimAsync();
        await Store.AnswerAllAsync([.. claimed.Select(message => AnswerTo(message))], Cancel);
        await RunAsync($"update message set createtime = 1, modifytime = 1 where uniqueid <> '{claimed[9].UniqueId}'");

        Assert.AreEqual(4, await Store.PurgeAsync(TimeSpan.FromDays(1), 4, Cancel));
        Assert.AreEqual(5, await Store.PurgeAsync(TimeSpan.FromDays(1), 1000, Cancel));
        Assert.AreEqual(new MessageStats(2, 0, 0, 1, null) with { OldestWaiting = null }, (await Store.StatsAsync(Cancel)) with { OldestWaiting = null });
    }

    [TestMethod]
    public async Task Requests_that_nobody_answers_expire_and_are_named_for_the_audit_log()
    {
        await CreateAsync("abandoned");
        string leased = await CreateAsync("in process");
        await RunAsync("update message set createtime = 1");
        await RunAsync($"update message set status = 2, leaseowner = 'w', attempts = 1, leaseuntil = 99999999999999 where uniqueid = '{leased}'");
        await RunAsync("insert into message (uniqueid, createtime, messageid, modifytime, status, type) values ('-51', 1, 'a legacy worker''s since 2012', 1, 2, 1)");
        await RunAsync("insert into message (uniqueid, createtime, messageid, modifytime, status, type, leaseowner, leaseuntil) values ('-52', 1, 'a dead worker''s', 1, 2, 1, 'w', 2)");
        await CreateAsync("fresh");

        IReadOnlyList<MessageRow> expired = await Store.ExpireAsync(TimeSpan.FromDays(1), 100, Cancel);

        CollectionAssert.AreEquivalent(new[] { "abandoned", "a dead worker's" }, expired.Select(row => row.MessageId).ToArray());
        Assert.IsTrue(expired.All(row => row.Message is null));
        Assert.HasCount(3, await Store.ListAsync(new(), Cancel));
        Assert.AreEqual(1, await Store.TakeOverAsync(Cancel), "what the legacy worker has left can still be taken over");
    }

    [TestMethod]
    public async Task The_list_shows_the_newest_first_without_their_content()
    {
        await CreateAsync("old", MessageType.ExtRa);
        await RunAsync("update message set createtime = 5");
        await CreateAsync("new");

        CollectionAssert.AreEqual(new[] { "new", "old" }, (await Store.ListAsync(new(), Cancel)).Select(row => row.MessageId).ToArray());
        Assert.AreEqual("old", (await Store.ListAsync(new(Type: MessageType.ExtRa), Cancel)).Single().MessageId);
        Assert.IsEmpty(await Store.ListAsync(new(Status: MessageStatus.Processed), Cancel));
        Assert.IsNull((await Store.ListAsync(new(Limit: 1), Cancel)).Single().Message);
        Assert.IsGreaterThan(TimeSpan.FromDays(365), (await Store.StatsAsync(Cancel)).OldestWaiting!.Value);
    }

    [TestMethod]
    public async Task Publications_grow_by_version_and_the_newest_is_found()
    {
        IPublicationStore publications = Database.Publications;
        var validFrom = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
        Publication At(long version) => new("crl/Sample CA", version, validFrom, validFrom.AddDays(version), $"signed{version}");
        Assert.IsNull(await publications.FindNewestAsync("crl/Sample CA", Cancel));

        Assert.IsTrue(await publications.PublishAsync(At(9), Cancel));
        Assert.IsTrue(await publications.PublishAsync(At(10), Cancel));
        Assert.IsFalse(await publications.PublishAsync(At(10) with { Content = "other" }, Cancel));
        Assert.IsTrue(await publications.PublishAsync(At(11) with { Name = "crl/sample ca" }, Cancel), "Names differ by case.");

        Assert.AreEqual(At(10), await publications.FindNewestAsync("crl/Sample CA", Cancel));
        Assert.AreEqual(1, await publications.PruneAsync("crl/Sample CA", 1, Cancel));
        Assert.AreEqual(At(10), await publications.FindNewestAsync("crl/Sample CA", Cancel));
    }

    /// <summary>Whoever can write the table must not fill the memory of its readers.</summary>
    [TestMethod]
    public async Task A_publication_longer_than_any_of_ours_is_passed_over()
    {
        IPublicationStore publications = Database.Publications;
        var at = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
        var longest = new Publication("crl/CA", 1, at, at, new('x', MessageLimits.MessageLength));
        Assert.IsTrue(await publications.PublishAsync(longest, Cancel));
        await RunAsync($"insert into publication (name, version, created, notbefore, notafter, content) values ('crl/CA', 2, 1, 1, 1, repeat('x', {MessageLimits.MessageLength + 1}))");
        Assert.AreEqual(longest, await publications.FindNewestAsync("crl/CA", Cancel));
    }

    [TestMethod]
    public async Task A_challenge_serves_one_message_of_many_that_try_at_once()
    {
        IChallengeStore challenges = Database.Challenges;
        string mac = DigestOf("one-time password");
        Assert.IsTrue(await challenges.AddAsync("scep", mac, "CN=router", TimeSpan.FromHours(1), Cancel));
        Assert.IsFalse(await challenges.AddAsync("scep", mac, null, TimeSpan.FromHours(1), Cancel));

        bool[] consumed = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => challenges.ConsumeAsync("scep", mac, $"x2-{i}", Cancel)));
        Assert.AreEqual(1, consumed.Count(done => done));

        Challenge? row = await challenges.FindAsync("scep", mac, Cancel);
        Assert.AreEqual($"x2-{Array.IndexOf(consumed, true)}", row!.ConsumedBy);
        Assert.AreEqual("CN=router", row.Subject);
        Assert.IsTrue(await challenges.ConsumeAsync("scep", mac, row.ConsumedBy!, Cancel), "A repeat of the same message may use it again.");
        Assert.AreEqual(row, await challenges.FindAsync("scep", mac, Cancel));
        Assert.IsFalse(await challenges.ConsumeAsync("other alias", mac, "x2-0", Cancel));
    }

    [TestMethod]
    public async Task A_row_is_removed_by_key_and_name_together()
    {
        string uniqueId = await CreateAsync("mine");
        await CreateAsync("another");
        await Store.RemoveAsync(uniqueId, "another", Cancel);
        Assert.AreEqual("mine", (await RowAsync(uniqueId)).MessageId);

        await Store.RemoveAsync(uniqueId, "mine", Cancel);
        await Store.RemoveAsync(uniqueId, "mine", Cancel); // as after a connection that broke

        Assert.AreEqual("another", (await Store.ListAsync(new(), Cancel)).Single().MessageId);
    }

    [TestMethod]
    public async Task An_expired_challenge_serves_nobody_and_is_purged()
    {
        IChallengeStore challenges = Database.Challenges;
        await challenges.AddAsync("scep", DigestOf("expired"), null, TimeSpan.FromSeconds(-5), Cancel);
        await challenges.AddAsync("scep", DigestOf("valid"), null, TimeSpan.FromHours(1), Cancel);

        Assert.IsFalse(await challenges.ConsumeAsync("scep", DigestOf("expired"), "x2-1", Cancel));
        Assert.IsTrue((await challenges.FindAsync("scep", DigestOf("expired"), Cancel))!.HasExpired);
        Assert.AreEqual(0, await challenges.PurgeAsync(TimeSpan.FromDays(1), 100, Cancel));
        Assert.AreEqual(1, await challenges.PurgeAsync(TimeSpan.Zero, 100, Cancel));
        Assert.IsFalse((await challenges.FindAsync("scep", DigestOf("valid"), Cancel))!.HasExpired);
    }

    [TestMethod]
    public async Task A_table_that_legacy_programs_made_is_extended_in_place_and_its_rows_are_served()
    {
        string legacy = await NewLegacyDatabaseAsync();
        await RunAsync(legacy, "insert into message (uniqueId, createtime, message, messageid, modifytime, status, type) values ('-21474836481', 7, '<?xml version=\"1.0\"?>', 'polygenelubricants', 7, 1, 1), ('01', 8, 'done', '', 8, 3, 1), ('992', 9, 'taken', 'c', 9, 2, 2)");
        await using MessageDatabase here = Open(legacy);

        await here.CreateSchemaAsync(Cancel);
        await Task.WhenAll(here.CreateSchemaAsync(Cancel), here.CreateSchemaAsync(Cancel)); // again and at the same time

        ClaimedMessage claimed = (await here.Messages.ClaimAsync(new("worker", Lease, 10, AllTypes), Cancel)).Single();
        Assert.AreEqual(new ClaimedMessage("-21474836481", "polygenelubricants", MessageType.ExtRa, "<?xml version=\"1.0\"?>", null, 1, 7, 1), claimed);
        Assert.AreEqual(1, await here.Messages.AnswerAllAsync([AnswerTo(claimed) with { RequestMessage = claimed.Message }], Cancel));
        Assert.AreEqual("taken", (await here.Messages.FindAsync("992", Cancel))!.Message, "What a legacy worker has is left to it.");
        // A legacy program still writes its seven columns and reads them all.
        await RunAsync(legacy, "insert into message (uniqueId, createtime, message, messageid, modifytime, status, type) values ('5', 1, 'x', 'y', 1, 1, 1)");
        Assert.AreEqual("-21474836481\t3\n", await RunAsync(legacy, "select uniqueId, status from message where createtime = 7"));
        Assert.AreEqual(CreateResult.Created, await here.Messages.CreateAsync(Request("beside legacy rows"), Cancel));
    }

    [TestMethod]
    public async Task Flaw_F10_A_hundred_thousand_answered_messages_cost_a_claim_nothing()
    {
        await RunAsync(Dialect == MessageDialect.PostgreSql
            ? "insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) select 'old' || n, n, 'answer', 'id' || n, n, 3, 2 from generate_series(1, 100000) n; analyze message"
            : "insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) select concat('old', seq), seq, 'answer', concat('id', seq), seq, 3, 2 from seq_1_to_100000; analyze table message");
        string waiting = await CreateAsync("behind them all");

        string plan = await ExplainClaimAsync(connectionString);

        Assert.DoesNotContain("Seq Scan on message", plan);
        Assert.DoesNotContain("\tALL\t", plan);
        Assert.AreEqual(waiting, (await ClaimAsync()).Single().UniqueId);
        Assert.AreEqual(100_000, await Store.PurgeAsync(TimeSpan.FromDays(1), 1_000_000, Cancel));
    }
}
