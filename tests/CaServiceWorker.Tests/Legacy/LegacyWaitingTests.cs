using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Roles;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Legacy;

/// <summary>Legacy requests that people must agree to, and workers that fall over while they have one.</summary>
[TestClass]
public sealed class LegacyWaitingTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static readonly Actor Admin = Actor.Internal("test");
    private static readonly Actor Approver = Actor.With(
        "CN=anna",
        [new(AccessResources.ApproveEndEntity, AccessDecision.Accept), new("/endentityprofilesrules", AccessDecision.AcceptRecursive), new(AccessResources.AnyCa, AccessDecision.AcceptRecursive)]);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    /// <summary>FLAWS.md F3, E10: a legacy CA looked at such a message in a loop, and lost its part when another was answered.</summary>
    [TestMethod]
    public async Task A_legacy_request_waits_for_people_and_is_answered_when_they_agree()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        LegacyRa ra = await AcceptAsync(system);
        (await system.Get<CertificateAuthorities>().SetSettingsAsync(Admin, "IssuingCA", new() { Approvals = new() { AddEditEndEntity = 1 } }, Cancel)).OrThrow();
        await system.StartWorkerAsync(Cancel);
        string key = await ra.StoreAsync("waits", ra.Write(Protection.Full, null, TestSystem.Enrol("router"), new RevocationRequest { RequestId = 2, Username = "nobody", RevokeUser = true }), Cancel);

        ApprovalPage page = new([], 0, null);
        await Eventually.BecomesTrueAsync(
            async _ => (page = await system.Get<ApprovalDesk>().ListAsync(Approver, new(), Cancel)).Items.Count > 0, Patience, Cancel, "somebody is asked");
        Assert.AreEqual(key, page.Items.Single().UniqueId);
        await Eventually.BecomesTrueAsync(
            async token => (await system.Messages.Messages.FindAsync(key, token)) is { Status: MessageStatus.Waiting, NotBefore: not null }, Patience, Cancel, "the row is set aside");
        (await system.Get<ApprovalDesk>().ApproveAsync(Approver, page.Items.Single().Id, null, Cancel)).OrThrow();

        LegacyAnswer answer = await ra.AnswerAsync(key, Cancel);
        Assert.HasCount(2, answer.Maps);
        Assert.IsTrue(answer.Maps[0].TryGet("SUCCESS", out object? success) && success is true);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router'", Cancel));
    }

    /// <summary>FLAWS.md E14, F1: certificate stored, answer not written. The repeat gives the same certificate.</summary>
    [TestMethod]
    [DataRow(true, DisplayName = "a signed request")]
    [DataRow(false, DisplayName = "an unsigned request")]
    public async Task A_worker_that_falls_over_before_the_answer_issues_nothing_twice(bool signed)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        LegacyRa ra = await AcceptAsync(system);
        var stumbling = new StumblingMilestones();
        await system.StartWorkerAsync(Cancel, services => services.AddSingleton<IMilestones>(stumbling));
        string key = await ra.StoreAsync("stumbles", ra.Write(signed ? Protection.Full : Protection.None, null, TestSystem.Enrol("router")), Cancel);

        LegacyAnswer answer = await ra.AnswerAsync(key, Cancel);

        Assert.IsTrue(stumbling.HasStumbled);
        Assert.AreEqual(true, answer["SUCCESS"], (string?)answer["FAILINFO"]);
        Assert.AreEqual("1", await system.CountAsync("select count(*) from certificate where username = 'router'", Cancel));
    }

    private async Task<LegacyRa> AcceptAsync(TestSystem system)
    {
        system.UseWorker(await LegacyRa.IssueAsync(system, "legacy-worker", Cancel, member: false));
        KeyStore own = await LegacyRa.IssueAsync(system, "legacy-ra", Cancel);
        system.WorkerSection["LegacyRequests"] = "Accept";
        system.WorkerSection["LegacySignatureRequired"] = false;
        system.WorkerSection["LegacyEncryptionRequired"] = false;
        system.WorkerSection["UnsignedActsAs"] = "RA";
        return new(system, MessageDialect.PostgreSql, own, system.Worker, JavaMapKind.LinkedHashMap);
    }

    private sealed class StumblingMilestones : IMilestones
    {
        private int stumbled;

        public bool HasStumbled => Volatile.Read(ref stumbled) == 1;

        public void Reached(Milestone milestone, string uniqueId)
        {
            if (milestone == Milestone.BeforeAnswer && Interlocked.Exchange(ref stumbled, 1) == 0)
            {
                throw new IOException("The power is gone.");
            }
        }
    }
}
