using System.Globalization;

namespace ExtRa.Messages.Store;

/// <content>Rows that somebody wrote past our store: one harms itself, never the others.</content>
public abstract partial class MessageStoreContract
{
    private const string Row = "insert into message (uniqueid, messageid, type, status, message, createtime, modifytime, attempts, requestdigest) values";

    [TestMethod]
    public async Task Flaw_F2_Numbers_that_a_writer_made_up_stop_no_claim()
    {
        await RunAsync($"{Row} ('least', 'm', 2, 1, 'AAAA', 9223372036854775807, 9223372036854775807, -2147483648, null)");
        Assert.AreEqual(TimeSpan.Zero, (await Store.StatsAsync(Cancel)).OldestWaiting);
        await RunAsync($"{Row} ('most', 'm', 2, 1, 'AAAA', -9223372036854775807, -9223372036854775807, 2147483647, null)");
        string honest = await CreateAsync("among them");

        Assert.AreEqual(3, (await Store.StatsAsync(Cancel)).Waiting);
        var claimed = (await ClaimAsync()).ToDictionary(one => one.UniqueId, StringComparer.Ordinal);

        CollectionAssert.AreEquivalent((string[])["most", "least", honest], claimed.Keys.ToArray());
        Assert.AreEqual(int.MaxValue, claimed["most"].Attempts, "so that it is given up");
        Assert.AreEqual(1, claimed["least"].Attempts, "no more attempts than others have");
        Assert.IsTrue(await Store.AnswerAsync(AnswerTo(claimed["most"]), Cancel));
        await RunAsync("update message set leaseuntil = 9223372036854775807, notbefore = -9223372036854775807");
        foreach (MessageRow row in await Store.ListAsync(new(), Cancel))
        {
            foreach (long? time in (long?[])[row.CreateTime, row.ModifyTime, row.NotBefore, row.LeaseUntil])
            {
                _ = DateTimeOffset.FromUnixTimeMilliseconds(time!.Value); // as whoever shows it does
            }
        }
    }

    [TestMethod]
    public async Task Flaw_A3_A_text_longer_than_any_message_is_never_read_and_still_answered()
    {
        int longest = MessageLimits.MessageLength;
        await RunAsync($"""
            {Row} ('native', 'm', 2, 1, repeat('A', {longest + 1}), 1, 1, null, null),
                  ('legacy', 'm', 2, 1, concat('<java>', repeat('A', {longest})), 1, 1, null, null),
                  ('fits', 'm', 2, 1, repeat('A', {longest}), 1, 1, null, null)
            """);
        string honest = await CreateAsync("among them");

        var claimed = (await ClaimAsync()).ToDictionary(one => one.UniqueId, StringComparer.Ordinal);

        Assert.HasCount(4, claimed);
        Assert.AreEqual((longest + 1L, 64), (claimed["native"].Oversize, claimed["native"].Message.Length));
        Assert.AreEqual(longest + 6L, claimed["legacy"].Oversize);
        StringAssert.StartsWith(claimed["legacy"].Message, "<java>AAAA", StringComparison.Ordinal);
        Assert.AreEqual((null, longest), (claimed["fits"].Oversize, claimed["fits"].Message.Length));
        Assert.IsNull(claimed[honest].Oversize);
        Assert.IsTrue(await Store.AnswerAsync(AnswerTo(claimed["native"]), Cancel));
        Assert.IsTrue(await Store.AnswerAsync(AnswerTo(claimed["legacy"]) with { RequestMessage = claimed["legacy"].Message, NextLife = "life-" + new string('0', 48) + "-0000000000" }, Cancel));
        Assert.AreEqual("YW5zd2Vy", (await RowAsync("legacy")).Message);
    }

    /// <summary>The other way round: what a front end finds where its answer should be.</summary>
    [TestMethod]
    public async Task Flaw_A3_A_front_end_does_not_read_an_answer_longer_than_any_message()
    {
        await RunAsync($"{Row} ('x2-flood', 'm', 2, 3, repeat('A', {MessageLimits.MessageLength + 1}), 1, 1, null, null)");

        foreach (MessageRow? row in (MessageRow?[])[await RowAsync("x2-flood"), await Store.WaitForAnswerAsync("x2-flood", Soon, Cancel)])
        {
            Assert.AreEqual((MessageStatus.Processed, null, MessageLimits.MessageLength + 1L), (row!.Status, row.Message, row.Oversize));
        }
    }

