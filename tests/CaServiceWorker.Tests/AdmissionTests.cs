using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;
using CmsSigner = System.Security.Cryptography.Pkcs.CmsSigner;

namespace CaServiceWorker.Tests;

/// <summary>
/// What a worker with the default configuration refuses (ARCHITECTURE.md 4). Each refusal is answered, signed, with a
/// text of the catalogue, audited and logged, and nothing of the message is executed (FLAWS.md C9, D8).
/// </summary>
[TestClass]
public sealed class AdmissionTests
{
    private static readonly CapturedLog Log = new();
    private static TestSystem system = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        system = await TestSystem.CreateAsync(context.CancellationToken);
        await system.StartWorkerAsync(context.CancellationToken, Log.AddTo);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await system.DisposeAsync();

    [TestMethod]
    [DataRow(false, false, RefusalCode.NotSigned, DisplayName = "Flaw C1: neither signed nor encrypted")]
    [DataRow(false, true, RefusalCode.DecryptionFailed, DisplayName = "Flaw D3: encrypted, not signed; told as all that is wrong inside")]
    [DataRow(true, false, RefusalCode.NotEncrypted, DisplayName = "signed, not encrypted")]
    public async Task Flaw_C9_A_missing_layer_is_refused(bool signed, bool encrypted, RefusalCode code) =>
        await AssertRefusedAsync(code, protection: new(signed, encrypted));

    [TestMethod]
    public async Task Flaw_C9_A_signer_of_another_CA_is_refused()
    {
        await AssertRefusedAsync(RefusalCode.UnknownIssuer, await system.IssueLinkAsync("of-issuing-ca", Cancel, ca: "IssuingCA", member: false));
        using var elsewhere = new TestPki();
        await AssertRefusedAsync(RefusalCode.UnknownIssuer, elsewhere.Issue("CN=ra1"));
    }

    [TestMethod]
    public async Task A_signer_of_an_impostor_with_the_name_of_the_RA_issuer_is_refused()
    {
        using var impostor = new TestPki("CN=ManagementCA,O=Test");
        await AssertRefusedAsync(RefusalCode.BadSignature, impostor.Issue("CN=ra1"));
    }

    [TestMethod]
    public async Task Flaw_C9_An_expired_RA_is_refused()
    {
        KeyStore ra = await system.IssueLinkAsync("expired", Cancel, validity: "10m 3s"); // CAs back-date by ten minutes
        await Eventually.BecomesTrueAsync(() => !ra.Certificate.IsValidAt(DateTimeOffset.UtcNow), Eventually.Patience, Cancel, "the certificate has expired");
        await AssertRefusedAsync(RefusalCode.Expired, ra);
    }

    [TestMethod]
    public async Task Flaw_C9_A_revoked_RA_is_refused()
    {
        KeyStore ra = await system.IssueLinkAsync("revoked", Cancel);
        await system.RevokeAsync(ra, Cancel);
        await AssertRefusedAsync(RefusalCode.Revoked, ra);
    }

    [TestMethod]
    public async Task Flaw_C6_A_signer_without_digitalSignature_is_refused() =>
        await AssertRefusedAsync(RefusalCode.WrongKeyUsage, await system.IssueLinkAsync("no-signatures", Cancel, usage: KeyUsages.KeyAgreement));

    [TestMethod]
    public async Task Flaw_C8_A_signer_of_the_right_CA_who_is_in_no_role_is_refused() =>
        await AssertRefusedAsync(RefusalCode.NotAuthorized, await system.IssueLinkAsync("nobody", Cancel, member: false));

    [TestMethod]
    public async Task Flaw_F7_An_RA_whose_key_cannot_receive_the_answer_gets_a_failure_before_anything_is_issued()
    {
        KeyStore deaf = await system.IssueLinkAsync("deaf", Cancel, usage: KeyUsages.DigitalSignature);
        // A new member of a role is known to a running worker within a second.
        await Eventually.BecomesTrueAsync(
            async _ =>
            {
                try
                {
                    await AssertRefusedAsync(RefusalCode.WrongKeyUsage, deaf);
                    return true;
                }
                catch (AssertFailedException)
                {
                    return false;
                }
            },
            Eventually.Patience,
            Cancel,
            "the refusal names the key usage");
    }

    [TestMethod]
    [DataRow(-31, DisplayName = "older than the inbox remembers")]
    [DataRow(2, DisplayName = "from the future")]
    public async Task Flaw_B4_A_request_out_of_time_is_refused(int days) =>
        await AssertRefusedAsync(RefusalCode.NotBound, change: content => content with { Created = content.Created.AddDays(days) });

    [TestMethod]
    public async Task An_answer_passed_off_as_a_request_is_refused() =>
        await AssertRefusedAsync(RefusalCode.NotBound, change: content => content with { Kind = MessageKind.Response });

