using System.Text.Json.Nodes;
using Ca.Core.Roles;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>What differs from the default: white lists, unsigned channels, kinds of rows (EXTERNAL_RA.md ).</summary>
[TestClass]
public sealed class WorkerRightsTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static readonly Protection SignedOnly = new(Signed: true, Encrypted: false);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Flaw_C4_A_message_with_one_part_that_is_not_on_the_white_list_is_refused_as_a_whole()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.WorkerSection["WhiteList"] = new JsonArray("PKCS10Request");
        await system.StartWorkerAsync(Cancel);

        RequestId id = RawMessages.NewId();
        string column = system.Seal(RawMessages.Content(id, TestSystem.Enrol("first"), new UnlistedRequest { RequestId = 2 }), system.Ra);
        await system.StoreAsync(id, column, Cancel);

        await system.AssertRefusedAsync(id, column, system.Ra, RefusalCode.NotAuthorized, Cancel);
        await system.AssertNothingIssuedAsync("first", Cancel);
        CollectionAssert.AreEqual(new long[] { 1, 2 }, (await system.AnswerAsync(id, column, system.Ra, Cancel)).Select(response => response.RequestId).ToArray());
        ExtRaAnswer listed = (await system.Client.SendAsync([TestSystem.Enrol("second")], Patience, Cancel)).OrThrow();
        Assert.IsTrue(listed.Responses.Single().Success);
    }

    [TestMethod]
    [DataRow("PKCS10Request")]
    [DataRow("org.ejbca.extra.db.PKCS10Request")]
    public async Task Flaw_C3_A_white_list_takes_names_with_and_without_the_legacy_package(string name)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.WorkerSection["WhiteList"] = new JsonArray(name);
        await system.StartWorkerAsync(Cancel);
        ExtRaAnswer answer = (await system.Client.SendAsync([TestSystem.Enrol("listed")], Patience, Cancel)).OrThrow();
        Assert.IsTrue(answer.Responses.Single().Success);
    }

    [TestMethod]
    public async Task Flaw_A6_An_unknown_class_gets_its_own_failure_and_the_other_parts_their_answers()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.StartWorkerAsync(Cancel);
        RequestId id = RawMessages.NewId();
        string column = system.Seal(RawMessages.Content(id, new UnlistedRequest { RequestId = 7 }, TestSystem.Enrol("beside") with { RequestId = 8 }), system.Ra);
        await system.StoreAsync(id, column, Cancel);

        IReadOnlyList<Response> answers = await system.AnswerAsync(id, column, system.Ra, Cancel);
        CollectionAssert.AreEqual(new long[] { 7, 8 }, answers.Select(response => response.RequestId).ToArray());
        Assert.AreEqual(RefusalCode.NotFound, answers[0].Reason);
        Assert.IsTrue(answers[1].Success);
    }

    [TestMethod]
    public async Task Flaw_D2_An_answer_is_at_least_as_protected_as_its_request()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.WorkerSection["EncryptionRequired"] = false;
        await system.StartWorkerAsync(Cancel);
        var opener = new MessageOpener(new MessageJson(SubMessageCatalog.BuiltIn), system.Ra);

        foreach (Protection protection in (Protection[])[Protection.Full, SignedOnly])
        {
            RequestId id = RawMessages.NewId();
            await system.StoreAsync(id, system.Seal(RawMessages.Content(id, TestSystem.Enrol($"d2-{protection.Encrypted}")), system.Ra, protection), Cancel);
            MessageRow row = await system.AnsweredRowAsync(id.UniqueId, Cancel);
            OpenedMessage answer = opener.Open(new(row.UniqueId, row.MessageId, row.Type, MessageKind.Response), row.Message!).OrThrow();
            Assert.AreEqual(protection, answer.Protection);
            Assert.IsTrue(((Response)answer.Content.SubMessages.Single()).Success);
        }
    }

    [TestMethod]
    public async Task Flaw_C1_Unsigned_requests_act_with_the_rights_of_the_named_role_and_no_more()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        LetUnsigned(system, "RA");
        await system.StartWorkerAsync(Cancel);
        var link = new ExtRaLink(keyStore: null, trust: null, Protection.None, SubMessageCatalog.BuiltIn, TimeProvider.System);
        var client = new ExtRaClient(system.Messages.Messages, link);

        ExtRaAnswer allowed = (await client.SendAsync([TestSystem.Enrol("allowed")], Patience, Cancel)).OrThrow();
        ExtRaAnswer beyond = (await client.SendAsync([TestSystem.Enrol("beyond") with { CaName = "ManagementCA" }], Patience, Cancel)).OrThrow();

        Assert.IsTrue(allowed.Responses.Single().Success, allowed.Responses.Single().FailInfo);
        Assert.AreEqual(RefusalCode.NotAuthorized, beyond.Responses.Single().Reason);
        await system.AssertNothingIssuedAsync("beyond", Cancel);
    }

    [TestMethod]
    public async Task Flaw_B5_Where_the_role_of_unsigned_messages_is_gone_they_may_do_nothing()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        LetUnsigned(system, "RA");
        await system.StartWorkerAsync(Cancel);
        (await system.Get<RoleStore>().DeleteAsync(Actor.Internal("test"), "RA", Cancel)).OrThrow();
        RequestId id = RawMessages.NewId();
        string column = system.Seal(RawMessages.Content(id, TestSystem.Enrol("stripped")), signer: null, Protection.None);
        await system.StoreAsync(id, column, Cancel);

        MessageRow row = await system.AnsweredRowAsync(id.UniqueId, Cancel);
        OpenedMessage answer = new MessageOpener(new MessageJson(SubMessageCatalog.BuiltIn), keyStore: null)
            .Open(new(row.UniqueId, row.MessageId, row.Type, MessageKind.Response), row.Message!).OrThrow();
        Assert.AreEqual(RefusalCode.NotAuthorized, ((Response)answer.Content.SubMessages.Single()).Reason);
        await system.AssertNothingIssuedAsync("stripped", Cancel);
    }

    [TestMethod]
    public async Task Flaw_F11_A_worker_leaves_alone_what_is_not_of_its_kind()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.WorkerSection["Types"] = new JsonArray("Scep");
        await system.StartWorkerAsync(Cancel);
        SentMessage other = await system.Client.SubmitAsync([TestSystem.Enrol("api")], Cancel);
        RequestId id = RawMessages.NewId(MessageType.Scep);
        string column = system.Seal(RawMessages.Content(id, TestSystem.Enrol("scep")), system.Ra);
        await system.StoreAsync(id, column, Cancel);

        Assert.IsTrue((await system.AnswerAsync(id, column, system.Ra, Cancel)).Single().Success);
        MessageRow untouched = (await system.Messages.Messages.FindAsync(other.Id.UniqueId, Cancel))!;
        Assert.AreEqual(MessageStatus.Waiting, untouched.Status);
        Assert.AreEqual(0, untouched.Attempts);
    }

    [TestMethod]
    public async Task Flaw_F2_A_message_that_was_claimed_too_often_is_answered_with_a_failure()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        SentMessage sent = await system.Client.SubmitAsync([TestSystem.Enrol("poison")], Cancel);
        await TestDatabases.RunPostgreSqlAsync(system.MessageConnection, "update message set attempts = 8", Cancel);
        await system.StartWorkerAsync(Cancel);

        Response response = (await system.Client.AwaitAsync(sent, Patience, Cancel)).OrThrow().Responses.Single();
        Assert.AreEqual(RefusalCode.InternalFailure, response.Reason);
        await system.AssertNothingIssuedAsync("poison", Cancel);
    }

    private static void LetUnsigned(TestSystem system, string role)
    {
        system.WorkerSection["SignatureRequired"] = false;
        system.WorkerSection["EncryptionRequired"] = false;
        system.WorkerSection["UnsignedActsAs"] = role;
        system.WorkerSection.Remove("KeyStore");
    }
}

/// <summary>A class that no worker knows.</summary>
internal sealed record UnlistedRequest : Request;
