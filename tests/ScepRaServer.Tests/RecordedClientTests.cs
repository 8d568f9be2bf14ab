using System.Collections.Concurrent;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;
using TestKit;

namespace ScepRaServer.Tests;

/// <summary>Messages recorded from real clients, replayed against a server with the RA key they were encrypted to.</summary>
[TestClass]
public sealed class RecordedClientTests
{
    private const string Path = "/scepraserver/scep/pkiclient.exe?operation=PKIOperation";
    private const string Pending = "3";
    private const string Refused = "2";
    private static readonly DateTimeOffset RecordedAt = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("sscep-pkcsreq-aes128-sha512")]
    [DataRow("sscep-pkcsreq-3des-sha1")]
    [DataRow("sscep-pkcsreq-aes256-sha256")]
    [DataRow("strongswan-pkcsreq-aes128-sha256", DisplayName = "strongSwan: unsorted attributes (R-01)")]
    [DataRow("strongswan-pkcsreq-pss", DisplayName = "strongSwan: RSASSA-PSS (S-06)")]
    [DataRow("jscep-pkcsreq-ber-aes128-sha512", DisplayName = "jscep: BER, cmsAlgorithmProtection (S-01, S-09)")]
    [DataRow("certmonger-pkcsreq-aes256-sha256", DisplayName = "certmonger: 32-octet serial (S-05)")]
    public async Task A_recorded_request_is_pending_however_often_it_is_sent(string name)
    {
        await using TestWorld world = await StartAsync();
        Assert.AreEqual(Pending, (await SendAsync(world, name)).Status);
        Assert.AreEqual(Pending, (await SendAsync(world, name)).Status);
        Assert.HasCount(1, world.Store.Rows, "acceptance 10");
        await world.FakeCa.AnswerAllAsync(Cancel);
        ReplyView reply = await SendAsync(world, name);
        Assert.AreEqual("0", reply.Status);
        Assert.AreEqual(EnvelopedData.Decode(SignedData.Decode(Read(name + ".der")).OrThrow().Content!.Value).OrThrow().Cipher, EnvelopedData.Decode(reply.Signed.Content!.Value).OrThrow().Cipher, "B-09");
    }

    [TestMethod]
    [DataRow("sscep-pkcsreq-des-md5")]
    [DataRow("micromdm-debian-pkcsreq-des-sha1-2recipients", DisplayName = "micromdm 2.1.0: constructed strings, RA second (E-02)")]
    [DataRow("micromdm-head-pkcsreq-des-sha1-2recipients")]
    public async Task A_recorded_request_with_des_needs_the_legacy_switch(string name)
    {
        await using TestWorld modern = await StartAsync();
        ReplyView refused = await SendAsync(modern, name);
        Assert.AreEqual((Refused, "0"), (refused.Status, refused.FailInfo), "E-06, X-02");
        Assert.IsEmpty(modern.Store.Rows);

        await using TestWorld legacy = await StartAsync(settings => settings.Set("Legacy", true));
        Assert.AreEqual(Pending, (await SendAsync(legacy, name)).Status, "X-01");
        await legacy.FakeCa.AnswerAllAsync(Cancel);
        Assert.AreEqual("0", (await SendAsync(legacy, name)).Status);
    }

    [TestMethod]
    [DataRow("sscep-renew19-aes128-sha512", false, DisplayName = "sscep: PKCSReq signed by the old certificate")]
    [DataRow("strongswan-renewalreq17", false)]
    [DataRow("micromdm-debian-renewalreq17", true)]
    [DataRow("micromdm-head-renewalreq17", true)]
    public async Task A_recorded_renewal_carries_the_old_certificate_to_the_ca(string name, bool legacy)
    {
        await using TestWorld world = await StartAsync(settings =>
        {
            settings.Set("Legacy", legacy);
            settings.Set("Challenge:Mode", "Static"); // P-09: a renewal needs none
            settings.Set("Challenge:SecretFile", settings.WriteFile("challenge", "nobody knows"));
        });
        Assert.AreEqual(Pending, (await SendAsync(world, name)).Status);
        await world.FakeCa.AnswerAllAsync(Cancel);
        Assert.IsNotNull(world.FakeCa.Seen.Single().RenewedCertificate, "W-09");
        Assert.AreEqual("0", (await SendAsync(world, name)).Status);
    }

    [TestMethod]
    [DataRow("sscep-poll-aes128-sha512", "sscep-pkcsreq-aes128-sha512")]
    [DataRow("strongswan-poll", "strongswan-pkcsreq-aes128-sha256")]
    [DataRow("jscep-poll-ber", "jscep-pkcsreq-ber-aes128-sha512")]
    public async Task A_recorded_poll_finds_its_transaction_or_none(string poll, string request)
    {
        await using TestWorld world = await StartAsync();
        ReplyView unknown = await SendAsync(world, poll);
        Assert.AreEqual((Refused, "4"), (unknown.Status, unknown.FailInfo), "T-02");
        await SendAsync(world, request);
        if (AreOfOneKey(poll, request))
        {
            Assert.AreEqual(Pending, (await SendAsync(world, poll)).Status);
            await world.FakeCa.AnswerAllAsync(Cancel);
            Assert.AreEqual("0", (await SendAsync(world, poll)).Status);
        }
        else
        {
            Assert.AreEqual((Refused, "4"), ((await SendAsync(world, poll)).Status, "4"), "the two were recorded with different keys");
        }
    }

    [TestMethod]
    [DataRow("sscep-getcert")]
    [DataRow("sscep-getcrl")]
    public async Task A_recorded_query_finds_nothing_and_leaves_nothing(string name)
    {
        await using TestWorld world = await StartAsync();
        ReplyView reply = await SendAsync(world, name);
        Assert.AreEqual((Refused, "4"), (reply.Status, reply.FailInfo), "Q-02, Q-03");
        Assert.IsEmpty(world.Store.Rows, "T-13");
    }

    [TestMethod]
    public async Task Every_answer_fits_what_the_five_clients_check()
    {
        await using TestWorld world = await StartAsync();
        foreach (string name in new[] { "sscep-pkcsreq-aes128-sha512", "certmonger-pkcsreq-aes256-sha256", "sscep-getcert" })
        {
            SignedData sent = SignedData.Decode(Read(name + ".der")).OrThrow();
            ReadOnlyMemory<byte> nonce = sent.Signers[0].SignedAttributes.Single(a => a.Oid == Oids.ScepSenderNonce).Values[0];
            ReplyView reply = await SendAsync(world, name);
            Assert.AreEqual(Oids.RsaEncryption, reply.Signed.Signers[0].SignatureAlgorithm.Oid, "B-04: strongSwan");
            Assert.IsTrue(reply.Signed.Certificates.Any(c => c.Encoded.Span.SequenceEqual(world.RaCertificate.Encoded.Span)), "B-05: strongSwan");
            Assert.IsNotNull(reply.Signed.Signers[0].Signer.IssuerAndSerial, "B-06");
            Assert.IsTrue(reply.Signed.Content is { Length: 0 }, "B-07: certmonger wants empty, not absent, content");
            Assert.IsTrue(nonce.Span.SequenceEqual(reply.RecipientNonce!.Value.Span), "B-01: certmonger, jscep");
            string[] oids = [.. reply.Signer.SignedAttributes.Select(a => a.Oid)];
            Assert.AreEqual(oids.Length, oids.Distinct(StringComparer.Ordinal).Count());
            Assert.Contains(Oids.SigningTime, oids, "B-01");
            Assert.Contains(Oids.ScepSenderNonce, oids, "B-01: certmonger");
        }
    }

    /// <summary>L-01: no mutation of a real message makes the server fail.</summary>
    [TestMethod]
    public async Task No_mutation_of_a_recorded_message_breaks_the_server()
    {
        const int MutationsEach = 60;
        await using TestWorld world = await StartAsync(settings =>
        {
            settings.Set("Legacy", true);
            settings.Configuration["ScepRa:Limits:FailureBurst"] = "1000000";
        });
        var random = new Random(20260701);
        var statuses = new ConcurrentDictionary<int, int>();
        foreach (string name in Names())
        {
            byte[] original = Read(name);
            for (int i = 0; i < MutationsEach; i++)
            {
                byte[] mutant = Mutate(original, random);
                RawAnswer answer = await RawHttp.PostAsync(world.Port, Path, mutant, Cancel);
                statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            }
        }

        Assert.IsEmpty(world.Log.OfId(1015), world.Log.OfId(1015).FirstOrDefault()?.Text ?? "");
        CollectionAssert.AreEquivalent(new[] { 200, 400 }, statuses.Keys.ToList(), string.Join(", ", statuses));
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] mutant = [.. original];
        switch (random.Next(4))
        {
            case 0:
                mutant[random.Next(mutant.Length)] ^= (byte)(1 << random.Next(8));
                return mutant;
            case 1:
                return mutant[..random.Next(mutant.Length)];
            case 2:
                int at = random.Next(mutant.Length);
                return [.. mutant[..at], .. RandomBytes(random), .. mutant[at..]];
            default:
                // Headers are where parsers break.
                mutant[random.Next(Math.Min(mutant.Length, 200))] = (byte)random.Next(256);
                return mutant;
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 9)];
        random.NextBytes(bytes);
        return bytes;
    }

    private Task<TestWorld> StartAsync(Action<TestSettings>? more = null) => TestWorld.StartAsync(Cancel, settings =>
    {
        TestCa ca = TestCa.Of("Mock Root CA", KeyPair.FromPem(Text("ca.key.pem")), Certificate.FromPem(Text("ca.pem")).OrThrow());
        settings.Ca = ca;
        settings.Ra = new KeyStore(KeyPair.FromPem(Text("ra.key.pem")), Certificate.FromPem(Text("ra.pem")).OrThrow(), ca.Chain);
        settings.Clock = new ManualClock(RecordedAt);
        settings.Set("Names:UseTransactionId", true);
        more?.Invoke(settings);
    });

    private async Task<ReplyView> SendAsync(TestWorld world, string name) => ReplyView.Of(await RawHttp.PostAsync(world.Port, Path, Read(name + ".der"), Cancel));

    private static bool AreOfOneKey(string one, string two)
    {
        SignedData Open(string name) => SignedData.Decode(Read(name + ".der")).OrThrow();
        ReadOnlyMemory<byte> Id(SignedData message) => message.Signers[0].SignedAttributes.Single(a => a.Oid == Oids.ScepTransactionId).Values[0];
        (SignedData first, SignedData second) = (Open(one), Open(two));
        return Id(first).Span.SequenceEqual(Id(second).Span) && first.Certificates[0].PublicKey.SameKeyAs(second.Certificates[0].PublicKey);
    }

    private static IEnumerable<string> Names() => typeof(RecordedClientTests).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("scep/", StringComparison.Ordinal) && name.EndsWith(".der", StringComparison.Ordinal))
        .Select(name => name["scep/".Length..]).Order(StringComparer.Ordinal);

    private static string Text(string name) => Encoding.ASCII.GetString(Read(name));

    private static byte[] Read(string name)
    {
        using Stream stream = typeof(RecordedClientTests).Assembly.GetManifestResourceStream("scep/" + name) ?? throw new FileNotFoundException(name);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