    [TestMethod]
    [DataRow(MessageType.Scep)]
    public async Task A_message_in_a_row_of_another_type_is_refused(MessageType type) =>
        await AssertRefusedAsync(RefusalCode.NotBound, change: content => content with { Type = type });

    [TestMethod]
    public async Task Flaw_B3_The_requests_of_two_rows_that_were_swapped_are_refused_both()
    {
        RequestId[] ids = [RawMessages.NewId(), RawMessages.NewId()];
        string[] columns = [.. ids.Select((id, i) => system.Seal(RawMessages.Content(id, TestSystem.Enrol($"swapped{i}")), system.Ra))];
        await system.StoreAsync(ids[0], columns[1], Cancel);
        await system.StoreAsync(ids[1], columns[0], Cancel);
        await system.AssertRefusedAsync(ids[0], columns[1], system.Ra, RefusalCode.NotBound, Cancel);
        await system.AssertRefusedAsync(ids[1], columns[0], system.Ra, RefusalCode.NotBound, Cancel);
        await system.AssertNothingIssuedAsync("swapped0", Cancel);
        await system.AssertNothingIssuedAsync("swapped1", Cancel);
    }

    [TestMethod]
    public async Task A_message_for_another_worker_is_refused()
    {
        RequestId id = RawMessages.NewId();
        string column = new MessageSealer(system.Ra, TimeProvider.System).Seal(RawMessages.Content(id, TestSystem.Enrol("elsewhere")), Protection.Full, system.Ra.Certificate);
        await system.StoreAsync(id, column, Cancel);
        await system.AssertRefusedAsync(id, column, system.Ra, RefusalCode.WrongRecipient, Cancel);
    }

    [TestMethod]
    public async Task Flaw_C5_A_message_with_two_signers_is_refused()
    {
        KeyStore second = await system.IssueLinkAsync("second", Cancel);
        RequestId id = RawMessages.NewId();
        byte[] json = MessageJson.Write(RawMessages.Content(id, TestSystem.Enrol("two-signers")));
        var signed = new SignedCms(new ContentInfo(json));
        signed.ComputeSignature(new CmsSigner(Platform(system.Ra)));
        signed.ComputeSignature(new CmsSigner(Platform(second)));
        string column = Convert.ToBase64String(Pki.Protocols.Cms.EnvelopedData.Encrypt(
            signed.Encode(), system.Worker.Certificate, Pki.Protocols.Cms.ContentCipher.Aes256Cbc, Pki.Protocols.Cms.KeyTransport.Strongest, RandomNumberGenerator.Fill));
        await system.StoreAsync(id, column, Cancel);
        await system.AssertRefusedAsync(id, column, system.Ra, RefusalCode.DecryptionFailed, Cancel);
        await system.AssertNothingIssuedAsync("two-signers", Cancel);
    }

    [TestMethod]
    public async Task Flaw_D3_A_byte_flipped_anywhere_in_a_stored_message_is_refused_and_never_issues_what_was_not_asked_for()
    {
        const int Flips = 60;
        (RequestId Id, string User, string Column)[] flipped = [.. Enumerable.Range(0, Flips).Select(i =>
        {
            RequestId id = RawMessages.NewId();
            byte[] message = Convert.FromBase64String(system.Seal(RawMessages.Content(id, TestSystem.Enrol($"flipped{i}")), system.Ra));
            message[(int)((long)i * (message.Length - 1) / (Flips - 1))] ^= (byte)(1 << (i % 8));
            return (id, $"flipped{i}", Convert.ToBase64String(message));
        })];
        await Task.WhenAll(flipped.Select(one => system.StoreAsync(one.Id, one.Column, Cancel)));

        foreach ((RequestId id, string user, string column) in flipped)
        {
            Response response = (await system.AnswerAsync(id, column, system.Ra, Cancel)).Single();
            Assert.IsFalse(response.Success, user);
            Assert.AreEqual(FailInfoText.Of(response.Reason!.Value), response.FailInfo);
            Assert.AreNotEqual(RefusalCode.InternalFailure, response.Reason, user);
            await system.AssertNothingIssuedAsync(user, Cancel);
        }
    }

    [TestMethod]
    public async Task Flaw_F2_Columns_of_garbage_are_answered_and_stop_nobody()
    {
        (RequestId Id, string Column)[] poison =
        [
            .. new[] { "garbage", "====", "AAAA", "<?xml version=\"1.0\"?><java/>", Convert.ToBase64String(RandomNumberGenerator.GetBytes(2000)), new string('A', MessageLimits.MessageLength), "MIAG", Convert.ToBase64String(Nested(5000)) }
                .Select(column => (RawMessages.NewId(), column)),
        ];
        await Task.WhenAll(poison.Select(one => system.StoreAsync(one.Id, one.Column, Cancel)));

        ExtRaAnswer good = (await system.Client.SendAsync([TestSystem.Enrol("among-poison")], Eventually.Patience, Cancel)).OrThrow();
        Assert.IsTrue(good.Responses.Single().Success);
        foreach ((RequestId id, string column) in poison)
        {
            Response response = (await system.AnswerAsync(id, column, requester: null, Cancel)).Single();
            Assert.IsFalse(response.Success);
            Assert.IsTrue(response.Reason is RefusalCode.Malformed or RefusalCode.TooLarge, $"{response.Reason}");
        }
    }

