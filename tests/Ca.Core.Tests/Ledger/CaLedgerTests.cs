using System.Collections.Concurrent;
using Ca.Core.Audit;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TestKit;

namespace Ca.Core.Tests.Ledger;

/// <summary>ARCHITECTURE §5: effects, inbox and audit in one transaction, many units in one commit.</summary>
[TestClass]
public sealed class CaLedgerTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Units_that_arrive_together_are_all_committed_and_leave_one_chain_without_gaps()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => ca.Ledger.CommitAsync(Unit($"user{i}"), Cancel)));

        Assert.AreEqual("200", await ca.ExecuteAsync("select count(*) from end_entity", Cancel));
        Assert.AreEqual("200", await ca.ExecuteAsync("select max(sequence) from audit_record", Cancel));
        AuditVerification chain = (await ca.Get<AuditLog>().VerifyAsync(Cancel)).Single();
        Assert.IsNull(chain.Problem);
        Assert.AreEqual(200, chain.Records);
    }

    [TestMethod]
    public async Task A_unit_that_fails_takes_nobody_with_it()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        var outcomes = new ConcurrentDictionary<int, Exception>();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            CaWork work = Unit($"user{i}");
            if (i % 10 == 3)
            {
                work.Stage(_ => throw new InvalidDataException($"unit {i}"));
            }

            try
            {
                await ca.Ledger.CommitAsync(work, Cancel);
            }
            catch (InvalidDataException e)
            {
                outcomes[i] = e;
            }
        }));

        CollectionAssert.AreEquivalent(new[] { 3, 13, 23, 33 }, outcomes.Keys.ToArray());
        Assert.IsTrue(outcomes.All(o => o.Value.Message == $"unit {o.Key}"));
        Assert.AreEqual("36", await ca.ExecuteAsync("select count(*) from end_entity", Cancel));
        Assert.AreEqual(36, (await ca.Get<AuditLog>().VerifyAsync(Cancel)).Single().Records);
    }

    [TestMethod]
    public async Task An_answer_that_is_there_already_stops_the_whole_unit_and_names_its_key()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        CaWork first = Unit("first");
        first.Record(new(TestCa.Key("m1"), [1], ca.Clock.GetUtcNow()));
        await ca.Ledger.CommitAsync(first, Cancel);

        CaWork second = Unit("second");
        second.Record(new(TestCa.Key("m1"), [2], ca.Clock.GetUtcNow()));
        AlreadyAnsweredException refused = await Assert.ThrowsExactlyAsync<AlreadyAnsweredException>(() => ca.Ledger.CommitAsync(second, Cancel));

        Assert.AreEqual(TestCa.Key("m1"), refused.Key);
        Assert.AreEqual("1", await ca.ExecuteAsync("select count(*) from end_entity", Cancel));
        IReadOnlyDictionary<InboxKey, InboxEntry> found = await ca.Get<Inbox>().FindAsync([TestCa.Key("m1"), TestCa.Key("m2")], Cancel);
        CollectionAssert.AreEqual(new byte[] { 1 }, found.Single().Value.Answer);
    }

    [TestMethod]
    public async Task Of_two_answers_to_one_message_at_the_same_moment_one_is_kept()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        await using TestCa other = await ca.AnotherLedgerAsync();
        int refused = 0;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            CaWork work = Unit($"user{i}");
            work.Record(new(TestCa.Key("same"), [(byte)i], ca.Clock.GetUtcNow()));
            try
            {
                await (i % 2 == 0 ? ca : other).Ledger.CommitAsync(work, Cancel);
            }
            catch (AlreadyAnsweredException)
            {
                Interlocked.Increment(ref refused);
            }
        }));

        Assert.AreEqual(19, refused);
        Assert.AreEqual("1", await ca.ExecuteAsync("select count(*) from end_entity", Cancel));
    }

    [TestMethod]
    public async Task What_prepares_an_answer_that_is_there_already_is_refused_and_takes_nobody_with_it()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        CaWork answered = Unit("answered");
        answered.Record(new(TestCa.Key("m1"), [1], ca.Clock.GetUtcNow()));
        await ca.Ledger.CommitAsync(answered, Cancel);

        CaWork late = Unit("late");
        late.RequireUnanswered(TestCa.Key("m1"));
        CaWork early = Unit("early");
        early.RequireUnanswered(TestCa.Key("m2"));
        Task lateCommit = ca.Ledger.CommitAsync(late, Cancel);
        await ca.Ledger.CommitAsync(early, Cancel);

        AlreadyAnsweredException refused = await Assert.ThrowsExactlyAsync<AlreadyAnsweredException>(() => lateCommit);
        Assert.AreEqual(TestCa.Key("m1"), refused.Key);
        Assert.AreEqual("answered,early", await ca.ExecuteAsync("select string_agg(username, ',' order by username) from end_entity", Cancel));
    }

    [TestMethod]
    public async Task A_plan_that_waited_for_the_answer_to_be_committed_finds_it()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        IssuanceRequest request = ca.Request("device", key: "m1");
        await ca.Issuer.IssueAsync(request, new CaWork(), Cancel);
        await using CaDbContext db = await ca.OpenAsync(Cancel);
        PlanRow plan = await db.Set<PlanRow>().AsNoTracking().SingleAsync(Cancel);

        // The faster worker is in the middle of its second commit: plan removed, answer written, nothing visible yet.
        await using var faster = new NpgsqlConnection(ca.ConnectionString);
        await faster.OpenAsync(Cancel);
        await using NpgsqlTransaction transaction = await faster.BeginTransactionAsync(Cancel);
        await using var answer = new NpgsqlCommand(
            "with gone as (delete from issuance_plan returning unique_id, request_hash, part) insert into inbox (unique_id, request_hash, part, answer, at) select unique_id, request_hash, part, ''::bytea, now() from gone",
            faster);
        Assert.AreEqual(1, await answer.ExecuteNonQueryAsync(Cancel));

        var work = new CaWork();
        work.RequireUnanswered(request.PlanKey);
        work.Stage(target => target.Add(plan));
        Task slower = ca.Ledger.CommitAsync(work, Cancel);
        await Eventually.BecomesTrueAsync(
            async cancel => await ca.ExecuteAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", cancel) == "1",
            Eventually.Patience, Cancel, "the slower worker waits for the faster one");
        await transaction.CommitAsync(Cancel);

        await Assert.ThrowsExactlyAsync<AlreadyAnsweredException>(() => slower);
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from issuance_plan", Cancel));
    }

    [TestMethod]
    public async Task Two_ledgers_of_one_node_on_one_database_still_make_one_chain()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        await using TestCa other = await ca.AnotherLedgerAsync();

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? ca : other).Ledger.CommitAsync(Unit($"user{i}"), Cancel)));

        AuditVerification chain = (await ca.Get<AuditLog>().VerifyAsync(Cancel)).Single();
        Assert.IsNull(chain.Problem);
        Assert.AreEqual(60, chain.Records);
    }

    [TestMethod]
    public async Task A_row_that_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        await ca.Ledger.CommitAsync(Unit("user"), Cancel);
        await using CaDbContext db = await ca.OpenAsync(Cancel);
        EndEntityRow row = await db.Set<EndEntityRow>().AsNoTracking().SingleAsync(Cancel);
        await ca.ExecuteAsync("update end_entity set email = 'somebody@else'", Cancel);

        var work = new CaWork();
        row.Email = "me@here";
        work.Stage(target => target.Update(row.Copy()));

        await Assert.ThrowsExactlyAsync<ConcurrentChangeException>(() => ca.Ledger.CommitAsync(work, Cancel));
        Assert.AreEqual("somebody@else", await ca.ExecuteAsync("select email from end_entity", Cancel));
    }

    [TestMethod]
    public async Task Old_answers_are_forgotten()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        var work = new CaWork();
        work.Record(new(TestCa.Key("old"), [1], ca.Clock.GetUtcNow()));
        ca.Clock.Advance(TimeSpan.FromDays(30));
        work.Record(new(TestCa.Key("young"), [2], ca.Clock.GetUtcNow()));
        await ca.Ledger.CommitAsync(work, Cancel);

        Assert.AreEqual(1, await ca.Get<Inbox>().PurgeAsync(ca.Clock.GetUtcNow() - TimeSpan.FromDays(1), Cancel));
        Assert.AreEqual(TestCa.Key("young"), (await ca.Get<Inbox>().FindAsync([TestCa.Key("old"), TestCa.Key("young")], Cancel)).Keys.Single());
    }

    private static CaWork Unit(string username)
    {
        var work = new CaWork();
        work.Stage(db => db.Add(new EndEntityRow { Username = username, SubjectDn = $"CN={username}", Status = EndEntityStatus.New }));
        work.Audit(new(AuditEvents.RaAddEndEntity, AuditStatus.Success, "test") { SearchDetail2 = username });
        return work;
    }
}
