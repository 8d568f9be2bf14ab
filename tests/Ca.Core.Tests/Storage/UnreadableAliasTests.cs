using Ca.Core.Storage;

namespace Ca.Core.Tests.Storage;

/// <summary>A database that a newer program has written into: nothing stops but what cannot be understood.</summary>
[TestClass]
public sealed class UnreadableAliasTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_alias_with_a_setting_of_tomorrow_is_not_served_and_everything_else_is()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await ca.ExecuteAsync($$"""insert into cmp_alias (name, definition) values ('old', '{ "caName": "Root" }'), ('new', '{ "caName": "Root", "demandSomethingStrict": true }')""", Cancel);
        await using TestCa process = await ca.AnotherProcessAsync(Cancel);

        ConfigurationSnapshot snapshot = await process.Get<CaConfiguration>().CurrentAsync(Cancel);

        CollectionAssert.AreEqual(new[] { "old" }, snapshot.CmpAliases.Keys.ToArray());
        Assert.Contains("demandSomethingStrict", snapshot.UnreadableCmpAliases["new"]);
        (await process.IssueAsync(process.Request("router"), Cancel)).OrThrow();
    }
}
