using System.Globalization;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.SubMessages;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Legacy;

/// <summary>Rows of legacy RA programs in the table of a worker that accepts them, and of one that does not.</summary>
[TestClass]
public sealed class LegacyRequestTests
{
    private static readonly CapturedLog Log = new();
    private static TestSystem system = null!;
    private static LegacyRa ra40 = null!;
    private static LegacyRa ra63 = null!;
    private static KeyStore ecKey = null!; // of an RA that is known before the worker starts: a running one learns of roles within a second
    private static int names;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        CancellationToken cancel = context.CancellationToken;
        system = await TestSystem.CreateAsync(cancel);
        (ra40, ra63) = await AcceptAsync(system, MessageDialect.PostgreSql, cancel);
        ecKey = await LegacyRa.IssueAsync(system, "ec-ra", cancel, keySpec: "P-256");
        await system.StartWorkerAsync(cancel, Log.AddTo);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await system.DisposeAsync();

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task One_worker_serves_a_native_and_two_legacy_RAs_in_one_table(MessageDialect dialect)
    {
        await using TestSystem here = await TestSystem.CreateAsync(Cancel, dialect);
        (LegacyRa old, LegacyRa newer) = await AcceptAsync(here, dialect, Cancel);
        await here.StartWorkerAsync(Cancel);
        using KeyPair deviceKey = KeyPair.Generate("P-256");

        string scep = await old.StoreAsync("9F86D081884C7D65", old.Write(Protection.None, null, TestSystem.Enrol("device", deviceKey) with { RequestId = 100 }), Cancel, MessageType.Scep);
        string api = await newer.StoreAsync("msg-1", newer.Write(Protection.Full, null, TestSystem.Enrol("one"), TestSystem.Enrol("two") with { RequestId = 2 }), Cancel);
        ExtRaAnswer native = (await here.Client.SendAsync([TestSystem.Enrol("native")], Eventually.Patience, Cancel)).OrThrow();

        Assert.IsTrue(native.Responses.Single().Success, native.Responses.Single().FailInfo);
        LegacyAnswer toScep = await old.AnswerAsync(scep, Cancel);
        Assert.AreEqual(Protection.None, toScep.Protection);
        Assert.AreEqual(JavaMapKind.HashMap, toScep.Only.Kind);
        Assert.AreEqual(5, toScep["CLASSTYPE"]);
        Assert.AreEqual(2.0f, toScep["version"]);
        Assert.AreEqual(100L, toScep["REQUESTID"]);
        Assert.AreEqual(true, toScep["SUCCESS"], (string?)toScep["FAILINFO"]);
        Certificate issued = Der.Decode<Certificate>(Convert.FromBase64String((string)toScep["CERTIFICATE"]!)).OrThrow();
        CollectionAssert.AreEqual(deviceKey.Public.Encoded.ToArray(), issued.PublicKey.Encoded.ToArray());

        LegacyAnswer toApi = await newer.AnswerAsync(api, Cancel);
        Assert.AreEqual(Protection.Full, toApi.Protection);
        CollectionAssert.AreEqual(new object?[] { 1L, 2L }, toApi.Maps.Select(map => map.TryGet("REQUESTID", out object? id) ? id : null).ToArray());
        Assert.IsTrue(toApi.Maps.All(map => map.Kind == JavaMapKind.LinkedHashMap && map.TryGet("SUCCESS", out object? success) && success is true));
        CollectionAssert.AreEqual(
            (string[])["version", "CLASSTYPE", "REQUESTID", "SUCCESS", "FAILINFO", "CERTIFICATE", "PKCS7"], toApi.Maps[0].Entries.Select(entry => entry.Key).ToArray());
    }

