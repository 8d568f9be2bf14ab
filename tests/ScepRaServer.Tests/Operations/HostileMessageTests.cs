using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;
using TestKit;

namespace ScepRaServer.Tests.Operations;

/// <summary>SCEP.md sections 6 to 9: signature, attributes, envelope, message type. Nothing here may reach the queue.</summary>
[TestClass]
public sealed class HostileMessageTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    /// <summary>SCEP.md H-19: idle connections cost their client nothing, so one address does not get all.</summary>
    [TestMethod]
    public async Task Beyond_its_connections_an_address_is_not_served()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Configuration["ScepRa:Limits:ConnectionsPerAddress"] = "2");
        using var first = new TcpClient();
        using var second = new TcpClient();
        using var third = new TcpClient();

        Assert.IsTrue(await IsServedAsync(first, world.Port));
        Assert.IsTrue(await IsServedAsync(second, world.Port));
        Assert.IsFalse(await IsServedAsync(third, world.Port));

        first.Dispose();
        await Eventually.BecomesTrueAsync(async _ =>
        {
            using var next = new TcpClient();
            return await IsServedAsync(next, world.Port);
        }, Eventually.Patience, Cancel, "the place is free again");
    }

    private async Task<bool> IsServedAsync(TcpClient tcp, int port)
    {
        try
        {
            await tcp.ConnectAsync(IPAddress.Loopback, port, Cancel);
            await tcp.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: ra\r\n\r\n"u8.ToArray(), Cancel);
            return await tcp.GetStream().ReadAsync(new byte[1024], Cancel) > 0;
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            return false; // closed before the request was there, or the connection
        }
    }

    [TestMethod]
    [DataRow("signature", DisplayName = "S-03 signature")]
    [DataRow("content", DisplayName = "S-03 eContent")]
    [DataRow("attribute", DisplayName = "S-03 a signed attribute")]
    public async Task A_flipped_bit_is_a_bad_message_check(string where)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        SentRequest request = new MessageForm(world, world.NewClient("s03")).Build();
        byte[] signature = SignedData.Decode(request.Encoded).OrThrow().Signers[0].Signature.ToArray();
        byte[] content = SignedData.Decode(request.Encoded).OrThrow().Content!.Value.ToArray();
        byte[] part = where switch
        {
            "signature" => signature,
            "content" => content,
            _ => MessageForm.Text(UniversalTagNumber.PrintableString, "19"),
        };
        byte[] flipped = Surgery.Flip(request.Encoded, part);
        TestReply reply = await world.NewClient("s03").SendAsync(request with { Encoded = flipped }, Cancel);
        reply.MustBe(FailInfo.BadMessageCheck, "signature does not verify");
        Assert.IsEmpty(world.Store.Rows);
    }

    [TestMethod]
    public async Task Two_signers_or_none_are_not_a_scep_message()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("s02");
        byte[] message = new MessageForm(world, client).Build().Encoded;
        Assert.AreEqual(400, (await client.PostAsync(Surgery.OnSigners(message, signer => [signer, signer]), Cancel)).Status, "S-02");
        Assert.AreEqual(400, (await client.PostAsync(Surgery.OnSigners(message, _ => []), Cancel)).Status, "S-02");
    }

    [TestMethod]
    public async Task A_signer_certificate_that_is_not_there_is_a_bad_message_check()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        SentRequest request = new MessageForm(world, world.NewClient("s04")).Build();
        byte[] without = Surgery.OnSignedData(request.Encoded, fields => fields.RemoveAt(fields.Count - 2));
        (await world.NewClient("s04").SendAsync(request with { Encoded = without }, Cancel)).MustBe(FailInfo.BadMessageCheck, "signature does not verify");
    }

    [TestMethod]
    public async Task Any_certificate_may_sign_a_first_enrolment()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("s05");
        DateTimeOffset now = TestWorld.Start;
        Certificate[] odd =
        [
            TestCa.SelfSigned("CN=SCEP SIGNER", client.Key),
            TestCa.SelfSigned("CN=expired", client.Key, now.AddYears(-3), now.AddYears(-2)),
            TestCa.SelfSigned("CN=not yet", client.Key, now.AddYears(2), now.AddYears(3)),
            TestCa.Root("Foreign CA").Issue(TestCa.Dn("CN=foreign"), client.Key.Public),
        ];
        foreach (Certificate certificate in odd)
        {
            (await new MessageForm(world, client) { Sender = new(client.Key, certificate) }.SendAsync(Cancel)).MustBe(PkiStatus.Pending);
        }
    }

    [TestMethod]
    public async Task Digests_follow_the_policy()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        await using TestWorld legacy = await TestWorld.StartAsync(Cancel, settings => settings.Set("Legacy", true));
        await using TestWorld strict = await TestWorld.StartAsync(Cancel, settings => settings.Set("AllowSha1", false));
        foreach (HashAlgorithmName digest in new[] { HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512 })
        {
            SentRequest request = new MessageForm(world, world.NewClient("s07")) { Digest = digest }.Build();
            RawAnswer answer = await world.NewClient("s07").PostAsync(request.Encoded, Cancel);
            VerifiedSigner signer = SignedData.Decode(answer.Body).OrThrow().VerifySigner(DigestPolicy.WithSha1).OrThrow();
            Assert.AreEqual(digest, signer.Digest, "B-10");
        }

        (await new MessageForm(world, world.NewClient("s07")) { Digest = HashAlgorithmName.MD5 }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
        (await new MessageForm(strict, strict.NewClient("s07")) { Digest = HashAlgorithmName.SHA1 }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
        (await new MessageForm(legacy, legacy.NewClient("s07")) { Digest = HashAlgorithmName.MD5 }.SendAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(1, legacy.Log.OfId(1002), "X-01: said for each request");
    }

    [TestMethod]
    public async Task A_refused_digest_is_answered_with_one_its_sender_knows()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        SentRequest request = new MessageForm(world, world.NewClient("x02")) { Digest = HashAlgorithmName.MD5 }.Build();
        RawAnswer answer = await world.NewClient("x02").PostAsync(request.Encoded, Cancel);
        Assert.AreEqual(HashAlgorithmName.SHA1, SignedData.Decode(answer.Body).OrThrow().VerifySigner(DigestPolicy.WithSha1).OrThrow().Digest, "B-15, X-02");
    }

    [TestMethod]
    public async Task A_signer_key_is_rsa_and_large_enough()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        await using TestWorld small = await TestWorld.StartAsync(Cancel, settings => settings.Set("MinRsaBits", 1024));
        KeyPair weak = KeyPair.FromRsa(RSA.Create(1024));
        var sender = new ScepSender(weak, TestCa.SelfSigned("CN=small", weak));
        (await new MessageForm(world, world.NewClient("s08")) { Sender = sender }.SendAsync(Cancel)).MustBe(FailInfo.BadRequest, "key too small: 1024 < 2048");

        TestClient client = small.NewClient("s08");
        (client.Key, client.Sender) = (weak, sender);
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);

        KeyPair ec = TestKeys.Named("ec", "P-256");
        TestClient ecClient = world.NewClient("k01");
        (ecClient.Key, ecClient.Sender) = (ec, new ScepSender(ec, TestCa.SelfSigned("CN=k01,O=Test", ec)));
        TestReply reply = await ecClient.EnrolAsync(Cancel);
        reply.MustBe(FailInfo.BadAlg, "signer key must be RSA");
        Assert.IsEmpty(world.Store.Rows, "K-01: before anything is queued");
    }

    [TestMethod]
    public async Task Unknown_attributes_are_ignored_and_unsigned_ones_not_read()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("s09");
        CmsAttribute unknown = new("1.2.3.4", MessageForm.Text(UniversalTagNumber.UTF8String, "hello"));
        (await new MessageForm(world, client) { MoreAttributes = [unknown] }.SendAsync(Cancel)).MustBe(PkiStatus.Pending);

        SentRequest request = new MessageForm(world, client) { MessageType = null }.Build();
        byte[] smuggled = Surgery.OnSignerFields(request.Encoded, fields => fields.Add(UnsignedAttribute(Oids.ScepMessageType, "19")));
        (await client.SendAsync(request with { Encoded = smuggled }, Cancel)).MustBe(FailInfo.BadRequest, "unknown message type");
    }

    [TestMethod]
    [DataRow(null, DisplayName = "A-01 missing")]
    [DataRow("", DisplayName = "M-01 empty")]
    [DataRow(" 19", DisplayName = "A-01 blank before")]
    [DataRow("19 ", DisplayName = "A-01 blank after")]
    [DataRow("019", DisplayName = "M-01 leading zero")]
    [DataRow("0", DisplayName = "M-01 0")]
    [DataRow("3", DisplayName = "A-09, M-01 CertRep")]
    [DataRow("18", DisplayName = "M-01 UpdateReq: CVE-2026-30836")]
    [DataRow("23", DisplayName = "M-01 23")]
    [DataRow("99", DisplayName = "M-01 99")]
    [DataRow("-19", DisplayName = "M-01 negative")]
    [DataRow("PKCSReq", DisplayName = "A-01 not numeric")]
    public async Task A_message_type_is_one_of_five_numbers(string? type)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        (await new MessageForm(world, world.NewClient("m01")) { MessageType = type }.SendAsync(Cancel)).MustBe(FailInfo.BadRequest, "unknown message type");
        Assert.IsEmpty(world.Store.Rows);
    }

    [TestMethod]
    [DataRow(UniversalTagNumber.UTF8String)]
    [DataRow(UniversalTagNumber.IA5String)]
    [DataRow(UniversalTagNumber.T61String)]
    public async Task Other_string_types_are_read(UniversalTagNumber tag)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        var form = new MessageForm(world, world.NewClient("a01"))
        {
            TextTag = tag == UniversalTagNumber.T61String ? UniversalTagNumber.PrintableString : tag,
            TransactionId = MessageForm.RawText(tag, "a b/c+d=7_"u8.ToArray()),
        };
        (await form.SendAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.AreEqual("a b/c+d=7_", world.Store.Rows.Single().MessageId, "A-02");
    }

    [TestMethod]
    [DataRow("SSCEP transactionId", DisplayName = "A-02 sscep")]
    [DataRow("9999999999999999999999999999999999999999999999999999999999999999999999999999999999", DisplayName = "A-02 certmonger's decimal")]
    [DataRow("aGVsbG8rd29ybGQ/YWJj+/==", DisplayName = "A-02 micromdm's base64")]
    [DataRow("../../etc/passwd", DisplayName = "A-03 a path")]
    [DataRow("'; drop table message; --", DisplayName = "A-03 SQL")]
    [DataRow("%n%s{0}", DisplayName = "A-03 formats")]
    [DataRow("<a>&\"", DisplayName = "A-03 markup")]
    public async Task Any_printable_transaction_id_is_only_a_name(string id)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("a02");
        client.Id = TransactionId.FromText(id);
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        (await client.PollAsync(Cancel)).MustBe(PkiStatus.Success);
        Assert.AreEqual(id, world.Store.Rows.Single().MessageId);
    }

    [TestMethod]
    public async Task A_transaction_id_that_no_reply_can_name_gets_400()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("a03");
        byte[]?[] ids = [null, MessageForm.RawText(UniversalTagNumber.PrintableString), MessageForm.RawText(UniversalTagNumber.PrintableString, new byte[300]), MessageForm.Octets([1, 2, 3])];
        foreach (byte[]? id in ids)
        {
            Assert.AreEqual(400, (await client.PostAsync(new MessageForm(world, client) { TransactionId = id }.Build().Encoded, Cancel)).Status, "A-02, H-15, L-01");
        }
    }

    [TestMethod]
    [DataRow("00", DisplayName = "A-03 NUL")]
    [DataRow("610a62", DisplayName = "A-03 line feed")]
    [DataRow("1b5b33316d", DisplayName = "A-03 escape")]
    [DataRow("7f", DisplayName = "A-03 DEL")]
    public async Task A_transaction_id_with_control_characters_is_refused(string hex)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("a03");
        SentRequest request = new MessageForm(world, client) { TransactionId = MessageForm.RawText(UniversalTagNumber.PrintableString, Convert.FromHexString(hex)) }.Build();
        (await client.SendAsync(request, Cancel)).MustBe(FailInfo.BadRequest, "message not acceptable");
        Assert.IsEmpty(world.Store.Rows);
        Assert.DoesNotContain('\u001b', world.Log.Text, "L-04");
    }

    [TestMethod]
    public async Task A_direction_override_in_a_transaction_id_is_refused()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("b6");
        client.Id = TransactionId.FromText("abc\u202Efdp");
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "transaction identifier not acceptable");
        Assert.DoesNotContain('\u202E', world.Log.Text, "FLAWS B6, L-04");
    }

    [TestMethod]
    public async Task A_nonce_is_needed_unless_the_alias_says_otherwise()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        await using TestWorld lenient = await TestWorld.StartAsync(Cancel, settings => settings.Set("AllowMissingSenderNonce", true));
        RawAnswer refused = await world.NewClient("a04").PostAsync(new MessageForm(world, world.NewClient("a04")) { SenderNonce = null }.Build().Encoded, Cancel);
        Assert.AreEqual("2", StatusOf(refused), "A-04");
        RawAnswer accepted = await lenient.NewClient("a04").PostAsync(new MessageForm(lenient, lenient.NewClient("a04")) { SenderNonce = null }.Build().Encoded, Cancel);
        Assert.AreEqual("3", StatusOf(accepted), "A-04");
        Assert.IsFalse(SignedData.Decode(accepted.Body).OrThrow().Signers[0].SignedAttributes.Any(a => a.Oid == Oids.ScepRecipientNonce), "A-04: no recipientNonce then");
    }

    [TestMethod]
    [DataRow(1, "3")]
    [DataRow(64, "3")]
    [DataRow(0, "2")]
    [DataRow(65, "2")]
    public async Task A_nonce_has_1_to_64_octets(int length, string status)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("a04");
        Assert.AreEqual(status, StatusOf(await client.PostAsync(new MessageForm(world, client) { SenderNonce = new byte[length] }.Build().Encoded, Cancel)), "A-04, L-01");
    }

    [TestMethod]
    public async Task A_recipient_nonce_in_a_request_is_ignored()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        CmsAttribute nonce = new(Oids.ScepRecipientNonce, MessageForm.Octets(RandomNumberGenerator.GetBytes(16)));
        (await new MessageForm(world, world.NewClient("a05")) { MoreAttributes = [nonce] }.SendAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task An_attribute_that_comes_twice_is_refused()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("a06");
        byte[] type = MessageForm.Text(UniversalTagNumber.PrintableString, "19");
        CmsAttribute[] ambiguous =
        [
            new(Oids.ScepMessageType, [type, MessageForm.Text(UniversalTagNumber.PrintableString, "20")]),
            new(Oids.ScepMessageType, []),
        ];
        foreach (CmsAttribute attribute in ambiguous)
        {
            RawAnswer answer = await client.PostAsync(new MessageForm(world, client) { MessageType = null, MoreAttributes = [attribute] }.Build().Encoded, Cancel);
            Assert.AreEqual("2", StatusOf(answer), "A-06");
        }

        CmsAttribute second = new(Oids.ScepMessageType, MessageForm.Text(UniversalTagNumber.PrintableString, "18"));
        Assert.AreEqual("2", StatusOf(await client.PostAsync(new MessageForm(world, client) { MoreAttributes = [second] }.Build().Encoded, Cancel)), "A-06");
        Assert.IsEmpty(world.Store.Rows);
    }

    [TestMethod]
    public async Task A_clock_is_looked_at_only_when_configured()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        await using TestWorld strict = await TestWorld.StartAsync(Cancel, settings => settings.Set("MaxClockSkew", "00:05:00"));
        DateTimeOffset wrong = TestWorld.Start.AddYears(-30);
        (await new MessageForm(world, world.NewClient("a08")) { SigningTime = wrong }.SendAsync(Cancel)).MustBe(PkiStatus.Pending);
        (await new MessageForm(strict, strict.NewClient("a08")) { SigningTime = wrong }.SendAsync(Cancel)).MustBe(FailInfo.BadTime, "clock difference too large");
        (await new MessageForm(strict, strict.NewClient("a08")) { SigningTime = TestWorld.Start.AddMinutes(4) }.SendAsync(Cancel)).MustBe(PkiStatus.Pending);
        (await new MessageForm(strict, strict.NewClient("a08")).SendAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task Status_and_failure_in_a_request_are_ignored()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        CmsAttribute status = new(Oids.ScepPkiStatus, MessageForm.Text(UniversalTagNumber.PrintableString, "0"));
        (await new MessageForm(world, world.NewClient("a09")) { MoreAttributes = [status] }.SendAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    private static string? StatusOf(RawAnswer answer)
    {
        Assert.AreEqual(200, answer.Status);
        CmsAttribute status = SignedData.Decode(answer.Body).OrThrow().Signers[0].SignedAttributes.Single(a => a.Oid == Oids.ScepPkiStatus);
        return new AsnReader(status.Values[0], AsnEncodingRules.DER).ReadCharacterString(UniversalTagNumber.PrintableString);
    }

    private static byte[] UnsignedAttribute(string oid, string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 1)))
        {
            new CmsAttribute(oid, MessageForm.Text(UniversalTagNumber.PrintableString, value)).Encode(writer);
        }

        return writer.Encode();
    }
}
