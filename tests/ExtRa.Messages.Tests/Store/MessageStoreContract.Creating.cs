namespace ExtRa.Messages.Store;

public abstract partial class MessageStoreContract
{
    [TestMethod]
    public async Task A_new_request_waits_under_its_names_with_the_databases_time()
    {
        NewMessage request = Request("transaction 1");

        Assert.AreEqual(CreateResult.Created, await Store.CreateAsync(request, Cancel));

        MessageRow row = await RowAsync(request.UniqueId);
        Assert.AreEqual(new MessageRow(request.UniqueId, "transaction 1", MessageType.Scep, MessageStatus.Waiting, row.CreateTime, row.CreateTime, request.Message, request.RequestDigest, 0, null, null, null), row);
        Assert.AreEqual(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), row.CreateTime, 60_000, "The test's database has the test's clock.");
    }

    [TestMethod]
    public async Task The_same_request_again_continues_the_transaction()
    {
        NewMessage request = Request("transaction 1");
        await Store.CreateAsync(request, Cancel);

        // Sealing is random: the same request looks different each time.
        Assert.AreEqual(CreateResult.AlreadyThere, await Store.CreateAsync(request with { Message = "c2VhbGVkIGFnYWlu" }, Cancel));

        Assert.AreEqual(request.Message, (await RowAsync(request.UniqueId)).Message);
    }

    [TestMethod]
    public async Task Flaw_B2_Another_request_under_a_known_id_is_refused_and_changes_nothing()
    {
        NewMessage request = Request("transaction 1");
        await Store.CreateAsync(request, Cancel);
        MessageRow before = await RowAsync(request.UniqueId);

        Assert.AreEqual(CreateResult.Conflict, await Store.CreateAsync(request with { Message = "b3RoZXI=", RequestDigest = DigestOf("other") }, Cancel));

        Assert.AreEqual(before, await RowAsync(request.UniqueId));
    }

    [TestMethod]
    public async Task Flaw_B2_An_answer_is_not_replaced_by_repeating_the_id()
    {
        string uniqueId = await CreateAsync("transaction 1");
        await Store.AnswerAllAsync([AnswerTo((await ClaimAsync())[0])], Cancel);

        Assert.AreEqual(CreateResult.AlreadyThere, await Store.CreateAsync(Request("transaction 1"), Cancel));
        Assert.AreEqual(CreateResult.Conflict, await Store.CreateAsync(Request("transaction 1", "bmV3"), Cancel));

        Assert.AreEqual(MessageStatus.Processed, (await RowAsync(uniqueId)).Status);
    }

    [TestMethod]
    public async Task Flaw_B1_Ids_with_equal_legacy_hash_never_share_a_row()
    {
        // Java's hash of "Aa" and of "BB" is 2112; the row of a legacy client is in the way of ours.
        await RunAsync("insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) values ('21121', 1, 'legacy', 'Aa', 1, 1, 1)");

        Assert.AreEqual(CreateResult.Conflict, await Store.CreateAsync(new("21121", "BB", MessageType.ExtRa, "c2VhbGVk", DigestOf("BB")), Cancel));
        Assert.AreEqual(CreateResult.Conflict, await Store.CreateAsync(new("21121", "Aa", MessageType.ExtRa, "c2VhbGVk", DigestOf("Aa")), Cancel));
        Assert.AreEqual("legacy", (await RowAsync("21121")).Message);
    }

    [TestMethod]
    public async Task Fifty_identical_requests_at_once_make_one_row()
    {
        NewMessage request = Request("the only one");
        await using MessageDatabase secondProcess = Open(connectionString);

        CreateResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? Store : secondProcess.Messages).CreateAsync(request, Cancel)));

        Assert.AreEqual(1, results.Count(result => result == CreateResult.Created));
        Assert.AreEqual(49, results.Count(result => result == CreateResult.AlreadyThere));
        Assert.AreEqual(1, (await Store.StatsAsync(Cancel)).Waiting);
    }

    [TestMethod]
    public async Task Of_different_requests_under_one_id_at_once_one_is_stored()
    {
        CreateResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Store.CreateAsync(Request("contested", $"content{i}"), Cancel)));

        Assert.AreEqual(1, results.Count(result => result == CreateResult.Created));
        Assert.AreEqual(49, results.Count(result => result == CreateResult.Conflict));
    }

    [TestMethod]
    public async Task Three_hundred_requests_at_once_are_all_stored()
    {
        CreateResult[] results = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Store.CreateAsync(Request($"transaction {i}"), Cancel)));

        Assert.IsTrue(Array.TrueForAll(results, result => result == CreateResult.Created));
        Assert.AreEqual(300, (await Store.StatsAsync(Cancel)).Waiting);
    }

    [TestMethod]
    [DataRow("line\nbreak", DisplayName = "a line break forges a log line")]
    [DataRow("nul\0", DisplayName = "NUL, which PostgreSQL cannot store")]
    [DataRow("\u001b[2J", DisplayName = "a terminal escape")]
    [DataRow("gpj.\u202eexe", DisplayName = "a right-to-left override")]
    [DataRow("two\u2028lines", DisplayName = "a Unicode line separator")]
    [DataRow("half a pair <half>", DisplayName = "half a surrogate pair")]
    [DataRow("", DisplayName = "nothing")]
    public async Task Flaw_B6_A_name_that_lies_is_refused_before_the_database_sees_it(string messageId) =>
        await Assert.ThrowsExactlyAsync<InvalidMessageException>(() => Store.CreateAsync(Request("x") with { MessageId = messageId.Replace("<half>", "\ud83d", StringComparison.Ordinal) }, Cancel));

    [TestMethod]
    public async Task Flaw_B6_A_name_of_64_KB_is_refused_before_the_database_sees_it() =>
        await Assert.ThrowsExactlyAsync<InvalidMessageException>(() => Store.CreateAsync(Request("x") with { MessageId = new('a', 65536) }, Cancel));

    [TestMethod]
    [DataRow("'; drop table message; --", DisplayName = "SQL")]
    [DataRow("\\' or 1=1 #", DisplayName = "SQL of MariaDB")]
    [DataRow("@uniqueid_0 ? $1 {0} %s :x", DisplayName = "names of parameters")]
    [DataRow("Zürich 東京 🔑", DisplayName = "characters of two, three and four bytes")]
    [DataRow("<b>&amp;</b>", DisplayName = "HTML")]
    public async Task Flaw_B6_A_strange_name_is_kept_as_it_is(string messageId)
    {
        string uniqueId = await CreateAsync(messageId);
        string longest = new('é', MessageLimits.MessageIdLength);
        await CreateAsync(longest);

        Assert.AreEqual(messageId, (await RowAsync(uniqueId)).MessageId);
        Assert.AreEqual(uniqueId, (await Store.ListAsync(new(MessageId: messageId), Cancel)).Single().UniqueId);
        Assert.HasCount(1, await Store.ListAsync(new(MessageId: longest), Cancel));
    }

    [TestMethod]
    public async Task Messages_have_a_largest_size()
    {
        string large = new('A', 5_000_000);
        NewMessage request = Request("large", large);
        await Store.CreateAsync(request, Cancel);
        Assert.AreEqual(large, (await RowAsync(request.UniqueId)).Message);

        NewMessage tooLarge = Request("too large") with { Message = new('A', MessageLimits.MessageLength + 1) };
        await Assert.ThrowsExactlyAsync<InvalidMessageException>(() => Store.CreateAsync(tooLarge, Cancel));
        await Assert.ThrowsExactlyAsync<InvalidMessageException>(() => Store.CreateAsync(Request("x") with { Message = "ümlaut" }, Cancel));
        await Assert.ThrowsExactlyAsync<InvalidMessageException>(() => Store.FindAsync("no key'", Cancel));
    }
}
