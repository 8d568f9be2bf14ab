using Ca.Core.Audit;
using Ca.Core.Ledger;

namespace Ca.Core.Tests.Audit;

/// <summary>CA_CORE §13: nothing can be changed, left out or put in without the chain telling.</summary>
[TestClass]
public sealed class AuditLogTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("update audit_record set details = '{\"n\":\"9\"}' where sequence = 3", "Record 3 was changed.", DisplayName = "details changed")]
    [DataRow("update audit_record set auth_token = 'innocent' where sequence = 2", "Record 2 was changed.", DisplayName = "another actor")]
    [DataRow("update audit_record set at = at + 1 where sequence = 5", "Record 5 was changed.", DisplayName = "another time")]
    [DataRow("update audit_record set custom_id = '' where sequence = 1", "Record 1 was changed.", DisplayName = "empty in the place of absent")]
    [DataRow("delete from audit_record where sequence = 4", "Record 4 is missing.", DisplayName = "a record removed")]
    [DataRow("delete from audit_record where sequence = 1", "Record 1 is missing.", DisplayName = "the first removed")]
    [DataRow("update audit_record set search_detail1 = search_detail2, search_detail2 = search_detail1 where sequence = 3", "Record 3 was changed.", DisplayName = "columns swapped")]
    [DataRow("update audit_record set previous_hash = hash where sequence = 3", "Record 3 does not follow the record before it.", DisplayName = "chained to itself")]
    public async Task Tampering_is_found_and_its_place_is_named(string sql, string problem)
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        await WriteAsync(ca, 5);

        await ca.ExecuteAsync(sql, Cancel);

        Assert.AreEqual(problem, (await ca.Get<AuditLog>().VerifyAsync(Cancel)).Single().Problem);
    }

    [TestMethod]
    public async Task The_head_shows_that_the_end_was_cut_off()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        await WriteAsync(ca, 5);
        AuditVerification before = (await ca.Get<AuditLog>().VerifyAsync(Cancel)).Single();

        await ca.ExecuteAsync("delete from audit_record where sequence = 5", Cancel);

        AuditVerification after = (await ca.Get<AuditLog>().VerifyAsync(Cancel)).Single();
        Assert.IsNull(after.Problem);
        Assert.AreNotEqual(before.Records, after.Records);
        CollectionAssert.AreNotEqual(before.Head, after.Head);
    }

    [TestMethod]
    public async Task Texts_that_a_database_cannot_hold_are_made_storable_before_they_are_hashed()
    {
        await using TestCa ca = await TestCa.StartEmptyAsync(Cancel);
        var work = new CaWork();
        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Void, "a\0b \uD800 c") { SearchDetail1 = "\n\u202E", SearchDetail2 = "𝄞" }.With("n", "\0"));
        await ca.Ledger.CommitAsync(work, Cancel);

        Assert.IsNull((await ca.Get<AuditLog>().VerifyAsync(Cancel)).Single().Problem);
        AuditView view = (await ca.Get<AuditLog>().ListAsync(new(), Cancel)).Single();
        Assert.AreEqual("𝄞", view.Entry.SearchDetail2);
    }

    private static async Task WriteAsync(TestCa ca, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            var work = new CaWork();
            work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, "writer") { SearchDetail1 = $"serial{i}", SearchDetail2 = "user" }.With("n", $"{i}"));
            await ca.Ledger.CommitAsync(work, CancellationToken.None);
        }
    }
}
