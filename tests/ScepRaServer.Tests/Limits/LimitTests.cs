using System.Formats.Asn1;
using Microsoft.Extensions.DependencyInjection;
using Pki.Hosting;
using Pki.Protocols.Asn1;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Limits;
using ScepRaServer.Tests.World;
using TestKit;

namespace ScepRaServer.Tests.Limits;

/// <summary>SCEP.md section 20 and H-18: what one client, or all together, may use up.</summary>
[TestClass]
public sealed class LimitTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public void A_place_to_work_can_be_given_away_for_a_place_to_wait()
    {
        var slots = new OperationSlots(working: 1, holding: 1);
        OperationSlots.Slot first = slots.TryEnter()!;
        Assert.IsNull(slots.TryEnter(), "full");
        Assert.IsTrue(first.TryHold());
        OperationSlots.Slot second = slots.TryEnter()!;
        Assert.IsFalse(second.TryHold(), "no place to wait left");
        Assert.IsNull(slots.TryEnter(), "and the place to work is kept");
        first.Dispose();
        Assert.IsTrue(second.TryHold());
        second.Dispose();
        Assert.IsNotNull(slots.TryEnter());
    }

    [TestMethod]
    public void A_budget_runs_out_and_fills_up_again()
    {
        var clock = new ManualClock();
        var budget = new SourceBudget(burst: 3, perMinute: 2, clock);
        for (int i = 0; i < 3; i++)
        {
            Assert.IsTrue(budget.HasRoom("a"));
            budget.Spend("a");
        }

        Assert.IsFalse(budget.HasRoom("a"));
        Assert.IsTrue(budget.HasRoom("b"), "each source has its own");
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.IsFalse(budget.HasRoom("a"));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.IsTrue(budget.HasRoom("a"));
        clock.Advance(TimeSpan.FromHours(1));
        for (int i = 0; i < 3; i++)
        {
            budget.Spend("a");
        }

        Assert.IsFalse(budget.HasRoom("a"), "never more than the burst");
    }

    [TestMethod]
    public async Task When_all_places_are_taken_the_answer_is_503_with_a_time()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Configuration["ScepRa:Limits:ParallelOperations"] = "1");
        using OperationSlots.Slot? taken = world.Services.GetRequiredService<OperationSlots>().TryEnter();
        TestReply reply = await world.NewClient("h18").EnrolAsync(Cancel);
        Assert.AreEqual(503, reply.Http.Status, "H-18");
        Assert.AreEqual("30", reply.Http.Headers["Retry-After"]);
    }

    [TestMethod]
    public async Task Without_a_place_to_wait_the_answer_is_pending_at_once()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Configuration["ScepRa:Limits:HeldOperations"] = "0";
            settings.Set("ReplyWait", "00:00:20");
        });
        (await world.NewClient("h18").EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task A_source_of_many_failures_gets_429_for_a_while()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings =>
        {
            settings.Configuration["ScepRa:Limits:FailureBurst"] = "3";
            settings.Configuration["ScepRa:Limits:FailuresPerMinute"] = "1";
        });
        TestClient client = world.NewClient("l11");
        for (int i = 0; i < 3; i++)
        {
            (await client.PollAsync(Cancel)).MustBe(FailInfo.BadCertId, "unknown transaction");
        }

        Assert.AreEqual(429, (await client.PollAsync(Cancel)).Http.Status, "L-11, E-08");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        (await client.EnrolAsync(Cancel)).MustBe(PkiStatus.Pending);
    }

    [TestMethod]
    public async Task Too_much_of_anything_is_refused_without_a_crash()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("l01");
        byte[] manyCertificates = Surgery.OnSignedData(world.NewClient("l01").NewPkcsReq().Encoded, fields =>
        {
            byte[] certificate = Surgery.Split(new AsnReader(fields[3], AsnEncodingRules.BER)
                .ReadSetOf(skipSortOrderValidation: true, new Asn1Tag(TagClass.ContextSpecific, 0))).Single();
            var set = new AsnWriter(AsnEncodingRules.DER);
            using (set.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                for (int i = 0; i < 11; i++)
                {
                    set.WriteEncodedValue(certificate);
                }
            }

            fields[3] = set.Encode();
        });
        Assert.AreEqual(400, (await client.PostAsync(manyCertificates, Cancel)).Status, "L-01");

        byte[] deep = [0x02, 0x01, 0x00];
        for (int i = 0; i < 2000; i++)
        {
            deep = deep.Length < 0x80 ? [0x30, (byte)deep.Length, .. deep] : [0x30, 0x82, (byte)(deep.Length >> 8), (byte)(deep.Length & 0xff), .. deep];
        }

        Assert.AreEqual(400, (await client.PostAsync(deep, Cancel)).Status, "L-01");
        Assert.IsEmpty(world.Log.OfId(1015));
    }

    [TestMethod]
    public async Task A_key_that_is_expensive_to_verify_is_refused_before_it_is_used()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        byte[] modulus = new byte[4096]; // 32768 bits
        Array.Fill(modulus, (byte)0xff);
        TestClient client = world.NewClient("l02");
        SentRequest request = client.NewPkcsReq();
        byte[] swapped = Surgery.OnSignedData(request.Encoded, fields => fields[3] = WithKey(client.Sender.Certificate, modulus));
        (await client.SendAsync(request with { Encoded = swapped }, Cancel)).MustBe(FailInfo.BadRequest, "key too large: 32768 > 16384");
    }

    // The certificate with another key in it; its own signature does not matter.
    private static byte[] WithKey(Certificate certificate, byte[] modulus)
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(modulus);
            key.WriteInteger(65537);
        }

        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            AlgorithmIdentifier.WithNull(Oids.RsaEncryption).Encode(info);
            info.WriteBitString(key.Encode());
        }

        SignatureAlgorithm algorithm = SignatureAlgorithm.Sha256WithRsa;
        byte[] tbs = new ToBeSignedCertificate(
            certificate.Serial, algorithm, certificate.Issuer.Encoded, certificate.NotBefore, certificate.NotAfter, certificate.Subject.Encoded, info.Encode(), []).Encode();
        var set = new AsnWriter(AsnEncodingRules.DER);
        using (set.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            set.WriteEncodedValue(SignedStructure.Assemble(tbs, algorithm, new byte[256]));
        }

        return set.Encode();
    }
}