    [TestMethod]
    public async Task Flaw_F12_A_program_that_keeps_its_messages_in_large_objects_is_served_without_leftovers()
    {
        await using TestSystem here = await TestSystem.CreateAsync(Cancel);
        (LegacyRa inline, _) = await AcceptAsync(here, MessageDialect.PostgreSql, Cancel);
        await here.StartWorkerAsync(Cancel);
        var ra = new LegacyRa(here, MessageDialect.PostgreSql, inline.Own, here.Worker, JavaMapKind.LinkedHashMap, keepsObjects: true);
        for (int i = 1; i <= 3; i++)
        {
            string key = await ra.StoreAsync("m", ra.Write(Protection.Full, null, TestSystem.Enrol($"large-{i}") with { RequestId = i }), Cancel);
            LegacyAnswer answer = await ra.AnswerAsync(key, Cancel);
            Assert.AreEqual((long)i, answer["REQUESTID"]);
            Assert.AreEqual(true, answer["SUCCESS"], (string?)answer["FAILINFO"]);
            StringAssert.Matches(await ra.RunAsync("select message from message", Cancel), new("^[0-9]{1,10}\\s*$", System.Text.RegularExpressions.RegexOptions.None, Eventually.Patience));
        }

        Assert.AreEqual("1", (await ra.RunAsync("select count(*) from pg_largeobject_metadata", Cancel)).Trim());
    }

    /// <summary>Each class of request through admission, processor and back, as far as no key is recovered.</summary>
    [TestMethod]
    public async Task Every_kind_of_request_is_answered_in_the_class_its_program_expects()
    {
        string user = Name();
        PKCS10Request enrol = TestSystem.Enrol(user);
        using Secret secret = Secret.FromText("a one-time secret");
        Request[] requests =
        [
            enrol with { RequestId = 10 },
            new EditUserRequest
            {
                RequestId = 11, Username = user + "-p12", SubjectDn = $"CN={user},O=Test", CaName = "IssuingCA", EndEntityProfileName = "EMPTY", CertificateProfileName = "ENDUSER",
                Password = secret, TokenName = "P12",
            },
            new RevocationRequest { RequestId = 12, Username = "nobody", RevokeUser = true },
            new KeyStoreRetrievalRequest { RequestId = 13, Username = "nobody", Password = secret },
            new CertificateRequestRequest { RequestId = 14, Username = user + "-c", RequestData = enrol.Pkcs10, CreateOrEditUser = false, Password = secret },
            new KeyRecoveryRequest { RequestId = 15, Username = "nobody", Password = secret, ReuseCertificate = true, IssuerDn = "CN=IssuingCA,O=Test", CertificateSn = "1234" },
            new CardRenewalRequest { RequestId = 16, AuthCert = [], SignCert = [], AuthPkcs10 = [], SignPkcs10 = [] },
        ];

        LegacyAnswer answer = await ra63.AnswerAsync(await ra63.StoreAsync(Name(), ra63.Write(Protection.Full, null, requests), Cancel), Cancel);

        (int Class, bool Success)[] expected = [(5, true), (9, true), (9, false), (14, false), (16, false), (9, false), (9, false)];
        Assert.HasCount(expected.Length, answer.Maps);
        for (int i = 0; i < expected.Length; i++)
        {
            answer.Maps[i].TryGet("CLASSTYPE", out object? type);
            answer.Maps[i].TryGet("SUCCESS", out object? success);
            answer.Maps[i].TryGet("FAILINFO", out object? why);
            Assert.AreEqual(expected[i], ((int)type!, (bool)success!), $"{requests[i].WireName}: {why}");
            Assert.IsTrue(answer.Maps[i].TryGet("REQUESTID", out object? id) && id is long number && number == requests[i].RequestId);
        }
    }

    /// <summary>Legacy requests are bound to nothing: what was signed is the request, wherever it lies.</summary>
    [TestMethod]
    public async Task Flaw_B4_A_signed_request_is_executed_once_in_whatever_row_it_comes()
    {
        string user = Name();
        string document = ra40.Write(Protection.Full, null, TestSystem.Enrol(user));
        string first = await ra40.StoreAsync(Name(), document, Cancel);
        object? certificate = (await ra40.AnswerAsync(first, Cancel))["CERTIFICATE"];

        string replayed = await ra40.StoreAsync(Name(), document, Cancel);
        Assert.AreEqual(certificate, (await ra40.AnswerAsync(replayed, Cancel))["CERTIFICATE"]);
        await ra40.StoreAsync("again", document.Replace("\n", "\r\n", StringComparison.Ordinal), Cancel, MessageType.Scep); // another text around the same signature
        Assert.AreEqual(certificate, (await ra40.AnswerAsync(ExtRa.Legacy.LegacyIds.UniqueId(MessageType.Scep, "again"), Cancel))["CERTIFICATE"]);
        Assert.AreEqual("1", await system.CountAsync($"select count(*) from certificate where username = '{user}'", Cancel));
    }