    [TestMethod]
    [DataRow("null", "null", DisplayName = "nothing at all")]
    [DataRow("''", "''", DisplayName = "empty")]
    [DataRow("'é☃'", "repeat('x', 255)", DisplayName = "not ASCII")]
    [DataRow("'AAAA'", "E'a\\r\\nFORGED: all is well\\u2028\\u202E'", DisplayName = "Flaw B6: a messageId with line breaks and direction overrides")]
    public async Task Flaw_B6_Rows_written_past_our_store_are_answered_and_forge_no_line_in_log_or_audit(string message, string messageId)
    {
        string id = RandomNumberGenerator.GetHexString(16);
        // The key too is whatever the writer likes.
        await TestDatabases.RunPostgreSqlAsync(
            system.MessageConnection,
            $"insert into message (uniqueid, createtime, modifytime, status, type, message, messageid) values (E'forged\\n{id}\\u2028', 0, 0, 1, 1, {message}, {messageId})",
            Cancel);
        MessageRow row = await system.AnsweredRowByListAsync(id, Cancel);

        Assert.IsNotNull(row);
        Assert.IsFalse(Log.Lines.Where(line => line.Contains(id, StringComparison.Ordinal)).Any(HasBreak), "log");
        Assert.IsNotEmpty(Log.Lines.Where(line => line.Contains(id, StringComparison.Ordinal)).ToArray());
        string audit = await system.CountAsync($"select coalesce(search_detail1, '') || details from audit_record where details like '%{id}%'", Cancel);
        Assert.AreNotEqual("", audit);
        Assert.IsFalse(HasBreak(audit), audit);
    }

    /// <summary>Read whole, a few such rows would end the worker, and after it the next that takes them.</summary>
    [TestMethod]
    public async Task Flaw_A3_A_row_larger_than_any_message_is_answered_unread_and_stops_nobody()
    {
        RequestId[] ids = [.. Enumerable.Range(0, 4).Select(_ => RawMessages.NewId())];
        foreach (RequestId id in ids)
        {
            await TestDatabases.RunPostgreSqlAsync(
                system.MessageConnection,
                $"insert into message (uniqueid, messageid, type, message, attempts) values ('{id.UniqueId}', '{id.MessageId}', {(int)id.Type}, repeat('A', 100000000), 2147483647 - {(id == ids[0] ? 0 : 2147483647)})",
                Cancel);
        }

        ExtRaAnswer good = (await system.Client.SendAsync([TestSystem.Enrol("among-giants")], Eventually.Patience, Cancel)).OrThrow();
        Assert.IsTrue(good.Responses.Single().Success);
        foreach (RequestId id in ids)
        {
            Response response = system.Link.OpenAnswer(await system.AnsweredRowAsync(id.UniqueId, Cancel), request: null).OrThrow().SubMessages.Cast<Response>().Single();
            Assert.AreEqual(id == ids[0] ? RefusalCode.InternalFailure : RefusalCode.TooLarge, response.Reason); // of the first the attempts are used up
        }
    }

    private static bool HasBreak(string text) => text.AsSpan().IndexOfAny("\r\n\u2028\u2029\u202E") >= 0;

    private async Task AssertRefusedAsync(RefusalCode code, KeyStore? signer = null, Protection? protection = null, Func<MessageContent, MessageContent>? change = null)
    {
        signer ??= system.Ra;
        string user = "victim-" + RandomNumberGenerator.GetHexString(8);
        RequestId id = RawMessages.NewId();
        MessageContent content = RawMessages.Content(id, TestSystem.Enrol(user), TestSystem.Enrol(user + "-too") with { RequestId = 2 });
        string column = system.Seal(change?.Invoke(content) ?? content, signer, protection);
        await system.StoreAsync(id, column, Cancel);

        await system.AssertRefusedAsync(id, column, signer, code, Cancel);
        await system.AssertNothingIssuedAsync(user, Cancel);
        await system.AssertNothingIssuedAsync(user + "-too", Cancel);
        Assert.Contains(line => line.Contains(id.UniqueId, StringComparison.Ordinal) && line.Contains($"refused: {code}", StringComparison.Ordinal), Log.Lines);
    }

    private static byte[] Nested(int depth)
    {
        byte[] open = [.. Enumerable.Repeat((byte[])[0x30, 0x80], depth).SelectMany(bytes => bytes)];
        return open;
    }

    private static X509Certificate2 Platform(KeyStore key)
    {
        using Secret password = Secret.FromText("for a moment");
        return X509CertificateLoader.LoadPkcs12(Pkcs12.Save(key, password, "key"), "for a moment");
    }
}
