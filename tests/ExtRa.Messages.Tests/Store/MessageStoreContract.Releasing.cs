namespace ExtRa.Messages.Store;

public abstract partial class MessageStoreContract
{
    [TestMethod]
    public async Task Renewing_keeps_what_is_ours_and_only_that()
    {
        string mine = await CreateAsync("mine");
        await ClaimAsync("me");
        string other = await CreateAsync("other");
        await ClaimAsync("other");
        await RunAsync("update message set leaseuntil = 1");

        Assert.AreEqual(1, await Store.RenewAsync("me", [mine, other, "x2-unknown"], Lease, Cancel));
        Assert.AreEqual(0, await Store.RenewAsync("me", [], Lease, Cancel));

        Assert.AreEqual(other, (await ClaimAsync("heir")).Single().UniqueId);
    }

    [TestMethod]
    public async Task A_released_message_waits_until_its_time_or_until_it_is_woken()
    {
        string uniqueId = await CreateAsync("needs an approval");
        ClaimedMessage claimed = (await ClaimAsync())[0];
        await Store.ReleaseAsync(uniqueId, "worker", claimed.Epoch, TimeSpan.FromHours(1), countsAsAttempt: false, Cancel);
        Assert.IsEmpty(await ClaimAsync(), "It is set aside.");
        Assert.AreEqual(new MessageStats(1, 1, 0, 0, null), await Store.StatsAsync(Cancel));

        await Store.WakeAsync([uniqueId, "x2-unknown"], Cancel);
        ClaimedMessage again = (await ClaimAsync()).Single();
        Assert.AreEqual(1, again.Attempts, "Nothing had failed.");

        await Store.ReleaseAsync(uniqueId, "worker", again.Epoch, TimeSpan.FromHours(1), countsAsAttempt: true, Cancel);
        await RunAsync("update message set notbefore = 1");
        Assert.AreEqual(2, (await ClaimAsync()).Single().Attempts);
    }

    [TestMethod]
    public async Task Flaw_F5_A_zombie_cannot_release_what_another_has_claimed()
    {
        string uniqueId = await CreateAsync("transaction 1");
        ClaimedMessage first = (await ClaimAsync("zombie"))[0];
        await RunAsync("update message set leaseuntil = 1");
        await ClaimAsync("heir");

        await Store.ReleaseAsync(uniqueId, "zombie", first.Epoch, TimeSpan.Zero, countsAsAttempt: false, Cancel);

        Assert.AreEqual("heir", (await RowAsync(uniqueId)).LeaseOwner);
    }

    [TestMethod]
    public async Task Flaw_F3_A_thousand_waiting_approvals_cost_one_look_each()
    {
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Store.CreateAsync(Request($"approval {i}"), Cancel)));
        IReadOnlyList<ClaimedMessage> claimed = await ClaimAsync(limit: 1000);
        Assert.HasCount(1000, claimed);
        await Task.WhenAll(claimed.Select(message => Store.ReleaseAsync(message.UniqueId, "worker", message.Epoch, TimeSpan.FromHours(1), countsAsAttempt: false, Cancel)));
        string ordinary = await CreateAsync("ordinary");

        Assert.AreEqual(ordinary, (await ClaimAsync(limit: 1000)).Single().UniqueId);
        Assert.IsEmpty(await ClaimAsync(limit: 1000));
    }
}
