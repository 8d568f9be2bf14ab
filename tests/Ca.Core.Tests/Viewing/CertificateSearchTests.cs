using System.Data.Common;
using Ca.Core.Certificates;
using Ca.Core.Notices;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Ca.Core.Viewing;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Tests.Viewing;

/// <summary>Looking for certificates by what is known of them (EXTERNAL_RA.md X-70).</summary>
[TestClass]
public sealed class CertificateSearchTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task In_a_large_table_what_ends_soon_and_what_is_newest_are_read_by_an_index_in_the_order_in_which_they_are_shown()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await FillAsync(ca, 100_000);

        StringAssert.Contains(await PlanAsync(ca, new() { ExpiresWithin = TimeSpan.FromDays(3), NotRevoked = true }), "ix_certificate_expire_at");
        StringAssert.Contains(await PlanAsync(ca, new()), "ix_certificate_issued_at");
        StringAssert.Contains(await PlanAsync(ca, new() { Serial = "0c" }), "ux_certificate_ca_id_serial");
        StringAssert.Contains(await PlanAsync(ca, new() { Username = "router" }), "ix_certificate_username");
        await using CaDbContext db = await ca.OpenAsync(Cancel);
        string notices = await PlanAsync(db, NoticeBoard.Ending(db, ca.Clock.GetUtcNow(), ca.Clock.GetUtcNow().AddDays(3)).OrderBy(r => r.ExpireAt).Take(100));
        StringAssert.Contains(notices, "ix_certificate_expire_at");
        StringAssert.Contains(notices, "ix_certificate_username", "Whether there is a later one is looked up for each, not searched for in the table.");
    }

    [TestMethod]
    public async Task A_list_says_when_there_is_more_and_holds_only_what_is_in_force_in_the_window()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await FillAsync(ca, 500); // the n-th ends n hours from now; each seventh is revoked
        CertificateSearch search = ca.Get<CertificateSearch>();
        var day = new CertificateQuery { ExpiresWithin = TimeSpan.FromHours(24.5), NotRevoked = true };

        FoundCertificates all = (await search.ListAsync(ca.Admin, day, 100, Cancel)).OrThrow();
        Assert.HasCount(24 - 3, all.Items);
        Assert.IsFalse(all.HasMore);
        Assert.IsTrue(all.Items.All(one => one.Certificate.Status == CertificateStatus.Active));
        CollectionAssert.AreEqual(all.Items.OrderBy(one => one.Certificate.NotAfter).ToArray(), all.Items.ToArray());

        FoundCertificates few = (await search.ListAsync(ca.Admin, day, 5, Cancel)).OrThrow();
        Assert.HasCount(5, few.Items);
        Assert.IsTrue(few.HasMore);
    }

    [TestMethod]
    public async Task Who_may_not_view_certificates_is_refused_and_who_may_not_use_the_CA_finds_none()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CertificateSearch search = ca.Get<CertificateSearch>();
        Assert.IsFalse((await search.ListAsync(Actor.With("CN=nobody", []), new(), 10, Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotAuthorized, refusal.Code);

        Actor elsewhere = Actor.With("CN=elsewhere", [new(AccessResources.ViewCertificate, AccessDecision.Accept), new("/ca/12345", AccessDecision.Accept)]);
        Assert.IsEmpty((await search.ListAsync(elsewhere, new(), 10, Cancel)).OrThrow().Items);
        Assert.IsNotEmpty((await search.ListAsync(ca.Admin, new(), 10, Cancel)).OrThrow().Items);
    }

    private Task<string> FillAsync(TestCa ca, int rows) => ca.ExecuteAsync($$"""
        insert into certificate (fingerprint, ca_id, serial, subject_dn, username, status, type, certificate_profile_id, end_entity_profile_id,
            not_before, expire_at, issued_at, revocation_reason, status_changed_at, public_key_digest, encoded)
        select 'f' || n, ca_id, to_hex(1000000 + n), subject_dn, 'user' || n, case when n % 7 = 0 then 40 else 20 end, type, certificate_profile_id, end_entity_profile_id,
            not_before, timestamptz '{{ca.Clock.GetUtcNow():u}}' + make_interval(hours => n), timestamptz '{{ca.Clock.GetUtcNow():u}}' - make_interval(secs => n),
            revocation_reason, status_changed_at, public_key_digest, encoded
        from certificate, generate_series(1, {{rows}}) n;
        analyze certificate; select 1
        """, Cancel);

    /// <summary>How the server would run the query of the first page, over a connection as the product opens it.</summary>
    private async Task<string> PlanAsync(TestCa ca, CertificateQuery query)
    {
        await using CaDbContext db = await ca.OpenAsync(Cancel);
        ConfigurationSnapshot snapshot = await ca.Get<CaConfiguration>().CurrentAsync(Cancel);
        return await PlanAsync(db, ca.Get<CertificateSearch>().Rows(db, ca.Admin, query, snapshot).Take(51));
    }

    private async Task<string> PlanAsync(CaDbContext db, IQueryable<CertificateRow> rows)
    {
        await using DbCommand command = rows.CreateDbCommand();
        command.CommandText = "explain " + command.CommandText;
        await db.Database.OpenConnectionAsync(Cancel);
        var plan = new List<string>();
        await using DbDataReader reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
        {
            plan.Add(reader.GetString(0));
        }

        return string.Join('\n', plan);
    }
}
