using System.Globalization;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>Requests that wait for people, through the whole worker (APPROVALS §6, §11).</summary>
[TestClass]
public sealed class ApprovalTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_request_waits_two_people_approve_it_and_it_is_answered()
    {
        await using TestSystem system = await StartAsync(new() { AddEditEndEntity = 2 });
        KeyPair key = KeyPair.Generate("P-256");
        Task<ExtRaAnswer> asked = SendAsync(system, TestSystem.Enrol("router", key));
        ApprovalView waiting = await WaitingAsync(system);
        Assert.AreEqual("CN=ra1", waiting.Requester);
        Assert.AreEqual(system.Ra.Certificate.Serial.ToString(), waiting.RequesterSerial);
        Assert.AreEqual("ExtRa", waiting.Protocol);

        await ApproveAsync(system, waiting.Id, "CN=anna");
        await ApproveAsync(system, waiting.Id, "CN=berit");

        PKCS10Response answer = (PKCS10Response)(await asked).Responses.Single();
        Assert.IsTrue(answer.Success, answer.FailInfo);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router'", Cancel));
        Assert.AreEqual("1", await system.CountAsync("select count(*) from approval where status = -5 and consumed_by is not null", Cancel));
    }

    [TestMethod]
    public async Task The_RA_that_asks_cannot_approve_whatever_its_roles()
    {
        await using TestSystem system = await StartAsync(new() { AddEditEndEntity = 1 });
        (await system.Get<RoleStore>().AddRuleAsync(Admin, "RA", new(AccessResources.ApproveEndEntity, AccessDecision.Accept), Cancel)).OrThrow();
        await StoreAsync(system, TestSystem.Enrol("router"));
        ApprovalView waiting = await WaitingAsync(system);
        Actor ra = (await system.Get<AdministratorRegister>().IdentifyAsync(system.Ra.Certificate, "ManagementCA", Cancel)).OrThrow();
        Assert.IsFalse((await system.Get<ApprovalDesk>().ApproveAsync(ra, waiting.Id, null, Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotAuthorized, refusal.Code);
    }

    [TestMethod]
    public async Task A_rejection_is_a_failure_and_the_same_request_fails_without_asking_again_until_it_is_forgotten()
    {
        await using TestSystem system = await StartAsync(new() { AddEditEndEntity = 1 });
        KeyPair key = KeyPair.Generate("P-256");
        Task<ExtRaAnswer> asked = SendAsync(system, TestSystem.Enrol("router", key));
        ApprovalView waiting = await WaitingAsync(system);
        (await system.Get<ApprovalDesk>().RejectAsync(Approver("CN=anna"), waiting.Id, "not ours", Cancel)).OrThrow();
        Assert.AreEqual(RefusalCode.Rejected, (await asked).Responses.Single().Reason);

        Response again = (await SendAsync(system, TestSystem.Enrol("router", key))).Responses.Single();
        Assert.AreEqual(RefusalCode.Rejected, again.Reason);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from approval", Cancel));

        await system.CountAsync("update approval set decided_at = decided_at - interval '31 minutes'", Cancel);
        await StoreAsync(system, TestSystem.Enrol("router", key));
        Assert.AreNotEqual(waiting.Id, (await WaitingAsync(system)).Id);
    }

    [TestMethod]
    public async Task Flaw_F3_requests_that_wait_block_nobody_and_are_not_looked_at_in_a_loop()
    {
        await using TestSystem system = await StartAsync(new() { AddEditEndEntity = 1 });
        (await system.Get<CertificateAuthorities>().CreateAsync(Admin, new() { Name = "FreeCA", SubjectDn = "CN=FreeCA", Token = "keys", KeyAlias = "free", KeySpec = "P-256" }, Cancel)).OrThrow();
        int free = (await system.Get<CertificateAuthorities>().FindAsync("FreeCA", Cancel))!.Id;
        (await system.Get<RoleStore>().AddRuleAsync(Admin, "RA", new(AccessResources.Ca(free), AccessDecision.AcceptRecursive), Cancel)).OrThrow();
        KeyPair key = KeyPair.Generate("P-256");
        (await system.Get<CertificateAuthorities>().SetSettingsAsync(Admin, "IssuingCA", new() { Approvals = new() { AddEditEndEntity = 1 }, EnforceUniquePublicKeys = false }, Cancel)).OrThrow();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => StoreAsync(system, TestSystem.Enrol($"waits{i}", key))));
        await EventuallyAsync(async () => await system.CountAsync("select count(*) from approval where status = -1", Cancel) == "50");

        Response answer = (await SendAsync(system, TestSystem.Enrol("free") with { CaName = "FreeCA" })).Responses.Single();

        Assert.IsTrue(answer.Success, answer.FailInfo);
        await SetAsideAsync(system, 50);
    }

    [TestMethod]
    public async Task Flaw_F3_a_thousand_waiting_approvals_are_listed_by_the_page_and_nobody_looks_at_their_messages()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await DemandAsync(system, new() { AddEditEndEntity = 1 });
        var claims = new ClaimCount();
        await system.StartWorkerAsync(Cancel, services => services.AddSingleton<IMilestones>(claims));
        await StoreAsync(system, TestSystem.Enrol("router"));
        await WaitingAsync(system);
        await SetAsideAsync(system, 1);
        await system.CountAsync("""
            insert into approval select (jsonb_populate_record(a, jsonb_build_object('id', 1000 + n, 'username', 'router' || n, 'unique_id', 'waits' || n,
                'content_hash', '\x' || md5(n::text), 'requested_at', a.requested_at + make_interval(secs => n)))).* from approval a, generate_series(1, 999) n
            """, Cancel);
        await TestDatabases.RunPostgreSqlAsync(system.MessageConnection, """
            insert into message select (jsonb_populate_record(m, jsonb_build_object('uniqueid', 'waits' || n, 'messageid', 'waits' || n,
                'notbefore', (extract(epoch from now()) * 1000)::bigint + 3600000))).* from message m, generate_series(1, 999) n
            """, Cancel);
        await DemandAsync(system, new());
        int before = claims.Number;

        await AnsweredAsync(system, TestSystem.Enrol("free"));

        Assert.AreEqual(before + 1, claims.Number, "Only the message that needs nobody was looked at.");
        ApprovalDesk desk = system.Get<ApprovalDesk>();
        HashSet<long> seen = [];
        ApprovalPage page;
        long? after = null;
        do
        {
            page = await desk.ListAsync(Approver("CN=anna"), new() { Limit = 300, After = after }, Cancel);
            Assert.AreEqual(1000, page.Total);
            Assert.IsTrue(page.Items.All(item => seen.Add(item.Id)), "A request was on two pages.");
            after = page.Next;
        }
        while (after is not null);
        Assert.HasCount(1000, seen);
        Assert.AreEqual("router500", (await desk.ListAsync(Approver("CN=anna"), new() { Username = "router500" }, Cancel)).Items.Single().Username);
    }

    [TestMethod]
    public async Task Flaw_E10_of_several_parts_those_that_need_nobody_are_done_and_delivered_with_the_one_that_waited()
    {
        await using TestSystem system = await StartAsync(new() { Revocation = 1 });
        await AnsweredAsync(system, TestSystem.Enrol("old"));
        string serial = await system.CountAsync("select serial from certificate where username = 'old'", Cancel);
        var revoke = new RevocationRequest { RequestId = 2, IssuerDn = "CN=IssuingCA,O=Test", CertificateSn = serial, RevocationReason = 1 };
        Task<ExtRaAnswer> asked = SendAsync(system, TestSystem.Enrol("first"), revoke, TestSystem.Enrol("third") with { RequestId = 3 });
        ApprovalView waiting = await WaitingAsync(system);
        Assert.AreEqual(ApprovalType.RevokeCertificate, waiting.Type);
        await EventuallyAsync(async () => await system.CountAsync("select count(*) from certificate where username in ('first', 'third')", Cancel) == "2");

        await ApproveAsync(system, waiting.Id, "CN=anna");

        ExtRaAnswer answer = await asked;
        Assert.HasCount(3, answer.Responses);
        Assert.IsTrue(answer.Responses.All(part => part.Success), string.Join("; ", answer.Responses.Select(part => part.FailInfo)));
        Assert.AreEqual("40", await system.CountAsync("select status from certificate where username = 'old'", Cancel));
    }

    [TestMethod]
    public async Task What_a_revoked_RA_asked_for_is_not_done_however_often_it_is_approved()
    {
        await using TestSystem system = await StartAsync(new() { AddEditEndEntity = 1 });
        Task<ExtRaAnswer> asked = SendAsync(system, TestSystem.Enrol("router"));
        ApprovalView waiting = await WaitingAsync(system);
        await system.StopWorkersAsync(); // a running one may believe a certificate for up to a second after its revocation
        var work = new CaWork();
        (await system.Get<Revoker>().RevokeAsync(new() { Actor = Admin, CaName = "ManagementCA", Serial = system.Ra.Certificate.Serial.ToString(), Reason = RevocationReason.KeyCompromise }, work, Cancel)).OrThrow();
        await system.Get<ICaLedger>().CommitAsync(work, Cancel);
        await ApproveAsync(system, waiting.Id, "CN=anna");
        await system.StartWorkerAsync(Cancel);

        Assert.AreEqual(RefusalCode.Revoked, (await asked).Responses.Single().Reason);
        Assert.AreEqual("0", await system.CountAsync("select count(*) from certificate where username = 'router'", Cancel));
        ApprovalView failed = (await system.Get<ApprovalDesk>().FindAsync(Approver("CN=anna"), waiting.Id, Cancel)).OrThrow().Request;
        Assert.AreEqual(ApprovalStatus.ExecutionFailed, failed.Status);
        StringAssert.Contains(failed.Result, "revoked", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Key_stores_and_end_entities_wait_as_well()
    {
        await using TestSystem system = await StartAsync(new() { AddEditEndEntity = 1 });
        using Secret password = Secret.FromText("a password of the user");
        var store = new PKCS12Request
        {
            RequestId = 1,
            Username = "card",
            SubjectDn = "CN=card",
            CaName = "IssuingCA",
            EndEntityProfileName = "EMPTY",
            CertificateProfileName = "ENDUSER",
            Password = password,
            KeyAlg = 2,
            KeySpec = "P-256",
        };
        Task<ExtRaAnswer> asked = SendAsync(system, store);
        await ApproveAsync(system, (await WaitingAsync(system)).Id, "CN=anna");
        Assert.IsTrue((await asked).Responses.Single().Success, (await asked).Responses.Single().FailInfo);

        var edit = new EditUserRequest { RequestId = 1, Username = "user", SubjectDn = "CN=user", CaName = "IssuingCA", EndEntityProfileName = "EMPTY", CertificateProfileName = "ENDUSER", TokenName = "USERGENERATED", Status = 10, Type = 1 };
        asked = SendAsync(system, edit);
        await ApproveAsync(system, (await WaitingAsync(system)).Id, "CN=anna");
        Assert.IsTrue((await asked).Responses.Single().Success, (await asked).Responses.Single().FailInfo);
    }

    [TestMethod]
    public async Task A_worker_that_bypasses_approvals_asks_nobody_and_says_so_each_time()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await DemandAsync(system, new() { AddEditEndEntity = 5 });
        system.WorkerSection["Approvals"] = "Bypass";
        await system.StartWorkerAsync(Cancel);
        await AnsweredAsync(system, TestSystem.Enrol("router"));
        Assert.AreEqual("1", await system.CountAsync("select count(*) from audit_record where event = 'APPROVAL_BYPASS'", Cancel));
    }

    [TestMethod]
    public async Task After_a_restart_between_approval_and_issuing_there_is_one_certificate()
    {
        await using TestSystem system = await StartAsync(new() { AddEditEndEntity = 1 });
        await StoreAsync(system, TestSystem.Enrol("router"));
        ApprovalView waiting = await WaitingAsync(system);
        await system.StopWorkersAsync();
        await ApproveAsync(system, waiting.Id, "CN=anna");

        await system.StartWorkerAsync(Cancel);
        await EventuallyAsync(async () => await system.CountAsync("select count(*) from approval where status = -5", Cancel) == "1");
        await system.StopWorkersAsync();
        await system.StartWorkerAsync(Cancel);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router'", Cancel));
    }

    [TestMethod]
    [DataRow(nameof(Milestone.BeforeCommit))]
    [DataRow(nameof(Milestone.AfterCommit))]
    [DataRow(nameof(Milestone.BeforeAnswer))]
    public async Task A_worker_killed_while_it_executes_an_approved_request_makes_one_certificate_and_spends_one_approval(string milestone)
    {
        await using TestSystem system = await StartAsync(new() { AddEditEndEntity = 1 });
        SentMessage sent = await StoreAsync(system, TestSystem.Enrol("router"));
        ApprovalView waiting = await WaitingAsync(system);
        await system.StopWorkersAsync();
        await ApproveAsync(system, waiting.Id, "CN=anna");
        system.WorkerSection["ClaimLease"] = "00:00:01";

        await using (WorkerProcess dying = WorkerProcess.Start(system.WriteConfiguration(), milestone, crashAfter: 1))
        {
            await dying.CrashesAsync(Patience, Cancel);
        }

        await system.StartWorkerAsync(Cancel);
        await EventuallyAsync(async () => !(await system.Client.AwaitAsync(sent, TimeSpan.FromMilliseconds(100), Cancel)).OrThrow().IsPending);
        Assert.AreEqual("1 1", await system.CountAsync("select (select count(*) from certificate where username = 'router') || ' ' || (select count(*) from approval where status = -5)", Cancel));
    }

    private static Actor Admin { get; } = Actor.Internal("test");

    private static Actor Approver(string name) => Actor.With(name,
        [new(AccessResources.ApproveEndEntity, AccessDecision.Accept), new("/endentityprofilesrules", AccessDecision.AcceptRecursive), new(AccessResources.AnyCa, AccessDecision.AcceptRecursive)]);

    private async Task<TestSystem> StartAsync(ApprovalRules rules)
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        await DemandAsync(system, rules);
        await system.StartWorkerAsync(Cancel);
        return system;
    }

    private async Task DemandAsync(TestSystem system, ApprovalRules rules) =>
        (await system.Get<CertificateAuthorities>().SetSettingsAsync(Admin, "IssuingCA", new() { Approvals = rules }, Cancel)).OrThrow();

    /// <summary>Asks, and asks for the answer until it is there: a wait for people ends the client's.</summary>
    private async Task<ExtRaAnswer> SendAsync(TestSystem system, params Request[] requests)
    {
        SentMessage sent = await system.Client.SubmitAsync(requests, Cancel);
        ExtRaAnswer? answer = null;
        await EventuallyAsync(async () => !(answer = (await system.Client.AwaitAsync(sent, TimeSpan.FromMilliseconds(100), Cancel)).OrThrow()).IsPending);
        return answer!;
    }

    private Task EventuallyAsync(Func<Task<bool>> condition) => Eventually.BecomesTrueAsync(_ => condition(), Patience, Cancel);

    /// <summary>Asks and does not wait for the answer.</summary>
    private Task<SentMessage> StoreAsync(TestSystem system, Request request) => system.Client.SubmitAsync([request], Cancel);

    private async Task AnsweredAsync(TestSystem system, Request request)
    {
        Response answer = (await SendAsync(system, request)).Responses.Single();
        Assert.IsTrue(answer.Success, answer.FailInfo);
    }

    private async Task<ApprovalView> WaitingAsync(TestSystem system)
    {
        ApprovalPage page = new([], 0, null);
        await EventuallyAsync(async () => (page = await system.Get<ApprovalDesk>().ListAsync(Approver("CN=anna"), new(), Cancel)).Items.Count > 0);
        return page.Items.Single();
    }

    /// <summary>The approval is asked for first, the message that waits for it is set aside after: for long, and it is no attempt.</summary>
    private Task SetAsideAsync(TestSystem system, int messages) => EventuallyAsync(async () => (await TestDatabases.RunPostgreSqlAsync(
        system.MessageConnection, "select count(*) from message where status = 1 and notbefore > (extract(epoch from now()) * 1000)::bigint + 60000 and attempts = 0", Cancel)).Trim()
        == messages.ToString(CultureInfo.InvariantCulture));

    private async Task ApproveAsync(TestSystem system, long id, string who) => (await system.Get<ApprovalDesk>().ApproveAsync(Approver(who), id, null, Cancel)).OrThrow();

    /// <summary>How many messages the worker has claimed.</summary>
    private sealed class ClaimCount : IMilestones
    {
        private int number;

        public int Number => Volatile.Read(ref number);

        public void Reached(Milestone milestone, string uniqueId)
        {
            if (milestone == Milestone.AfterClaim)
            {
                Interlocked.Increment(ref number);
            }
        }
    }
}