    /// <summary>WIRE.md 1.4: a legacy client writes its next request into the row and leaves createtime as it is.</summary>
    [TestMethod]
    public async Task What_a_legacy_client_writes_into_an_old_row_is_as_old_as_what_it_wrote()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        long before = now - (40 * 86_400_000L);
        long lately = now - 60_000;
        var month = TimeSpan.FromDays(30);
        await RunAsync($"""
            {Row} ('unknown', 'm', 1, 1, '<java>', {before}, {lately}, null, null),
                  ('answered', 'm', 1, 1, '<java>', {before}, {lately}, 0, 'life-1'),
                  ('dead', 'm', 1, 1, '<java>', {before}, {before}, null, null)
            """);

        CollectionAssert.AreEqual((string[])["dead"], (await Store.ExpireAsync(month, 10, Cancel)).Select(row => row.UniqueId).ToArray(), "nobody has looked at the others yet");
        await RunAsync($"{Row} ('native', 'm', 1, 1, 'AAAA', {before}, {lately}, 0, '{DigestOf("native")}')");
        var claimed = (await ClaimAsync()).ToDictionary(one => one.UniqueId, StringComparer.Ordinal);
        Assert.AreEqual(lately, claimed["unknown"].CreateTime);
        Assert.AreEqual(lately, claimed["answered"].CreateTime);
        Assert.AreEqual(before, claimed["native"].CreateTime, "a row that lives once is as old as it is");
        foreach (ClaimedMessage one in claimed.Values)
        {
            await Store.ReleaseAsync(one.UniqueId, "worker", one.Epoch, Lease, countsAsAttempt: false, Cancel); // as when a person must decide
        }

        CollectionAssert.AreEqual((string[])["native"], (await Store.ExpireAsync(month, 10, Cancel)).Select(row => row.UniqueId).ToArray());
        await Store.WakeAsync(["unknown", "answered"], Cancel);
        IReadOnlyList<ClaimedMessage> again = await ClaimAsync();
        Assert.HasCount(2, again);
        Assert.IsTrue(again.All(one => one.CreateTime == lately), "a wait makes nothing younger");
    }

    /// <summary>FLAWS.md F1: a legacy worker that was stopped in between leaves its rows in process for ever.</summary>
    [TestMethod]
    public async Task What_a_legacy_worker_had_taken_comes_back_marked_and_nothing_else_does()
    {
        string ours = await CreateAsync("in process here");
        await ClaimAsync();
        await LegacyRowAsync("11", "'taken'", status: MessageStatus.InProcess);
        await LegacyRowAsync("21", "'answered'", status: MessageStatus.Processed);
        Assert.IsTrue((await RowAsync("11")).IsLeftByLegacyWorker);
        Assert.IsFalse((await RowAsync(ours)).IsLeftByLegacyWorker);

        Assert.AreEqual(1, await Store.TakeOverAsync(Cancel));
        Assert.AreEqual(0, await Store.TakeOverAsync(Cancel));

        ClaimedMessage claimed = (await ClaimAsync()).Single();
        Assert.AreEqual("11", claimed.UniqueId);
        Assert.IsTrue(claimed is { IsTakenOver: true, IsLegacyWritten: true, HasLivedBefore: false });
        Assert.AreEqual(7, claimed.CreateTime, "as old as it is");
        Assert.IsTrue(await Store.AnswerAsync(AnswerTo(claimed) with { RequestMessage = claimed.Message, NextLife = Life }, Cancel));
        Assert.IsTrue((await RowAsync("11")).RequestDigest!.StartsWith(ClaimedMessage.LifePrefix, StringComparison.Ordinal), "the next request in this row is a new one");
    }

    private static string Life => ClaimedMessage.LifePrefix + new string('0', 48) + "-0000000000";

    private Task LegacyRowAsync(string uniqueId, string message, MessageStatus status = MessageStatus.Waiting, long createTime = 7, long modifyTime = 7, int? attempts = null) => RunAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"insert into message (uniqueid, createtime, message, messageid, modifytime, status, type, attempts) values ('{uniqueId}', {createTime}, {message}, 'm', {modifyTime}, {(int)status}, 1, {(attempts is { } number ? number : "null")})"));
}
