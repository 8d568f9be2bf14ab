using Ca.Core.Roles;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Client;
using Pki.Protocols.Trust;

namespace CaServiceWorker.Tests.Legacy;

/// <summary>The compatibility mode: off unless asked for, each loosening asked for by itself, and told once at each start.</summary>
[TestClass]
public sealed class LegacyCompatibilityTests
{
    private const string Accepts = "accepts requests of legacy programs", Unsigned = "accepts unsigned requests", Open = "accepts unencrypted requests", Wide = "that may do";

    private static readonly Actor Admin = Actor.Internal("test");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_worker_with_the_defaults_has_nothing_to_tell()
    {
        AssertTold(await StartAsync(_ => { }), (Accepts, 0), (Unsigned, 0), (Open, 0), (Wide, 0));
    }

    [TestMethod]
    public async Task Accepting_legacy_requests_is_one_thing_and_what_they_lack_is_told_with_it()
    {
        AssertTold(await StartAsync(worker => worker["LegacyRequests"] = "Accept"), (Accepts, 1), ("signed and encrypted:", 1), (Unsigned, 0), (Open, 0), (Wide, 0));
    }

    [TestMethod]
    public async Task Each_loosening_is_told_once_and_native_requests_stay_as_strict_as_they_were()
    {
        CapturedLog log = await StartAsync(worker =>
        {
            worker["LegacyRequests"] = "Accept";
            worker["LegacySignatureRequired"] = false;
            worker["LegacyEncryptionRequired"] = false;
            worker["UnsignedActsAs"] = "narrow";
        });
        AssertTold(log, (Accepts, 1), ("unsigned, with the role 'narrow', and in the clear", 1), (Unsigned, 0), (Open, 0), (Wide, 0));
    }

    /// <summary>FLAWS.md C1: an unsigned channel has a minimal role, or it is said that it has not.</summary>
    [TestMethod]
    public async Task A_role_that_may_do_more_than_unsigned_requests_should_is_told()
    {
        CapturedLog log = await StartAsync(worker =>
        {
            worker["LegacyRequests"] = "Accept";
            worker["LegacySignatureRequired"] = false;
            worker["LegacyEncryptionRequired"] = false;
            worker["UnsignedActsAs"] = "wide";
        });
        AssertTold(log, (Wide, 1), ("/ca/-1", 1));
    }

    /// <summary>A legacy message is never taken for a native one, nor the other way round: each has its own rules.</summary>
    [TestMethod]
    public async Task What_is_allowed_to_legacy_programs_is_not_allowed_to_native_ones()
    {
        await using TestSystem system = await NewAsync();
        system.WorkerSection["LegacyRequests"] = "Accept";
        system.WorkerSection["LegacySignatureRequired"] = false;
        system.WorkerSection["LegacyEncryptionRequired"] = false;
        system.WorkerSection["UnsignedActsAs"] = "RA";
        await system.StartWorkerAsync(Cancel);
        RequestId id = RawMessages.NewId();
        string unsigned = system.Seal(RawMessages.Content(id, TestSystem.Enrol("native-unsigned")), signer: null, Protection.None);
        await system.StoreAsync(id, unsigned, Cancel);
        Assert.AreEqual(RefusalCode.NotSigned, (await system.AnswerAsync(id, unsigned, requester: null, Cancel)).Single().Reason);
        await system.AssertNothingIssuedAsync("native-unsigned", Cancel);
    }

    private async Task<CapturedLog> StartAsync(Action<System.Text.Json.Nodes.JsonNode> change)
    {
        await using TestSystem system = await NewAsync();
        (await system.Get<RoleStore>().CreateAsync(Admin, "narrow", RoleTemplates.Rules("RAADMINISTRATOR", [1], [1]), Cancel)).OrThrow();
        (await system.Get<RoleStore>().CreateAsync(Admin, "wide", RoleTemplates.Rules("RAADMINISTRATOR", [], []), Cancel)).OrThrow();
        change(system.WorkerSection);
        var log = new CapturedLog();
        await system.StartWorkerAsync(Cancel, log.AddTo);
        return log;
    }

    private async Task<TestSystem> NewAsync()
    {
        TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.UseWorker(await LegacyRa.IssueAsync(system, "legacy-worker", Cancel, member: false));
        return system;
    }

    private static void AssertTold(CapturedLog log, params (string Text, int Times)[] told)
    {
        foreach ((string text, int times) in told)
        {
            Assert.HasCount(times, log.Lines.Where(line => line.Contains(text, StringComparison.Ordinal)).ToArray(), text);
        }
    }
}
