using CmpProxy.Tests.World;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace CmpProxy.Tests.Gate;

/// <summary>The checks that need no secrets: what fails never reaches the database (CMP-P-6, P-7, T-7, T-8).</summary>
[TestClass]
public sealed class ScreeningTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("ir")]
    [DataRow("p1", DisplayName = "p10cr")]
    [DataRow("k1", DisplayName = "kur")]
    [DataRow("rr-mac", DisplayName = "rr")]
    [DataRow("g1", DisplayName = "genm")]
    [DataRow("cc", DisplayName = "certConf")]
    [DataRow("q2", DisplayName = "pollReq")]
    [DataRow("error")]
    public async Task What_a_real_client_sends_passes(string recorded)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] message = Messages.Recorded(recorded);
        Assert.AreEqual(200, (await world.WhileTheWorkerRunsAsync(() => world.PostAsync(message, Cancel))).Status);
        CollectionAssert.AreEqual(message, world.Worker.Seen.Single().PkiMessage);
    }

    [TestMethod]
    [DataRow("ip", DisplayName = "an answer")]
    [DataRow("pc", DisplayName = "pkiconf")]
    public async Task What_no_client_sends_to_a_server_is_badRequest(string recorded)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        await world.MustRefuseAsync(Messages.Recorded(recorded), PkiFailureInfo.BadRequest, Cancel);
    }

    [TestMethod]
    public async Task An_alias_takes_what_its_list_says_and_what_goes_on_with_a_transaction()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Operations:0", "kur"));
        await world.MustRefuseAsync(Messages.Recorded("ir"), PkiFailureInfo.BadRequest, Cancel);
        PkiMessage nested = PkiMessage.Create(Messages.Header(), new PkiBody.Nested([PkiMessage.Read(Messages.Recorded("ir")).OrThrow()]));
        await world.MustRefuseAsync(nested.Encoded.ToArray(), PkiFailureInfo.BadRequest, Cancel);
        foreach (string allowed in (string[])["k1", "cc"])
        {
            Assert.AreEqual(200, (await world.WhileTheWorkerRunsAsync(() => world.PostAsync(Messages.Recorded(allowed), Cancel))).Status, allowed);
        }
    }

    [TestMethod]
    public async Task A_list_that_allows_nested_does_not_allow_what_is_inside()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Operations:0", "nested"));
        PkiMessage nested = PkiMessage.Create(Messages.Header(), new PkiBody.Nested([PkiMessage.Read(Messages.Recorded("ir")).OrThrow()]));
        await world.MustRefuseAsync(nested.Encoded.ToArray(), PkiFailureInfo.BadRequest, Cancel);
    }

    [TestMethod]
    [DataRow(0, true)]
    [DataRow(1, false, DisplayName = "1: the engine answers it")]
    [DataRow(3, false)]
    [DataRow(4, true)]
    [DataRow(int.MaxValue, true)]
    public async Task CMP_P_6_pvno(int version, bool refused)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        PkiMessage message = Messages.Genm(Messages.Header() with { Version = version });
        if (refused)
        {
            await world.MustRefuseAsync(message.Encoded.ToArray(), PkiFailureInfo.UnsupportedVersion, Cancel);
        }
        else
        {
            Assert.AreEqual(200, (await world.ExchangeAsync(message, Cancel)).Status);
        }
    }

    [TestMethod]
    [DataRow("02 01 00", DisplayName = "0")]
    [DataRow("02 01 FF", DisplayName = "-1")]
    [DataRow("02 01 63", DisplayName = "99")]
    [DataRow("02 03 01 86 A1", DisplayName = "100 001")]
    [DataRow("02 04 7F FF FF FF", DisplayName = "2^31-1")]
    [DataRow("02 06 01 00 00 00 00 00", DisplayName = "2^40")]
    public async Task CMP_P_6_V16_the_cost_of_a_MAC_is_limited_before_it_is_computed(string count)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] parameters = Messages.Tlv(
            0x30, Messages.Tlv(0x04, new byte[16]), Algorithm(Oids.Sha256), Convert.FromHexString(count.Replace(" ", "")), Algorithm(Oids.HmacWithSha256));
        await world.MustRefuseAsync(Messages.WithProtection(new(Oids.PasswordBasedMac, parameters)).Encoded.ToArray(), PkiFailureInfo.BadRequest, Cancel);
        byte[] derivation = Messages.Tlv(0x30, Oid(Oids.Pbkdf2), Messages.Tlv(0x30, Messages.Tlv(0x04, new byte[16]), Convert.FromHexString(count == "02 03 01 86 A1" ? "020401000000" : count.Replace(" ", ""))));
        byte[] mac1 = Messages.Tlv(0x30, derivation, Algorithm(Oids.HmacWithSha256));
        await world.MustRefuseAsync(Messages.WithProtection(new(Oids.Pbmac1, mac1)).Encoded.ToArray(), PkiFailureInfo.BadRequest, Cancel);
    }

    [TestMethod]
    [DataRow("1.2.3.4", PkiFailureInfo.BadAlg, DisplayName = "unknown")]
    [DataRow(Oids.DhBasedMac, PkiFailureInfo.BadAlg)]
    [DataRow(Oids.KemBasedMac, PkiFailureInfo.BadAlg)]
    [DataRow(Oids.RsaPss, PkiFailureInfo.BadAlg, DisplayName = "V7 PSS without parameters")]
    [DataRow(Oids.PasswordBasedMac, PkiFailureInfo.BadMessageCheck, DisplayName = "V7 a MAC without parameters")]
    [DataRow(Oids.Pbmac1, PkiFailureInfo.BadMessageCheck, DisplayName = "V7 PBMAC1 without parameters")]
    public async Task CMP_P_6_the_protection_is_a_known_one(string oid, PkiFailureInfo failure)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] plain = Messages.WithProtection(new(oid)).Encoded.ToArray();
        await world.MustRefuseAsync(plain, failure, Cancel);
        PkiMessage nested = PkiMessage.Create(Messages.Header(), new PkiBody.Nested([PkiMessage.Read(plain).OrThrow()]));
        await world.MustRefuseAsync(nested.Encoded.ToArray(), failure, Cancel);
    }

    [TestMethod]
    public async Task CMP_H_5_protection_and_protectionAlg_come_together()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        await world.MustRefuseAsync(Messages.Genm().WithProtection(new byte[20]).Encoded.ToArray(), PkiFailureInfo.BadMessageCheck, Cancel);
        await world.MustRefuseAsync(Messages.Genm(Messages.Header() with { ProtectionAlgorithm = new(Oids.Sha256WithRsa) }).Encoded.ToArray(), PkiFailureInfo.BadMessageCheck, Cancel);
    }

    [TestMethod]
    [DataRow(64, false)]
    [DataRow(65, true)]
    public async Task CMP_P_6_extraCerts_are_64_at_most(int count, bool refused)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] certificates = Messages.Tlv(0xA1, Messages.Tlv(0x30, [.. Enumerable.Repeat(new byte[] { 0x30, 0x00 }, count)]));
        PkiMessage genm = Messages.Genm();
        byte[] message = Messages.Tlv(0x30, genm.HeaderEncoded.ToArray(), genm.BodyEncoded.ToArray(), certificates);
        if (refused)
        {
            await world.MustRefuseAsync(message, PkiFailureInfo.BadRequest, Cancel);
        }
        else
        {
            Assert.AreEqual(200, (await world.WhileTheWorkerRunsAsync(() => world.PostAsync(message, Cancel))).Status);
        }
    }

    [TestMethod]
    [DataRow(3, false)]
    [DataRow(4, true)]
    [DataRow(100, true)]
    public async Task CMP_P_6_nesting_is_limited(int depth, bool refused)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] message = Messages.Genm().Encoded.ToArray();
        byte[] header = Messages.Genm().HeaderEncoded.ToArray();
        for (int i = 0; i < depth; i++)
        {
            message = Messages.Tlv(0x30, header, Messages.Tlv(0xB4, Messages.Tlv(0x30, message)));
        }

        RawAnswer answer = await world.WhileTheWorkerRunsAsync(() => world.PostAsync(message, Cancel));
        Assert.AreEqual(refused ? 0 : 1, world.Store.Rows.Count);
        Assert.IsTrue(answer.Status == (depth > 20 ? 400 : 200), "beyond the depth of ASN.1 it is not even read");
    }

    [TestMethod]
    public async Task CMP_T_7_a_contradicting_operation_is_ignored_in_interop_and_refused_in_lightweight()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Conformance", "Lightweight", "strict");
            settings.Set("HoldTimeout", "00:00:20", "strict");
        });
        await world.MustRefuseAsync(Messages.Genm().Encoded.ToArray(), PkiFailureInfo.BadRequest, Cancel, "/.well-known/cmp/p/strict/initialization");
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/.well-known/cmp/initialization")).Status);
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/.well-known/cmp/p/strict/getcacerts")).Status);
    }

    [TestMethod]
    [DataRow("Device", true)]
    [DataRow("", true, DisplayName = "no choice")]
    [DataRow("Server", false)]
    public async Task CMP_T_8_the_header_must_not_contradict_the_profile_of_the_path(string profile, bool passes)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Configuration["CmpProxy:Names:shop:Alias"] = "cmp";
            settings.Configuration["CmpProxy:Names:shop:Operations:getcacerts:CertificateProfile"] = "Device";
        });
        PkiMessage message = Messages.Genm(Messages.Header() with { GeneralInfo = [InfoTypeAndValue.Of(Oids.CertProfile, PkiFreeText.Of(profile))] });
        if (passes)
        {
            await world.ExchangeAsync(message, Cancel, "/.well-known/cmp/p/shop/getcacerts");
            Assert.AreEqual("Device", world.Worker.Seen.Single().CertificateProfileName);
        }
        else
        {
            await world.MustRefuseAsync(message.Encoded.ToArray(), PkiFailureInfo.NotAuthorized, Cancel, "/.well-known/cmp/p/shop/getcacerts");
            Assert.AreEqual(200, (await world.ExchangeAsync(message, Cancel, "/.well-known/cmp/p/shop")).Status, "this path has no profile");
        }
    }

    [TestMethod]
    public async Task CMP_P_7_calls_of_an_address_and_messages_of_a_senderKID_are_limited()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Configuration["CmpProxy:Limits:CallBurst"] = "5";
            settings.Configuration["CmpProxy:Limits:CallsPerMinute"] = "5";
            settings.Configuration["CmpProxy:Limits:KeyIdBurst"] = "2";
            settings.Configuration["CmpProxy:Limits:KeyIdCallsPerMinute"] = "1";
        });
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            List<int> statuses = [];
            for (int i = 0; i < 6; i++)
            {
                statuses.Add((await world.PostAsync(Messages.MacGenm("x", i == 3 ? "b" : "a"), Cancel)).Status);
            }

            CollectionAssert.AreEqual((int[])[200, 200, 429, 200, 429, 429], statuses);
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.AreEqual(200, (await world.PostAsync(Messages.MacGenm("x", "a"), Cancel)).Status, "it passes");
            return true;
        });
    }

    private static byte[] Algorithm(string oid) => Der.Encode(new AlgorithmIdentifier(oid));

    private static byte[] Oid(string oid) => Der.Encode(new AlgorithmIdentifier(oid))[2..];
}
