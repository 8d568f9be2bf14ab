using System.Globalization;
using ExtRa.Messages.Contract;

namespace ExtRa.Messages.Store;

/// <summary>
/// Rows as a legacy program may write them: it owns every column of the table. Its own row may come to nothing; those of
/// others must not (FLAWS.md A3, B2, F1, F9).
/// </summary>
public abstract partial class MessageStoreContract
{
    private const long Never = long.MaxValue, BeforeTime = long.MinValue;

    [TestMethod]
    public async Task Flaw_A3_A_text_that_no_message_may_have_is_not_brought_here_and_is_answered()
    {
        await LegacyRowAsync("11", $"repeat('<', {MessageLimits.ClaimedLength + 1})");
        await LegacyRowAsync("21", $"repeat('<', {MessageLimits.ClaimedLength})");
        bool hasRoom = Dialect == MessageDialect.PostgreSql; // the other takes no packet of that size
        await LegacyRowAsync("31", !hasRoom ? "'short'" : $"concat(repeat('<', {MessageLimits.MessageLength / 2}), repeat('<', {(MessageLimits.MessageLength / 2) + 1}))");

        IReadOnlyList<ClaimedMessage> claimed = await ClaimAsync();

        ClaimedMessage cut = claimed.Single(message => message.UniqueId == "11");
        Assert.IsTrue(cut.IsCut);
        Assert.AreEqual(new string('<', 100), cut.Message);
        CollectionAssert.AreEqual(MessageIds.ColumnHash(new string('<', MessageLimits.ClaimedLength + 1)), cut.ColumnHash(), "what its answer names");
        Assert.AreEqual(hasRoom, claimed.Single(message => message.UniqueId == "31").IsCut, "and nobody counts on its digest");
        ClaimedMessage whole = claimed.Single(message => message.UniqueId == "21");
        Assert.IsFalse(whole.IsCut);
        Assert.AreEqual(MessageLimits.ClaimedLength, whole.Message.Length);
        foreach (ClaimedMessage message in claimed)
        {
            Assert.IsTrue(await Store.AnswerAsync(AnswerTo(message) with { RequestMessage = message.Message, NextLife = Life }, Cancel), "it would come back for ever");
        }
    }

    [TestMethod]
    public async Task Numbers_that_no_row_should_have_keep_nobody_from_being_served()
    {
        await LegacyRowAsync("11", "'a'", attempts: int.MaxValue);
        await LegacyRowAsync("21", "'b'", attempts: int.MinValue);
        await LegacyRowAsync("31", "'c'", createTime: BeforeTime);
        await LegacyRowAsync("41", "'d'", createTime: Never);
        string ordinary = await CreateAsync("ordinary");

        Assert.IsGreaterThan(TimeSpan.Zero, (await Store.StatsAsync(Cancel)).OldestWaiting!.Value);
        foreach (MessageRow row in await Store.ListAsync(new(), Cancel))
        {
            Assert.IsNotNull(MessageRow.Time(row.CreateTime).ToString(CultureInfo.InvariantCulture));
        }

        Dictionary<string, int> attempts = (await ClaimAsync()).ToDictionary(message => message.UniqueId, message => message.Attempts);
        Assert.HasCount(5, attempts);
        Assert.AreEqual(1, attempts[ordinary]);
        Assert.AreEqual(1, attempts["21"], "it has no more tries than others");
        Assert.IsGreaterThan(1_000_000, attempts["11"], "it has none left");
    }

    /// <summary>FLAWS.md B2: a legacy client that writes into its row again changes modifytime and leaves createtime.</summary>
    [TestMethod]
    public async Task A_request_in_a_row_of_long_ago_is_as_old_as_its_writing()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await LegacyRowAsync("11", "'again'", createTime: 1, modifyTime: now);
        await LegacyRowAsync("21", "'forgotten'", createTime: 1, modifyTime: 1);

        Assert.AreEqual("21", (await Store.ExpireAsync(TimeSpan.FromHours(1), 10, Cancel)).Single().UniqueId);
        ClaimedMessage claimed = (await ClaimAsync()).Single();
        Assert.AreEqual(now, claimed.CreateTime);
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