    [TestMethod]
    public async Task Flaw_B4_A_request_that_was_signed_too_long_ago_is_refused()
    {
        string user = Name();
        LegacyAnswer answer = await AskAsync(ra40, ra40.Write(Protection.Full, DateTimeOffset.UtcNow.AddDays(-31), TestSystem.Enrol(user)));
        AssertRefused(answer, RefusalCode.NotBound);
        await system.AssertNothingIssuedAsync(user, Cancel);
    }

    [TestMethod]
    public async Task Flaw_B4_Two_workers_that_find_the_same_request_in_two_rows_execute_it_once()
    {
        string user = Name();
        string document = ra40.Write(Protection.Full, null, TestSystem.Enrol(user));
        string[] keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ra40.StoreAsync(Name(), document, Cancel)));
        var certificates = new HashSet<object?>();
        foreach (string key in keys)
        {
            certificates.Add((await ra40.AnswerAsync(key, Cancel))["CERTIFICATE"]);
        }

        Assert.HasCount(1, certificates);
        Assert.AreEqual("1", await system.CountAsync($"select count(*) from certificate where username = '{user}'", Cancel));
    }

    /// <summary>SEMANTICS.md 5.1: a SCEP RA puts a repeated request into the same row, whatever became of the one before.</summary>
    [TestMethod]
    public async Task A_device_that_tries_again_after_a_failure_is_served_however_often_it_tried()
    {
        string user = Name();
        string transaction = Name();
        PKCS10Request request = TestSystem.Enrol(user) with { RequestId = 100 };
        string wrong = ra40.Write(Protection.None, null, request with { CertificateProfileName = "LATER" });
        for (int attempt = 0; attempt < 10; attempt++)
        {
            AssertRefused(await AskAsync(ra40, wrong, transaction, MessageType.Scep), RefusalCode.NotFound);
        }

        LegacyAnswer answer = await AskAsync(ra40, ra40.Write(Protection.None, null, request), transaction, MessageType.Scep);
        Assert.AreEqual(true, answer["SUCCESS"], (string?)answer["FAILINFO"]);
    }

    [TestMethod]
    public async Task The_same_text_written_again_after_a_failure_is_looked_at_again()
    {
        string user = Name();
        string transaction = Name();
        string text = ra40.Write(Protection.None, null, TestSystem.Enrol(user) with { RequestId = 100, EndEntityProfileName = user });
        AssertRefused(await AskAsync(ra40, text, transaction, MessageType.Scep), RefusalCode.NotFound);

        await AskAsync(ra40, text, transaction, MessageType.Scep);
        Assert.AreEqual("2", await system.CountAsync(
            $"select count(*) from inbox where unique_id = '{ExtRa.Legacy.LegacyIds.UniqueId(MessageType.Scep, transaction)}'", Cancel));
    }

    [TestMethod]
    public async Task Flaw_D2_An_answer_is_as_protected_as_its_request_though_nothing_is_required()
    {
        foreach (Protection protection in (Protection[])[Protection.None, new(Signed: true, Encrypted: false), Protection.Full])
        {
            LegacyAnswer answer = await AskAsync(ra40, ra40.Write(protection, null, TestSystem.Enrol(Name())));
            Assert.AreEqual(protection, answer.Protection);
            Assert.AreEqual(true, answer["SUCCESS"], (string?)answer["FAILINFO"]);
        }
    }

    [TestMethod]
    public async Task Flaw_D3_An_encrypted_request_without_signature_is_refused()
    {
        string user = Name();
        AssertRefused(await AskAsync(ra40, ra40.Write(new(Signed: false, Encrypted: true), null, TestSystem.Enrol(user))), RefusalCode.NotSigned);
        await system.AssertNothingIssuedAsync(user, Cancel);
    }

    /// <summary>A legacy CA put these back into the queue for ever (SEMANTICS.md 2.4).</summary>
    [TestMethod]
    [DataRow("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<java><void/></java>", DisplayName = "Flaw A1: a document that would run code")]
    [DataRow("<!DOCTYPE java [<!ENTITY a \"AAAA\">]><java><boolean>false</boolean><boolean>false</boolean><string>&a;</string></java>", DisplayName = "Flaw A4: an entity")]
    [DataRow("<", DisplayName = "next to nothing")]
    [DataRow("<java><boolean>true</boolean><boolean>true</boolean><string>AAAA</string></java>", DisplayName = "no CMS")]
    public async Task Flaw_F2_What_can_never_be_read_is_answered_once(string document)
    {
        LegacyAnswer answer = await AskAsync(ra40, document);
        AssertRefused(answer, RefusalCode.Malformed);
        Assert.AreEqual(9, answer["CLASSTYPE"]);
        Assert.AreEqual(0L, answer["REQUESTID"]);
    }

    [TestMethod]
    public async Task Flaw_A6_A_message_with_one_bad_part_is_refused_in_all_its_parts()
    {
        string user = Name();
        JavaMap good = SubMessageWriter.Write(TestSystem.Enrol(user) with { RequestId = 1 }, JavaMapKind.HashMap);
        JavaMap bad = new(JavaMapKind.HashMap, [new("CLASSTYPE", 99), new("version", 1.0f), new("REQUESTID", 2L)]);
        string document = ra40.Seal(JavaMapList.Write([good, bad]), Protection.Full);

        LegacyAnswer answer = await AskAsync(ra40, document);

        Assert.AreEqual(Protection.Full, answer.Protection);
        Assert.HasCount(2, answer.Maps);
        foreach ((JavaMap map, int type) in answer.Maps.Zip((int[])[5, 9]))
        {
            Assert.IsTrue(map.TryGet("SUCCESS", out object? success) && success is false);
            Assert.IsTrue(map.TryGet("CLASSTYPE", out object? found) && found is int number && number == type);
        }

        await system.AssertNothingIssuedAsync(user, Cancel);
    }

    /// <summary>FLAWS.md B1, B5: a captured legacy message in the row of somebody else is nobody's.</summary>
    [TestMethod]
    public async Task Flaw_B1_A_legacy_message_in_a_row_that_is_not_its_own_is_refused()
    {
        string user = Name();
        string document = ra40.Write(Protection.Full, null, TestSystem.Enrol(user));
        RequestId native = RawMessages.NewId();
        await system.StoreAsync(native, document, Cancel);
        Assert.AreEqual(RefusalCode.Malformed, (await system.AnswerAsync(native, document, requester: null, Cancel)).Single().Reason); // told in the row's own format

        await system.StoreAsync(native with { UniqueId = "4711" }, document, Cancel);
        AssertRefused(await ra40.AnswerAsync("4711", Cancel), RefusalCode.NotBound);
        await system.AssertNothingIssuedAsync(user, Cancel);
    }

    [TestMethod]
    public async Task Flaw_F7_A_signer_whom_no_answer_can_reach_is_refused_before_anything_is_done()
    {
        string user = Name();
        var ecRa = new LegacyRa(system, MessageDialect.PostgreSql, ecKey, system.Worker, JavaMapKind.HashMap);
        string key = await ecRa.StoreAsync(Name(), ecRa.Write(Protection.Full, null, TestSystem.Enrol(user)), Cancel);
        AssertRefused(await ecRa.AnswerAsync(key, Cancel), RefusalCode.WrongKeyUsage);
        await system.AssertNothingIssuedAsync(user, Cancel);
    }

    [TestMethod]
    public async Task Flaw_F13_A_program_that_may_verify_no_signature_is_told_of()
    {
        await AskAsync(ra63, ra63.Write(Protection.Full, null, TestSystem.Enrol(Name())));
        Assert.HasCount(1, Log.Lines.Where(line => line.Contains("6.3.0", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void The_loosening_is_told_at_start() =>
        Assert.IsTrue(Log.Lines.Any(line => line.Contains("accepts requests of legacy programs", StringComparison.Ordinal)));

    /// <summary>The default. The program learns it in its own format instead of waiting for ever.</summary>
    [TestMethod]
    public async Task A_worker_that_was_not_told_to_refuses_legacy_requests()
    {
        await using TestSystem strict = await TestSystem.CreateAsync(Cancel);
        await strict.StartWorkerAsync(Cancel);
        var ra = new LegacyRa(strict, MessageDialect.PostgreSql, strict.Ra, strict.Worker, JavaMapKind.HashMap);
        string key = await ra.StoreAsync("m", ra.Write(new(Signed: true, Encrypted: false), null, TestSystem.Enrol("nobody")), Cancel);
        AssertRefused(await ra.AnswerAsync(key, Cancel), RefusalCode.PolicyViolation);
        await strict.AssertNothingIssuedAsync("nobody", Cancel);
    }

    [TestMethod]
    public async Task Flaw_C1_Where_signatures_are_required_an_unsigned_legacy_request_is_refused_with_a_signed_answer()
    {
        await using TestSystem strict = await TestSystem.CreateAsync(Cancel);
        (LegacyRa ra, _) = await AcceptAsync(strict, MessageDialect.PostgreSql, Cancel, unsigned: false);
        await strict.StartWorkerAsync(Cancel);
        string key = await ra.StoreAsync("m", ra.Write(Protection.None, null, TestSystem.Enrol("nobody")), Cancel);
        LegacyAnswer answer = await ra.AnswerAsync(key, Cancel);
        AssertRefused(answer, RefusalCode.NotSigned);
        Assert.IsTrue(answer.Protection.Signed);
        await strict.AssertNothingIssuedAsync("nobody", Cancel);
    }

    /// <summary>FLAWS.md F6: the worker's answer belongs to the request it processed, not to the one that has taken its place.</summary>
    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task Flaw_F6_A_request_that_takes_anothers_place_gets_its_own_answer(MessageDialect dialect)
    {
        await using TestSystem here = await TestSystem.CreateAsync(Cancel, dialect);
        (LegacyRa ra, _) = await AcceptAsync(here, dialect, Cancel);
        string second = ra.Write(Protection.None, null, TestSystem.Enrol("second") with { RequestId = 2 });
        var replacing = new ReplacingMilestones(async () => await ra.StoreAsync("m", second, Cancel));
        await here.StartWorkerAsync(Cancel, services => services.AddSingleton<IMilestones>(replacing));
        string key = await ra.StoreAsync("m", ra.Write(Protection.None, null, TestSystem.Enrol("first") with { RequestId = 1 }), Cancel);

        LegacyAnswer answer = await ra.AnswerAsync(key, Cancel);

        Assert.IsTrue(replacing.HasReplaced);
        Assert.AreEqual(2L, answer["REQUESTID"]);
        Assert.AreEqual(true, answer["SUCCESS"], (string?)answer["FAILINFO"]);
    }

    /// <summary>An RSA worker that accepts legacy requests, signed or not, and two RAs of different versions.</summary>
    private static async Task<(LegacyRa Of40, LegacyRa Of63)> AcceptAsync(TestSystem system, MessageDialect dialect, CancellationToken cancel, bool unsigned = true)
    {
        KeyStore worker = await LegacyRa.IssueAsync(system, "legacy-worker", cancel, member: false);
        KeyStore ra = await LegacyRa.IssueAsync(system, "legacy-ra", cancel);
        system.WorkerSection["LegacyRequests"] = "Accept";
        if (unsigned)
        {
            system.WorkerSection["LegacySignatureRequired"] = false;
            system.WorkerSection["LegacyEncryptionRequired"] = false;
            system.WorkerSection["UnsignedActsAs"] = "RA";
        }

        system.UseWorker(worker);
        return (new(system, dialect, ra, worker, JavaMapKind.HashMap), new(system, dialect, ra, worker, JavaMapKind.LinkedHashMap));
    }

    private async Task<LegacyAnswer> AskAsync(LegacyRa ra, string document, string? messageId = null, MessageType type = MessageType.ExtRa) =>
        await ra.AnswerAsync(await ra.StoreAsync(messageId ?? Name(), document, Cancel, type), Cancel);

    private static void AssertRefused(LegacyAnswer answer, RefusalCode code)
    {
        Assert.AreEqual(false, answer["SUCCESS"]);
        Assert.AreEqual(FailInfoText.Of(code), answer["FAILINFO"]);
    }

    private static string Name() => "legacy-" + Interlocked.Increment(ref names).ToString(CultureInfo.InvariantCulture);

    private sealed class ReplacingMilestones(Func<Task> replace) : IMilestones
    {
        private int replaced;

        public bool HasReplaced => Volatile.Read(ref replaced) == 1;

        public void Reached(Milestone milestone, string uniqueId)
        {
            if (milestone == Milestone.BeforeAnswer && Interlocked.Exchange(ref replaced, 1) == 0)
            {
                replace().GetAwaiter().GetResult();
            }
        }
    }
}
