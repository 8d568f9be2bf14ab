using System.Text.Json.Nodes;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Microsoft.Extensions.Hosting;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>What is left behind is tidied up, with an audit record where somebody may ask for it (ARCHITECTURE.md 3 and 5).</summary>
[TestClass]
public sealed class HousekeepingTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_request_that_waited_beyond_its_time_is_removed_and_audited()
    {
        await using TestSystem system = await CreateAsync();
        SentMessage sent = await system.Client.SubmitAsync([TestSystem.Enrol("late")], Cancel);
        await TestDatabases.RunPostgreSqlAsync(system.MessageConnection, "update message set createtime = createtime - 3650 * 86400000::bigint, notbefore = 9000000000000", Cancel);

        await system.StartWorkerAsync(Cancel);

        await Eventually.BecomesTrueAsync(async _ => await system.Messages.Messages.FindAsync(sent.Id.UniqueId, Cancel) is null, Patience, Cancel);
        Assert.AreEqual("0", await system.CountAsync("select count(*) from certificate where username = 'late'", Cancel));
        await Eventually.BecomesTrueAsync(
            async _ => await system.CountAsync($"select count(*) from audit_record where event = '{RequestAudit.Event}'", Cancel) == "1", Patience, Cancel);
    }

    /// <summary>What one worker would not wait for any more may be another's, who waits for people.</summary>
    [TestMethod]
    public async Task Of_workers_that_share_a_database_the_most_patient_one_counts()
    {
        await using TestSystem system = await CreateAsync();
        var patient = system.WorkerSection.DeepClone().AsObject();
        (system.WorkerSection["Types"], system.WorkerSection["MaxRequestAge"]) = (new System.Text.Json.Nodes.JsonArray("Scep"), "01:00:00");
        (patient["Types"], patient["MaxRequestAge"]) = (new System.Text.Json.Nodes.JsonArray("ExtRa"), "30.00:00:00");
        system.Configuration["Workers"]!["zz-patient"] = patient;
        SentMessage waiting = await system.Client.SubmitAsync([TestSystem.Enrol("waiting")], Cancel);
        SentMessage late = await system.Client.SubmitAsync([TestSystem.Enrol("late")], Cancel);
        await TestDatabases.RunPostgreSqlAsync(
            system.MessageConnection,
            $"update message set createtime = createtime - case when uniqueid = '{late.Id.UniqueId}' then 3650 else 3 end * 86400000::bigint, notbefore = 9000000000000",
            Cancel);

        await system.StartWorkerAsync(Cancel);

        await Eventually.BecomesTrueAsync(async _ => await system.Messages.Messages.FindAsync(late.Id.UniqueId, Cancel) is null, Patience, Cancel);
        Assert.IsNotNull(await system.Messages.Messages.FindAsync(waiting.Id.UniqueId, Cancel), "removed in the same portion, had it been too old");
    }

    [TestMethod]
    public async Task Of_workers_that_share_a_database_the_one_that_waits_longest_is_waited_for()
    {
        await using TestSystem system = await CreateAsync();
        JsonObject patient = system.WorkerSection.DeepClone().AsObject();
        (patient["Types"], patient["MaxRequestAge"]) = (new JsonArray("Cmp"), "30.00:00:00");
        (system.WorkerSection["Types"], system.WorkerSection["MaxRequestAge"]) = (new JsonArray("Scep"), "01:00:00");
        system.Configuration["Workers"]!["w2"] = patient;
        SentMessage waiting = await system.Client.SubmitAsync([TestSystem.Enrol("patient")], Cancel);
        SentMessage old = await system.Client.SubmitAsync([TestSystem.Enrol("old")], Cancel);
        await AgeAsync(waiting, TimeSpan.FromHours(2));
        await AgeAsync(old, TimeSpan.FromDays(40));

        await system.StartWorkerAsync(Cancel);

        await Eventually.BecomesTrueAsync(async _ => await system.Messages.Messages.FindAsync(old.Id.UniqueId, Cancel) is null, Patience, Cancel, "beyond both ages");
        Assert.IsNotNull(await system.Messages.Messages.FindAsync(waiting.Id.UniqueId, Cancel));

        Task AgeAsync(SentMessage sent, TimeSpan age) => TestDatabases.RunPostgreSqlAsync(
            system.MessageConnection, $"update message set createtime = createtime - {(long)age.TotalMilliseconds}, notbefore = 9000000000000 where uniqueid = '{sent.Id.UniqueId}'", Cancel);
    }

    [TestMethod]
    public async Task An_answer_is_removed_after_its_time_and_not_before()
    {
        await using TestSystem system = await CreateAsync();
        using (IHost first = await system.StartWorkerAsync(Cancel))
        {
            await system.Client.SendAsync([TestSystem.Enrol("old")], Patience, Cancel);
            await system.Client.SendAsync([TestSystem.Enrol("new")], Patience, Cancel);
            await system.StopWorkersAsync();
        }

        await TestDatabases.RunPostgreSqlAsync(
            system.MessageConnection, "update message set createtime = 0, modifytime = 0 where createtime = (select min(createtime) from message)", Cancel);
        await system.StartWorkerAsync(Cancel);

        await Eventually.BecomesTrueAsync(
            async _ => (await system.Messages.Messages.StatsAsync(Cancel)).Processed == 1, Patience, Cancel);
    }

    [TestMethod]
    public async Task A_plan_whose_request_never_came_back_is_abandoned_with_its_serial_number_audited()
    {
        await using TestSystem system = await CreateAsync();
        await system.Get<Issuer>().IssueAsync(Request(TestSystem.Enrol("device")), new CaWork(), Cancel); // its work is never committed
        await TestDatabases.RunPostgreSqlAsync(system.CaDatabase, "update issuance_plan set at = at - interval '1 day'", Cancel);

        await system.StartWorkerAsync(Cancel);

        await Eventually.BecomesTrueAsync(async _ => await system.CountAsync("select count(*) from issuance_plan", Cancel) == "0", Patience, Cancel);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from audit_record where details like '%never finished%'", Cancel));
    }

    private static IssuanceRequest Request(PKCS10Request enrolment) => new()
    {
        Actor = Actor.Internal("a worker that died"),
        PlanKey = new("x2-lost", new byte[32], 0),
        Username = enrolment.Username,
        SubjectDn = enrolment.SubjectDn,
        CaName = enrolment.CaName,
        EndEntityProfile = enrolment.EndEntityProfileName,
        CertificateProfile = enrolment.CertificateProfileName,
        CreateOrEditUser = true,
        Request = Der.Decode<CertificationRequest>(enrolment.Pkcs10).OrThrow(),
    };

    private async Task<TestSystem> CreateAsync()
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Configuration["HousekeepingInterval"] = "00:00:01";
        return system;
    }
}
