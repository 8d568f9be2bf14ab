using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Operations;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Operations;

/// <summary>SCEP.md section 8: the envelope, and above all that nothing can be learned of what is in it (E-07).</summary>
[TestClass]
public sealed class EnvelopeTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(ContentCipher.Aes128Cbc)]
    [DataRow(ContentCipher.Aes192Cbc)]
    [DataRow(ContentCipher.Aes256Cbc)]
    [DataRow(ContentCipher.TripleDesCbc)]
    public async Task An_allowed_cipher_is_mirrored_in_the_answer(ContentCipher cipher)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("b09");
        client.Cipher = cipher;
        await client.EnrolAsync(Cancel);
        await world.FakeCa.AnswerAllAsync(Cancel);
        TestReply reply = await client.PollAsync(Cancel);
        reply.MustBe(PkiStatus.Success);
        byte[] content = SignedData.Decode(reply.Http.Body).OrThrow().Content!.Value.ToArray();
        Assert.AreEqual(cipher, EnvelopedData.Decode(content).OrThrow().Cipher, "B-09");
    }

    [TestMethod]
    public async Task Single_des_needs_the_legacy_switch_and_3des_can_be_off()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set("AllowTripleDes", false));
        await using TestWorld legacy = await TestWorld.StartAsync(Cancel, settings => settings.Set("Legacy", true));
        (await new MessageForm(world, world.NewClient("e06")) { Cipher = ContentCipher.DesCbc }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
        (await new MessageForm(world, world.NewClient("e06")) { Cipher = ContentCipher.TripleDesCbc }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
        (await new MessageForm(legacy, legacy.NewClient("e06")) { Cipher = ContentCipher.DesCbc }.SendAsync(Cancel)).MustBe(PkiStatus.Pending);
        Assert.HasCount(1, legacy.Log.OfId(1002), "X-01");
        Assert.IsTrue(legacy.Log.OfId(1009).Any(line => line.Text.Contains("Legacy", StringComparison.Ordinal)), "X-01: said at start");
    }

    [TestMethod]
    [DataRow(KeyTransport.OaepSha1)]
    [DataRow(KeyTransport.OaepSha256)]
    public async Task Oaep_is_read_and_answered_with_pkcs1(KeyTransport transport)
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("e05");
        client.KeyTransport = transport;
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
        await world.FakeCa.AnswerAllAsync(Cancel);
        TestReply reply = await client.PollAsync(Cancel);
        byte[] content = SignedData.Decode(reply.Http.Body).OrThrow().Content!.Value.ToArray();
        var recipient = (RecipientInfo.KeyTransported)EnvelopedData.Decode(content).OrThrow().Recipients.Single();
        Assert.AreEqual(Oids.RsaEncryption, recipient.KeyEncryption.Oid, "B-08, B-11");
        Assert.IsTrue(recipient.IsFor(client.Sender.Certificate), "B-08");
    }

    [TestMethod]
    public async Task A_message_for_somebody_else_says_so()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("e03");
        Certificate stranger = TestCa.SelfSigned("CN=stranger", TestKeys.Named("client 0"));
        (await new MessageForm(world, client) { Recipient = stranger }.SendAsync(Cancel)).MustBe(FailInfo.BadRequest, "encrypted to an unknown RA certificate");
        (await new MessageForm(world, client) { Recipient = world.Ca.Certificate }.SendAsync(Cancel)).MustBe(FailInfo.BadRequest, "encrypted to the CA certificate, not to the RA certificate");
        Assert.IsEmpty(world.Store.Rows, "E-03, E-04");
    }

    [TestMethod]
    public async Task Content_that_is_no_envelope_is_refused()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("k04");
        (await new MessageForm(world, client) { EContent = client.NewCsr().Encoded.ToArray() }.SendAsync(Cancel)).MustBe(FailInfo.BadRequest, "message not acceptable");
        (await new MessageForm(world, client) { EContent = [] }.SendAsync(Cancel)).MustBe(FailInfo.BadRequest, "message not acceptable");
        byte[] authEnveloped = [0x30, 0x0f, 0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17, 0xa0, 0x00];
        (await new MessageForm(world, client) { EContent = authEnveloped }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
        SentRequest absent = new MessageForm(world, client).Build();
        byte[] without = Surgery.OnSignedData(absent.Encoded, fields => fields[2] = Convert.FromHexString("300B06092A864886F70D010701"));
        TestReply reply = await client.SendAsync(absent with { Encoded = without }, Cancel);
        reply.MustBe(FailInfo.BadMessageCheck, "signature does not verify"); // S-10: and the digest does not fit either
        Assert.IsEmpty(world.Store.Rows, "K-04, E-11");
    }

    [TestMethod]
    public async Task Envelopes_for_other_kinds_of_recipients_are_bad_algorithms()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("e11");
        KeyStore ec = TestWorld.NewLink("e11");
        byte[] agreed = EnvelopedData.Encrypt(client.NewCsr().Encoded, ec.Certificate, ContentCipher.Aes128Cbc, KeyTransport.Ecdh, RandomNumberGenerator.Fill);
        (await new MessageForm(world, client) { EContent = agreed }.SendAsync(Cancel)).MustBe(FailInfo.BadAlg, "algorithm not supported");
    }

    /// <summary>
    /// E-07: a captured envelope in an attacker's own message. Wrong key, wrong padding, rubbish, no request, a wrong
    /// signature in it, another's key: one and the same answer, octet for octet but for nonces, time and signature.
    /// </summary>
    [TestMethod]
    public async Task Whatever_is_wrong_behind_the_encryption_looks_the_same()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Configuration["ScepRa:Limits:FailureBurst"] = "10000");
        TestClient victim = world.NewClient("victim");
        victim.Challenge = "the victim's secret";
        TestClient attacker = world.NewClient("attacker");
        (attacker.Key, attacker.Sender) = (TestKeys.Named("attacker"), new ScepSender(TestKeys.Named("attacker"), TestCa.SelfSigned("CN=attacker", TestKeys.Named("attacker"))));
        byte[] captured = new MessageForm(world, victim).Envelope();

        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string what, byte[] envelope) in Mutations(world, victim, captured))
        {
            TestReply reply = await new MessageForm(world, attacker) { EContent = envelope }.SendAsync(Cancel);
            reply.MustBe(FailInfo.BadRequest, null);
            Assert.IsTrue(reply.Rep!.Contents is null);
            answers[what] = Shape(reply.Http.Body);
        }

        Assert.HasCount(1, answers.Values.Distinct(StringComparer.Ordinal).ToList(), string.Join('\n', answers));
        Assert.IsEmpty(world.Store.Rows);
        Assert.DoesNotContain("victim's secret", world.Log.Text, "P-06");
    }

    /// <summary>
    /// E-07: and takes the same time. Fast deciles of interleaved groups, so that a busy machine does not matter; the
    /// mistake it catches is an operation that one path skips.
    /// </summary>
    [TestMethod]
    public async Task Whatever_is_wrong_behind_the_encryption_takes_the_same_time()
    {
        if (Environment.GetEnvironmentVariable("PKI_TIMING") is null)
        {
            Assert.Inconclusive("Times say something on a quiet machine only: set PKI_TIMING=1.");
        }

        const int Rounds = 200;
        const double Tolerance = 1.25;
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient victim = world.NewClient("victim");
        KeyPair key = TestKeys.Named("attacker");
        var sender = new ScepSender(key, TestCa.SelfSigned("CN=attacker", key));
        MessageGate gate = world.Services.GetRequiredService<MessageGate>();
        ScepAlias alias = world.Services.GetRequiredService<AliasBook>().All[0];
        byte[] captured = new MessageForm(world, victim).Envelope();
        List<(string What, ScepEnvelope Envelope, List<double> Times)> groups = [.. Mutations(world, victim, captured)
            // The size of a huge one shows on the wire. An encrypted key whose first octet grew may be larger than the
            // modulus, which no key can open and everybody can see: OpenSSL does not even begin.
            .Where(mutation => mutation.What is not ("huge request" or "key octet 0"))
            .DistinctBy(mutation => mutation.What[..4], StringComparer.Ordinal)
            .Select(mutation => (mutation.What, ScepEnvelope.Read(new MessageForm(world, victim) { Sender = sender, EContent = mutation.Envelope }.Build().Encoded).OrThrow(), new List<double>()))];
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((_, ScepEnvelope envelope, List<double> times) in groups)
            {
                long start = Stopwatch.GetTimestamp();
                Assert.IsNull(gate.Open(alias, envelope).Message);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        double[] fast = [.. groups.Select(group => group.Times.Order().ElementAt(Rounds / 10))];
        Assert.IsLessThan(Tolerance * fast.Min(), fast.Max(), string.Join(", ", groups.Zip(fast, (group, time) => $"{group.What}: {time:f0} us")));
    }

    private static IEnumerable<(string What, byte[] Envelope)> Mutations(TestWorld world, TestClient victim, byte[] captured)
    {
        yield return ("whole, another's key", captured);
        EnvelopedData envelope = EnvelopedData.Decode(captured).OrThrow();
        byte[] encryptedKey = ((RecipientInfo.KeyTransported)envelope.Recipients[0]).EncryptedKey.ToArray();
        int keyAt = captured.AsSpan().IndexOf(encryptedKey);
        for (int i = 0; i < encryptedKey.Length; i += 17)
        {
            yield return ($"key octet {i}", With(captured, keyAt + i));
        }

        int contentAt = keyAt + encryptedKey.Length + 40;
        for (int i = contentAt; i < captured.Length; i += 23)
        {
            yield return ($"content octet {i}", With(captured, i));
        }

        yield return ("last octet of the padding", With(captured, captured.Length - 17));
        var bad = new MessageForm(world, victim) { Plaintext = [] };
        yield return ("empty plaintext", bad.Envelope());
        yield return ("rubbish plaintext", (bad with { Plaintext = RandomNumberGenerator.GetBytes(700) }).Envelope());
        yield return ("short plaintext", (bad with { Plaintext = [0x30] }).Envelope());
        yield return ("poll as a request", (bad with { Plaintext = Der.Encode(new IssuerAndSubject(world.Ca.Certificate.Subject, victim.Subject)) }).Envelope());
        byte[] csr = victim.NewCsr().Encoded.ToArray();
        csr[^1] ^= 1;
        yield return ("forged request", (bad with { Plaintext = csr }).Envelope());
        yield return ("huge request", (bad with { Plaintext = new byte[40_000] }).Envelope());
    }

    private static byte[] With(byte[] message, int at)
    {
        byte[] changed = [.. message];
        changed[at] ^= 0x55;
        return changed;
    }

    // Everything of the answer that does not change from one to the next: its length and its attributes without values that are fresh.
    private static string Shape(byte[] reply)
    {
        SignedData signed = SignedData.Decode(reply).OrThrow();
        string[] fresh = [Oids.ScepSenderNonce, Oids.ScepRecipientNonce, Oids.ScepTransactionId, Oids.SigningTime];
        return reply.Length + ":" + string.Join(',', signed.Signers[0].SignedAttributes
            .Select(a => fresh.Contains(a.Oid) ? a.Oid : a.Oid + "=" + Convert.ToHexString(a.Values[0].Span)));
    }
}
