using System.Security.Cryptography;
using Ca.Core.Approvals;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Ca.Core.Roles;

namespace Ca.Core.Tests.Approvals;

/// <summary>Finding a request by what the caller can read out, with many waiting (APPROVALS §1.6, §9.1).</summary>
[TestClass]
public sealed class ListTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_request_is_found_by_whatever_the_caller_reads_out()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("rtr-0815") with { SubjectDn = "CN=rtr-0815,SN=FGL123456AB,O=Example", SubjectAltName = "dNSName=rtr.vpn.example" };
        long id = await world.WaitsAsync(request, Cancel);
        await world.WaitsAsync(world.Enrol("other"), Cancel, new WorkOrigin { Source = "w1", Message = new("RAMessage1DS", TestCa.Key("m2"), "another", "Scep", null) });
        byte[] csr = request.Request.Encoded.ToArray();
        string[] said =
        [
            "fgl123456ab", "cn=RTR-0815", "vpn.example", "9F86D081", "k7qx-3m9p", "K7QX3M9P", "rtr-08",
            Convert.ToHexString(SHA256.HashData(csr)), string.Join(':', SHA1.HashData(csr).Select(b => b.ToString("X2", null))), Convert.ToHexString(MD5.HashData(csr)).Insert(4, " "),
            Convert.ToHexString(request.Request.PublicKey.Sha256())[..16],
        ];
        foreach (string text in said)
        {
            Assert.AreEqual(id, (await world.Desk.ListAsync(world.Anna, new() { Match = text }, Cancel)).Items.Single().Id, text);
        }

        Assert.AreEqual(0, (await world.Desk.ListAsync(world.Anna, new() { Match = "100%_" }, Cancel)).Total, "What is typed is no pattern.");
    }

    [TestMethod]
    public async Task The_filters_hold_together()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        long first = await world.WaitsAsync(world.Enrol("first"), Cancel);
        world.Ca.Clock.Advance(TimeSpan.FromMinutes(10));
        long second = await world.WaitsAsync(world.Enrol("second"), Cancel);
        await world.ApproveAsync(second, Cancel);
        DateTimeOffset now = world.Ca.Clock.GetUtcNow();
        async Task<string> IdsAsync(ApprovalFilter filter) => string.Join(' ', (await world.Desk.ListAsync(world.Anna, filter, Cancel)).Items.Select(i => i.Id));
        Assert.AreEqual($"{first}", await IdsAsync(new()));
        Assert.AreEqual($"{second}", await IdsAsync(new() { Selection = ApprovalSelection.Decided }));
        Assert.AreEqual($"{second} {first}", await IdsAsync(new() { Selection = ApprovalSelection.All }));
        Assert.AreEqual($"{second}", await IdsAsync(new() { Selection = ApprovalSelection.All, Mine = true }));
        Assert.AreEqual($"{second}", await IdsAsync(new() { Selection = ApprovalSelection.All, Since = now }));
        Assert.AreEqual($"{first}", await IdsAsync(new() { CaName = "Root", Type = ApprovalType.AddEndEntity, Username = "first", CertificateProfile = "ENDUSER" }));
        Assert.AreEqual("", await IdsAsync(new() { CaName = "nowhere" }));
        world.Ca.Clock.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual($"{first}", await IdsAsync(new() { Selection = ApprovalSelection.Expired }));
        Assert.AreEqual("", await IdsAsync(new()));
    }

    [TestMethod]
    public async Task An_administrator_of_one_profile_sees_nothing_of_another_neither_rows_nor_counts()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        ProfileStore profiles = world.Ca.Get<ProfileStore>();
        EndEntityProfile own = (await profiles.SetAsync(world.Ca.Admin, "own", (await profiles.ListEndEntityProfilesAsync(Cancel)).First(p => p.Name == "EMPTY"), Cancel)).OrThrow();
        await world.WaitsAsync(world.Enrol("foreign"), Cancel);
        long id = await world.WaitsAsync(world.Enrol("mine") with { EndEntityProfile = "own" }, Cancel);
        Actor one = Actor.With("CN=one", [new(AccessResources.ApproveEndEntity, AccessDecision.Accept), new(AccessResources.EndEntityProfile(own.Id, "approve_end_entity"), AccessDecision.Accept), new(AccessResources.AnyCa, AccessDecision.Accept)]);
        ApprovalPage page = await world.Desk.ListAsync(one, new(), Cancel);
        Assert.AreEqual((1, id), (page.Total, page.Items.Single().Id));
    }

    [TestMethod]
    public async Task A_list_survives_CAs_and_profiles_that_are_gone()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        long id = await world.WaitsAsync(world.Enrol("router"), Cancel);
        await world.Ca.ExecuteAsync("update approval set ca_id = 1, end_entity_profile_id = 2, certificate_profile_id = 77777", Cancel);
        ApprovalView view = (await world.Desk.ListAsync(world.Ca.Admin, new(), Cancel)).Items.Single();
        Assert.AreEqual((id, "#1", "#2", "#77777"), (view.Id, view.CaName, view.EndEntityProfile, view.CertificateProfile));
        Assert.AreEqual(0, (await world.Desk.ListAsync(world.Anna, new(), Cancel)).Total);
    }

    [TestMethod]
    public async Task Thousands_are_paged_through_an_index_whatever_lies_beside_them()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        await world.WaitsAsync(world.Enrol("router"), Cancel);
        await FillAsync(world, waiting: 1_000, finished: 20_000);
        var seen = new List<long>();
        long? after = null;
        do
        {
            ApprovalPage page = await world.Desk.ListAsync(world.Anna, new() { Limit = 400, After = after }, Cancel);
            Assert.AreEqual(1_001, page.Total);
            seen.AddRange(page.Items.Select(i => i.Id));
            after = page.Next;
        }
        while (after is not null);
        Assert.HasCount(1_001, seen.Distinct());
        CollectionAssert.AreEqual(seen.Order().ToArray(), seen);

        string plan = await PlanAsync(world, "select * from approval where status = -1 and expire_at > '2026-07-01 12:00+00' and id > 10 order by id limit 101");
        StringAssert.Contains(plan, "ix_approval_status_id", StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, plan);
        StringAssert.Contains(await PlanAsync(world, "select * from approval where content_hash = '\\x00' order by id desc limit 1"), "ix_approval_content_hash_id", StringComparison.Ordinal);
        StringAssert.Contains(await PlanAsync(world, "select unique_id from approval_waiter where data_source = 'RAMessage1DS' and wake_at is not null limit 1000"), "ix_approval_waiter_data_source_wake_at", StringComparison.Ordinal);
    }

    private Task FillAsync(ApprovalWorld world, int waiting, int finished) => world.Ca.ExecuteAsync(
        $"""
        create temp table one as select * from approval limit 1;
        insert into approval select (r).* from (select jsonb_populate_record(a, jsonb_build_object('id', 1000000 + n, 'username', 'u' || n, 'content_hash', '\x' || encode(sha256(n::text::bytea), 'hex'),
            'status', case when n <= {waiting} then -1 else -5 end)) as r from one a, generate_series(1, {waiting + finished}) n) filled;
        insert into approval_waiter select id, 'RAMessage1DS', 'm' || id from approval;
        analyze approval; analyze approval_waiter;
        """, Cancel);

    private Task<string> PlanAsync(ApprovalWorld world, string sql) => world.Ca.ExecuteAsync(
        $"""
        create or replace function pg_temp.plan(q text) returns text language plpgsql as $$ declare line text; whole text := ''; begin for line in execute 'explain ' || q loop whole := whole || line || chr(10); end loop; return whole; end $$;
        select pg_temp.plan('{sql.Replace("'", "''", StringComparison.Ordinal)}')
        """, Cancel);
}
